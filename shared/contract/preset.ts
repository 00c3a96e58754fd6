import { z } from 'zod';
import { presetSchema } from '../domain/preset.ts';
import { targetDraftSchema, targetNameSchema } from '../domain/target.ts';
import { nothing } from './common.ts';
import { query } from './define.ts';

export const presetMethods = {
  'preset.list': query({
    summary: 'The vendors and servers that a target can be made from, with what is known of each',
    input: nothing,
    output: z.strictObject({ presets: z.array(presetSchema) }),
  }),
  'preset.apply': query({
    summary: 'The target that a preset makes; it is not added',
    input: z.strictObject({
      preset: z.string().max(64),
      name: targetNameSchema,
      model: z.string().min(1).max(200),
      key: z.string().max(64).nullable().default(null),
      values: z.record(z.string().max(32), z.string().max(100)).default({}),
      /** Consent to an address of this machine or a private network, and to plain http. */
      consent: z.boolean().default(false),
    }),
    output: z.strictObject({ target: targetDraftSchema }),
    errors: ['NOT_FOUND'],
  }),
} as const;
