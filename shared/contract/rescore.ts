import { z } from 'zod';
import { roleSchema, targetNameSchema } from '../domain/target.ts';
import { utc, uuid } from './common.ts';
import { command, query } from './define.ts';

/** The scorers of METHOD 4.3 that need nothing but the stored answers; docs/method.md has their formulas. */
export const TEXT_SCORERS = [
  'exact-match-v1',
  'levenshtein-v1',
  'token-1gram-f1-v1',
  'token-2gram-f1-v1',
  'chrf-v1',
  'rouge-l-v1',
  'rare-1gram-v1',
  'rare-2gram-v1',
] as const;

/** Consent that the candidate lists and answers of opened canaries are shown to the endpoint. */
const consent = z.literal(true, {
  error:
    'set consent: true: answers and candidate lists of opened canaries are sent to this endpoint',
});
export const scorerChoice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('text'), id: z.enum(TEXT_SCORERS) }),
  z.strictObject({ kind: z.literal('embedding'), target: targetNameSchema, consent }),
  z.strictObject({
    kind: z.literal('judge'),
    target: targetNameSchema,
    consent,
    /** Decides the shuffled order of each list. */
    seed: z.int().min(0).max(0xffffffff).default(1),
  }),
]);
export type ScorerChoice = z.infer<typeof scorerChoice>;

const rescored = z.strictObject({
  target: z.string(),
  role: roleSchema,
  /** Served canaries with a usable sample. */
  asked: z.int(),
  hits: z.int(),
  /** Mean of -log2 p over the served canaries; chance alone gives at most 1/ln 2 = 1.44. */
  meanBits: z.number(),
  /** Natural logarithm of the e-process on the best guesses. Exploratory: the scorer was chosen after the answers. */
  logE: z.number(),
  canaries: z.array(
    z.strictObject({
      canaryId: z.string(),
      use: z.enum(['evidence', 'twin', 'after-release']),
      n: z.int(),
      /** Share of the candidates that score at least as high as the drawn one. */
      p: z.number(),
      bits: z.number(),
      /** Size of the best-guess set. */
      found: z.int(),
      hit: z.boolean(),
    }),
  ),
});

export const rescoreResult = z.strictObject({
  rescoreId: uuid,
  auditId: uuid,
  scorer: z.string(),
  /** Model that the endpoint named; null without an endpoint. */
  endpointModel: z.string().nullable(),
  requests: z.int(),
  createdUtc: utc,
  targets: z.array(rescored),
  /** What this is and is not; to be shown with every number. */
  caveat: z.string(),
});
export type RescoreResult = z.infer<typeof rescoreResult>;

const input = z.strictObject({ auditId: uuid, scorer: scorerChoice });

export const rescoreMethods = {
  'rescore.preview': query({
    summary: 'What a scorer would read, and what it would send to whom',
    input,
    output: z.strictObject({
      scorer: z.string(),
      canaries: z.int(),
      answers: z.int(),
      requests: z.int(),
      /** Host that would see candidate lists and answers; null: nothing leaves this machine. */
      host: z.string().nullable(),
    }),
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'rescore.start': command({
    summary:
      'Score the stored answers of an audit again with another scorer; exploratory, never evidence',
    input,
    output: z.strictObject({ rescoreId: uuid }),
    errors: ['NOT_FOUND', 'CONFLICT', 'UNSAFE_ENVIRONMENT'],
  }),
  'rescore.get': query({
    summary: 'How far a re-scoring is, or its result',
    input: z.strictObject({ rescoreId: uuid }),
    output: z.strictObject({
      state: z.enum(['running', 'complete', 'failed', 'cancelled']),
      done: z.int(),
      total: z.int(),
      message: z.string().nullable(),
      result: rescoreResult.nullable(),
    }),
    errors: ['NOT_FOUND'],
  }),
  'rescore.list': query({
    summary: 'Finished re-scorings of an audit, newest first',
    input: z.strictObject({ auditId: uuid }),
    output: z.strictObject({ results: z.array(rescoreResult) }),
  }),
  'rescore.cancel': command({
    summary: 'Stop a re-scoring after the request in flight; its partial result is dropped',
    input: z.strictObject({ rescoreId: uuid }),
    output: z.strictObject({ cancelled: z.boolean() }),
  }),
} as const;
