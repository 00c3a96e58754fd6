import { z } from 'zod';

/** Longest candidate list of a drawn canary (METHOD 4.1; also the limit of the extraction automaton). */
export const MAX_CANDIDATES = 65_536;

/** An identifier an analyst may choose: it never reaches a path or a query unchecked. */
export const canaryIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'use 1-64 letters, digits, dots, dashes or underscores, starting with a letter or digit',
  );

export const messageSchema = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string().min(1).max(100_000),
});
export type Message = z.infer<typeof messageSchema>;

export const canaryKindSchema = z.enum(['drawn', 'found']);
export type CanaryKind = z.infer<typeof canaryKindSchema>;

/** METHOD 2.4: W = weights trigger, O = output trace. */
export const canaryTypeSchema = z.enum(['W', 'O']);
export type CanaryType = z.infer<typeof canaryTypeSchema>;

export const canaryStatusSchema = z.enum([
  'draft',
  'committed',
  'planted',
  'exposed',
  'burned',
  'retired',
]);
export type CanaryStatus = z.infer<typeof canaryStatusSchema>;

/**
 * A canary as the analyst writes it, before commitment. `drawn`: `responses` is the ordered candidate list R and the
 * response is drawn from it later. `found`: `expected` holds the known distinctive responses.
 */
export const canaryDraftSchema = z
  .strictObject({
    id: canaryIdSchema,
    kind: canaryKindSchema,
    type: canaryTypeSchema,
    messages: z.array(messageSchema).min(1).max(64),
    responses: z.array(z.string().min(1).max(1_000)).max(MAX_CANDIDATES),
    expected: z.array(z.string().min(1).max(10_000)).max(64),
    scorer: z.literal('exact-v1'),
    cohort: z.string().min(1).max(64).nullable(),
    tags: z.array(z.string().min(1).max(64)).max(32),
    note: z.string().max(2_000),
  })
  .readonly();
export type CanaryDraft = z.infer<typeof canaryDraftSchema>;

/**
 * The committed record (EVIDENCE 2.1). Its exact UTF-8 bytes are stored once and hashed; they are never re-serialised.
 * `keycommit` = hex H(lp("canary-key-v1", id, K)); null for found canaries, which have no draw.
 */
export const canaryRecordSchema = z.strictObject({
  v: z.literal(1),
  id: canaryIdSchema,
  version: z.int().min(1),
  kind: canaryKindSchema,
  type: canaryTypeSchema,
  messages: z.array(messageSchema).min(1),
  n: z.int().min(0).max(MAX_CANDIDATES),
  responses: z.array(z.string()),
  expected: z.array(z.string()),
  matcher: z.strictObject({ type: z.literal('exact'), version: z.literal('exact-v1') }),
  cohort: z.string().nullable(),
  keycommit: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  created_utc: z.string(),
  provenance: z.string(),
});
export type CanaryRecord = z.infer<typeof canaryRecordSchema>;
