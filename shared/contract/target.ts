import { z } from 'zod';
import { outcomeSchema } from '../domain/outcome.ts';
import { targetDraftSchema, targetNameSchema } from '../domain/target.ts';
import { fileText, nothing, utc } from './common.ts';
import { command, query } from './define.ts';
import { rowError } from './library.ts';

export const targetItem = z.strictObject({
  target: targetDraftSchema,
  active: z.boolean(),
  createdUtc: utc,
  attempts: z.int(),
});
export type TargetItem = z.infer<typeof targetItem>;

const named = z.strictObject({ name: targetNameSchema });

export const targetMethods = {
  'target.list': query({
    summary: 'The configured targets',
    input: nothing,
    output: z.strictObject({ targets: z.array(targetItem) }),
  }),
  'target.add': command({
    summary: 'Add a target, or change it when the name exists and replace is set',
    input: z.strictObject({ target: targetDraftSchema, replace: z.boolean().default(false) }),
    output: targetItem,
    errors: ['CONFLICT'],
  }),
  'target.import': command({
    summary: 'Add targets from a YAML or JSON file (one target, or a list under `targets`)',
    input: z.strictObject({ text: fileText, replace: z.boolean().default(false) }),
    output: z.strictObject({ targets: z.array(targetItem), errors: z.array(rowError) }),
    errors: ['IMPORT_REJECTED', 'CONFLICT'],
  }),
  'target.remove': command({
    summary: 'Put a target out of use; its attempts are kept',
    input: named,
    output: targetItem,
    errors: ['NOT_FOUND'],
  }),
  'target.restore': command({
    summary: 'Undo target.remove',
    input: named,
    output: targetItem,
    errors: ['NOT_FOUND'],
  }),
  'target.preview': query({
    summary: 'The exact request that a question would make, with the key as a reference',
    input: z.strictObject({ target: targetDraftSchema }),
    output: z.strictObject({
      method: z.string(),
      url: z.string(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      body: z.string(),
    }),
  }),
  'target.test': command({
    summary: 'One call with a harmless question; no canary is sent',
    input: named,
    output: z.strictObject({
      ok: z.boolean(),
      outcome: outcomeSchema,
      errorCode: z.string().nullable(),
      status: z.int().nullable(),
      model: z.string().nullable(),
      fingerprint: z.string().nullable(),
      latencyMs: z.number(),
      tls: z.string().nullable(),
      address: z.string().nullable(),
      text: z.string().nullable(),
      advice: z.string(),
    }),
    errors: ['NOT_FOUND', 'UNSAFE_ENVIRONMENT'],
  }),
} as const;
