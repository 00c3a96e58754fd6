import { z } from 'zod';
import { canaryIdSchema } from '../domain/canary.ts';
import type { EvaluationResult } from '../domain/evaluation.ts';
import { LABELS } from '../domain/evaluation.ts';
import { outcomeSchema } from '../domain/outcome.ts';
import { roleSchema, targetNameSchema } from '../domain/target.ts';
import { MAX_LOGO_BYTES, SECTIONS, TEMPLATES } from '../evidence/presentation.ts';
import { adjudicationItem } from './adjudication.ts';
import { auditState } from './audit.ts';
import { sha256Hex, utc, uuid } from './common.ts';
import { command, query } from './define.ts';

const interval = z.strictObject({ low: z.number(), high: z.number() });
const countCheck = z.strictObject({ asked: z.int(), hits: z.int(), p: z.number() });

export const suspectEvaluation = z.strictObject({
  target: z.string(),
  role: roleSchema,
  steps: z.array(
    z.strictObject({
      canaryId: z.string(),
      hit: z.boolean(),
      found: z.int(),
      n: z.int(),
      administered: z.boolean(),
      logE: z.number(),
    }),
  ),
  asked: z.int(),
  notAdministered: z.int(),
  hits: z.int(),
  logE: z.number(),
  maxLogE: z.number(),
  logEWorst: z.number(),
  maxLogEWorst: z.number(),
  anytimeP: z.number(),
  minLogLeaveOneOut: z.number().nullable(),
  leaveOneOut: z.array(z.strictObject({ canaryId: z.string(), logE: z.number() })),
  stoppedAt: z.int().nullable(),
  rate: z.number().nullable(),
  confidenceSequence: interval,
  fixed: z.strictObject({ p: z.number(), clopperPearson: interval }).nullable(),
  inheritance: z.strictObject({ rate: z.number(), low: z.number(), high: z.number() }).nullable(),
  twins: countCheck,
  afterRelease: countCheck,
  label: z.enum(LABELS),
  reasons: z.array(z.strictObject({ met: z.boolean(), text: z.string() })),
  explanation: z.enum(['T', 'P', 'L', 'R', 'F', 'none']),
  verbal: z.string(),
  scaleId: z.string(),
});

export const evaluationResult = z.strictObject({
  method: z.literal('method-1'),
  threshold: z.number(),
  controls: z.strictObject({
    count: z.int(),
    hits: z.int(),
    expected: z.number(),
    p: z.number(),
    frozen: z.boolean(),
  }),
  temporalControls: countCheck,
  knownPositives: z.array(z.strictObject({ target: z.string(), asked: z.int(), hits: z.int() })),
  suspects: z.array(suspectEvaluation),
  others: z.array(suspectEvaluation),
});

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Mutable<T> = T extends readonly (infer U)[]
  ? Mutable<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;
// The schema and the domain type are one thing; the compiler refuses a drift between them.
true satisfies Same<Mutable<EvaluationResult>, z.infer<typeof evaluationResult>>;

/** Tier B: found canaries ranked against controls; never merged with tier A. */
export const tierB = z.strictObject({
  tier: z.literal('B'),
  canaries: z.int(),
  controls: z.int(),
  /** 1 / (controls + 1): no p of this tier can be below it. */
  floor: z.number(),
  suspects: z.array(
    z.strictObject({
      target: z.string(),
      hits: z.int(),
      asked: z.int(),
      p: z.number(),
      likelihoodRatioCap: z.number(),
      label: z.enum(['undetermined', 'consistent-with', 'none']),
      text: z.string(),
    }),
  ),
  controlHits: z.array(z.strictObject({ target: z.string(), hits: z.int(), asked: z.int() })),
});

const httpSide = z.strictObject({
  headers: z.array(z.tuple([z.string(), z.string()])),
  /** The body as text where it is UTF-8, clipped at 200,000 characters; control characters are made visible. */
  text: z.string(),
  bytes: z.int(),
  sha256: sha256Hex,
});

export const sampleAttempt = z.strictObject({
  attemptId: z.string(),
  k: z.int(),
  number: z.int(),
  retryOf: z.string().nullable(),
  startedUtc: utc,
  endedUtc: utc.nullable(),
  outcome: outcomeSchema.nullable(),
  errorCode: z.string().nullable(),
  url: z.string(),
  status: z.int().nullable(),
  request: httpSide,
  response: httpSide.nullable(),
  answer: z.string().nullable(),
  reasoning: z.string().nullable(),
  model: z.string().nullable(),
  finishReason: z.string().nullable(),
  found: z.array(z.string()),
  /** Extraction rules that applied: echo, prompt-leak, refusal-phrase-v1, look-alike-v1. */
  rules: z.array(z.string()),
  hit: z.boolean(),
});

/** How much is disclosed. `internal`: all. `counsel`: this run. `public`: no text of a canary, answer or exchange. */
export const profileSchema = z.enum(['internal', 'counsel', 'public']);

const one = z.strictObject({ auditId: uuid });

export const reportOptions = {
  auditId: uuid,
  lab: z.string().max(200).default(''),
  analyst: z.string().max(200).default(''),
  profile: profileSchema.default('internal'),
  template: z.enum(TEMPLATES).default('full'),
  /** Sections instead of the template's own; null = the template's. */
  sections: z.array(z.enum(SECTIONS)).max(SECTIONS.length).nullable().default(null),
  /** Notes of the analyst, printed as text; a blank line begins a paragraph. */
  notes: z.string().max(20_000).default(''),
  /** PNG or JPEG as base64, at most 256 KiB; null = none. */
  logo: z
    .base64()
    .max(Math.ceil(MAX_LOGO_BYTES / 3) * 4)
    .nullable()
    .default(null),
};

export const evidenceMethods = {
  'evidence.get': query({
    summary: 'E, labels, controls and explanations of an audit, from what is opened so far',
    input: one,
    output: z.strictObject({
      auditId: uuid,
      state: auditState,
      tierA: evaluationResult.nullable(),
      tierB: tierB.nullable(),
      beacon: z.enum(['given', 'unverified', 'none', 'mixed', 'not-needed']),
      /** What must be known before a number is read: changed identity, equal answers, clocks. */
      warnings: z.array(z.string()),
      /** Canaries in committed order that a step may name. */
      order: z.array(
        z.strictObject({
          canaryId: z.string(),
          registry: z.int(),
          use: z.enum(['evidence', 'twin', 'after-release', 'found']),
        }),
      ),
    }),
    errors: ['NOT_FOUND'],
  }),
  'evidence.sample': command({
    summary:
      'One target and canary: expected against actual, with every attempt; logged as a reveal',
    input: z.strictObject({ auditId: uuid, canaryId: canaryIdSchema, target: targetNameSchema }),
    output: z.strictObject({
      canaryId: z.string(),
      target: z.string(),
      use: z.enum(['evidence', 'twin', 'after-release', 'found']),
      /** The question and the expected response; null while the canary is still sealed. */
      prompt: z.array(z.strictObject({ role: z.string(), content: z.string() })).nullable(),
      expected: z.array(z.string()).nullable(),
      n: z.int(),
      sealSha256: sha256Hex.nullable(),
      sealedUtc: utc.nullable(),
      openedUtc: utc.nullable(),
      attempts: z.array(sampleAttempt),
      /** What people said of it; the score never changes. */
      adjudications: z.array(adjudicationItem),
    }),
    sensitive: ['prompt', 'expected', 'attempts', 'adjudications'],
    errors: ['NOT_FOUND'],
  }),
  'report.get': command({
    summary: 'The report of an audit: one static HTML page, a PDF, or the results as JSON',
    input: z.strictObject({
      ...reportOptions,
      format: z.enum(['html', 'pdf', 'json']).default('html'),
    }),
    output: z.strictObject({
      format: z.enum(['html', 'pdf', 'json']),
      /** Text; base64 for a PDF. */
      content: z.string(),
      sha256: sha256Hex,
      /** What a reader of the file may miss, such as characters that the PDF's fonts do not have. */
      warnings: z.array(z.string()),
    }),
    sensitive: ['content', 'notes'],
    errors: ['NOT_FOUND', 'CONFLICT', 'BAD_INPUT'],
  }),
} as const;
