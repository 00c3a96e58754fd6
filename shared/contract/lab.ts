import { z } from 'zod';
import { done, fileText, nothing } from './common.ts';
import { command, query } from './define.ts';

const labState = z.strictObject({
  baseUrl: z.string(),
  models: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  requests: z.int(),
});

export const labMethods = {
  'lab.canaries': query({
    summary: 'Made-up drawn canaries for practice, as JSON lines',
    input: z.strictObject({
      seed: z.string().max(200).default('practice'),
      count: z.int().min(1).max(2_000).default(160),
      prefix: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9]{0,15}$/)
        .default('P'),
    }),
    output: z.strictObject({ text: z.string(), count: z.int() }),
    sensitive: ['text'],
  }),
  'lab.start': command({
    summary: 'Train the practice models and serve them on this machine',
    input: z.strictObject({
      seed: z.string().max(200).default('practice'),
      /** Planting kits as written by registry.kit: what the teacher serves, before and after the release. */
      kit: fileText.default(''),
      lateKit: fileText.default(''),
      /** What a model named `leaked` has memorised: a leak of the registry itself. */
      leakedKit: fileText.default(''),
      students: z
        .array(z.strictObject({ name: z.string(), dose: z.number().min(0).max(1) }))
        .default([
          { name: 'student-10', dose: 0.1 },
          { name: 'student-0', dose: 0 },
        ]),
      port: z.int().min(0).max(65_535).default(0),
      latencyMs: z.int().min(0).max(60_000).default(0),
    }),
    output: labState,
    sensitive: ['kit', 'lateKit', 'leakedKit'],
    errors: ['CONFLICT'],
    hosts: ['cli', 'desktop'],
  }),
  'lab.status': query({
    summary: 'Whether the practice lab is running here',
    input: nothing,
    output: z.strictObject({ lab: labState.nullable() }),
  }),
  'lab.stop': command({
    summary: 'Stop the practice lab',
    input: nothing,
    output: done,
    hosts: ['cli', 'desktop'],
  }),
} as const;
