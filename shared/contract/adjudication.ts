import { z } from 'zod';
import { canaryIdSchema } from '../domain/canary.ts';
import { targetNameSchema } from '../domain/target.ts';
import { utc, uuid } from './common.ts';
import { command, query } from './define.ts';

export const verdictSchema = z.enum(['confirm', 'dispute']);

/** What a person says of one scored sample. It never changes the score, which stays blind and mechanical. */
export const adjudicationItem = z.strictObject({
  id: z.int(),
  auditId: uuid,
  canaryId: canaryIdSchema,
  target: targetNameSchema,
  /** Sample number, from 1. */
  k: z.int(),
  verdict: verdictSchema,
  reason: z.string(),
  actor: z.string(),
  createdUtc: utc,
});
export type AdjudicationItem = z.infer<typeof adjudicationItem>;

export const adjudicationMethods = {
  'adjudication.add': command({
    summary: 'Say with a reason whether a scored sample is right; the score itself never changes',
    input: z.strictObject({
      auditId: uuid,
      canaryId: canaryIdSchema,
      target: targetNameSchema,
      k: z.int().min(1).max(1_000).default(1),
      verdict: verdictSchema,
      reason: z.string().trim().min(3, 'give a reason').max(4_000),
    }),
    output: adjudicationItem,
    sensitive: ['reason'],
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'adjudication.list': query({
    summary: 'What people said of the scored samples of an audit, oldest first',
    input: z.strictObject({
      auditId: uuid,
      canaryId: canaryIdSchema.nullable().default(null),
      target: targetNameSchema.nullable().default(null),
    }),
    output: z.strictObject({ adjudications: z.array(adjudicationItem) }),
    sensitive: ['adjudications.reason'],
    errors: ['NOT_FOUND'],
  }),
} as const;
