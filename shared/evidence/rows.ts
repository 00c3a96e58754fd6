import { z } from 'zod';
import { evaluationResult, tierB } from '../contract/evidence.ts';
import { canaryIdSchema } from '../domain/canary.ts';
import { IDENTITY_FIELDS } from '../domain/identity.ts';
import { type EndpointErrorCode, ERROR_OUTCOME, outcomeSchema } from '../domain/outcome.ts';
import { roleSchema, targetNameSchema } from '../domain/target.ts';
import { beaconRoundSchema } from './beacon.ts';
import { PROFILES } from './document.ts';
import { utcSchema } from './registration.ts';

// The lines and files of a bag, as they stand in it. Names are snake case there; documents are camel case.

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const base64 = z.string();

export const drawFileSchema = z
  .strictObject({
    beacon: hex32.nullable(),
    source: z.string().max(500),
    drawn_utc: utcSchema,
    drand: beaconRoundSchema.optional(),
  })
  .nullable();

/** `order`: place in the order of asking, from 1. `path` and `draw_index` are derived and checked. */
export const disclosureRow = z.strictObject({
  order: z.int().min(1),
  registry: z.int().min(1),
  leaf_index: z.int().min(0),
  id: canaryIdSchema,
  use: z.enum(['evidence', 'twin', 'after-release', 'found']),
  salt: hex32,
  key: hex32.nullable(),
  path: z.array(hex32),
  draw_index: z.int().min(0).nullable(),
});
export type DisclosureRow = z.infer<typeof disclosureRow>;

export const notAskedRow = z.strictObject({
  registry: z.int().min(1),
  leaf_index: z.int().min(0),
  reason: z.enum(['not-reached', 'stopped', 'limit', 'used', 'found']),
});

const headers = z.array(z.tuple([z.string(), z.string()]));

const errorCodeSchema = z.enum(
  Object.keys(ERROR_OUTCOME) as [EndpointErrorCode, ...EndpointErrorCode[]],
);

/** A line of attempts.jsonl (profile public). */
export const withheldAttemptRow = z.strictObject({
  attempt: z.string().min(1).max(100),
  target: targetNameSchema,
  canary: canaryIdSchema,
  k: z.int().min(1),
  number: z.int().min(1),
  retry_of: z.string().nullable(),
  started_utc: utcSchema,
  ended_utc: utcSchema.nullable(),
  outcome: outcomeSchema,
  error_code: errorCodeSchema.nullable(),
});
export type WithheldAttemptRow = z.infer<typeof withheldAttemptRow>;

/**
 * A line of transcripts.jsonl. `answer` and `found` are derived from the response bytes and checked. Bodies are base64 of the
 * bytes on the wire.
 */
export const transcriptRow = z.strictObject({
  ...withheldAttemptRow.shape,
  request: z.strictObject({
    method: z.string(),
    url: z.string(),
    headers,
    body: base64,
    sha256: hex32,
  }),
  response: z
    .strictObject({ status: z.int().min(0).max(999), headers, body: base64, sha256: hex32 })
    .nullable(),
  custody_salt: hex32,
  answer: z.string().nullable(),
  found: z.array(z.int().min(0)).nullable(),
});
export type TranscriptRow = z.infer<typeof transcriptRow>;

export const sealRow = z.strictObject({
  sequence: z.int().min(1),
  canary: canaryIdSchema,
  sha256: hex32,
  sealed_utc: utcSchema,
  opened_utc: utcSchema,
});

/** A line of adjudications.jsonl. */
export const adjudicationRow = z.strictObject({
  id: z.int().min(1),
  canary: canaryIdSchema,
  target: targetNameSchema,
  k: z.int().min(1),
  verdict: z.enum(['confirm', 'dispute']),
  reason: z.string().min(1).max(4_000),
  actor: z.string().max(1_000),
  created_utc: utcSchema,
});
export type AdjudicationRow = z.infer<typeof adjudicationRow>;

const panelAnswer = z.strictObject({
  status: z.enum(['administered', 'not-administered']),
  found: z.array(z.int().min(0)),
});

/** A line of scores.jsonl (profile public): place and scores of a canary, and no word of it. */
export const scoreRow = z.strictObject({
  order: z.int().min(1),
  registry: z.int().min(1),
  leaf_index: z.int().min(0),
  id: canaryIdSchema,
  use: z.enum(['evidence', 'twin', 'after-release', 'found']),
  n: z.int().min(0),
  cohort: z.string().nullable(),
  opened: z.boolean(),
  draw_index: z.int().min(0).nullable(),
  path: z.array(hex32),
  answers: z.record(targetNameSchema, panelAnswer),
});
export type ScoreRow = z.infer<typeof scoreRow>;

/** panel.json (profile public). */
export const withheldPanelSchema = z.strictObject({
  targets: z
    .array(
      z.strictObject({
        name: targetNameSchema,
        role: roleSchema,
        model: z.string(),
        released: z.string().nullable(),
      }),
    )
    .min(1),
  transport_outcomes: z.int().min(0),
  readable_anyway: z.int().min(0),
  adjudications: z.strictObject({ confirm: z.int().min(0), dispute: z.int().min(0) }),
});

export const resultsSchema = z.strictObject({
  v: z.literal(1),
  profile: z.enum(PROFILES),
  report_id: z.uuid(),
  created_utc: utcSchema,
  lab: z.string(),
  analyst: z.string(),
  tool: z.strictObject({ name: z.string(), version: z.string(), runtime: z.string() }),
  case: z.strictObject({ id: z.string(), title: z.string() }),
  /** Authority's clock less the laboratory's, as last measured; null: never. */
  signer_clock_offset_ms: z.number().nullable(),
  run: z.strictObject({ id: z.string(), started_utc: utcSchema, ended_utc: utcSchema.nullable() }),
  state: z.enum(['running', 'complete', 'budget', 'stopped']),
  evaluation: evaluationResult,
  tier_b: tierB.nullable(),
  /** Who answered for each target, read from the answers; null where the profile withholds them. */
  identities: z
    .array(
      z.strictObject({
        target: targetNameSchema,
        degenerate: z.boolean(),
        segments: z.array(
          z.strictObject({
            number: z.int().min(1),
            model: z.string().nullable(),
            fingerprint: z.string().nullable(),
            upstream: z.string().nullable(),
            region: z.string().nullable(),
            changed: z.array(z.enum(IDENTITY_FIELDS)),
            asked: z.int().min(0),
            hits: z.int().min(0),
          }),
        ),
      }),
    )
    .nullable(),
  limits: z.array(z.string()),
});
export type ResultsFile = z.infer<typeof resultsSchema>;
