import { z } from 'zod';
import { canaryIdSchema } from '../domain/canary.ts';
import type { EvaluationResult } from '../domain/evaluation.ts';
import { LABELS } from '../domain/evaluation.ts';
import { outcomeSchema } from '../domain/outcome.ts';
import { roleSchema, targetNameSchema } from '../domain/target.ts';
import { MAX_LOGO_BYTES, SECTIONS, TEMPLATES } from '../evidence/presentation.ts';
import { adjudicationItem } from './adjudication.ts';
import { auditState } from './audit.ts';
import { firstStamp, nothing, page, sha256Hex, utc, uuid } from './common.ts';
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

export const bundleItem = z.strictObject({
  bundleId: uuid,
  auditId: uuid,
  path: z.string(),
  profile: profileSchema,
  reportId: uuid.nullable(),
  files: z.int(),
  manifestSha256: sha256Hex,
  createdUtc: utc,
  /** Of the signed statement. */
  stamp: firstStamp,
});
export type BundleItem = z.infer<typeof bundleItem>;

export const verification = z.strictObject({
  ok: z.boolean(),
  path: z.string(),
  /** Fingerprint of the key that signed; to be compared with one received by another way. */
  keyid: z.string().nullable(),
  /** Whether the key was given from outside; if not, only consistency is shown. */
  keyGiven: z.boolean(),
  /** The profile the bag says it has; null when that cannot be read. */
  profile: profileSchema.nullable(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      /** `withheld`: the profile does not disclose what the check needs; it is no pass. */
      status: z.enum(['passed', 'failed', 'withheld', 'unproven']),
      detail: z.string(),
      /** What a pass does not prove. */
      limit: z.string(),
    }),
  ),
});
export type Verification = z.infer<typeof verification>;

const one = z.strictObject({ auditId: uuid });

const reportOptions = {
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

const custodyMoment = z
  .string()
  .regex(
    /^(?:\d{4}-\d{2}-\d{2}(?:T[0-9:.]{0,12}Z?)?)?$/,
    'use a UTC time such as 2026-11-21T10:00:00Z',
  )
  .default('');

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
  'bundle.export': command({
    summary: 'Write the signed bundle: statement, transcripts, proofs, report',
    input: z.strictObject({
      ...reportOptions,
      /** A folder that does not exist yet; null = below the workspace. Browser mode takes null only. */
      out: z.string().max(4_000).nullable().default(null),
      /** Whether report.pdf is put in. */
      pdf: z.boolean().default(true),
    }),
    output: bundleItem.extend({ warnings: z.array(z.string()) }),
    sensitive: ['notes'],
    errors: ['NOT_FOUND', 'CONFLICT', 'INTEGRITY', 'NOT_AVAILABLE_HERE', 'BAD_INPUT'],
  }),
  'bundle.disclose': command({
    summary:
      'Write what opens the commitments of chosen canaries, to hand over beside a public bundle',
    input: z.strictObject({
      auditId: uuid,
      /** Canaries that this audit has opened. */
      canaries: z.array(canaryIdSchema).min(1).max(10_000),
      /** A folder that does not exist yet; null = below the workspace. Browser mode takes null only. */
      out: z.string().max(4_000).nullable().default(null),
    }),
    output: z.strictObject({
      path: z.string(),
      canaries: z.int(),
      exchanges: z.int(),
      files: z.int(),
    }),
    errors: ['NOT_FOUND', 'CONFLICT', 'NOT_AVAILABLE_HERE'],
  }),
  'bundle.preview': query({
    summary: 'What a bundle of this audit would disclose in a profile, before it is written',
    input: z.strictObject({ auditId: uuid, profile: profileSchema }),
    output: z.strictObject({
      profile: profileSchema,
      items: z.array(
        z.strictObject({
          what: z.string(),
          disclosed: z.enum(['yes', 'no', 'part']),
          count: z.int(),
          detail: z.string(),
        }),
      ),
      /** Checks that a reader cannot make from such a bundle. */
      notCheckable: z.array(z.string()),
    }),
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'bundle.page': query({
    summary: 'The offline verification page, to hand it over by another way than the bundle',
    input: nothing,
    output: z.strictObject({ html: z.string(), sha256: sha256Hex }),
    errors: ['NOT_FOUND'],
  }),
  'bundle.open': query({
    summary: 'Open a bundle of anybody read-only: verify it and draw its report anew',
    input: z.strictObject({
      path: z.string().min(1).max(4_000),
      publicKeyPem: z.string().max(10_000).nullable().default(null),
      /** As for `bundle.verify`. */
      tsaRootsPem: z.string().max(100_000).nullable().default(null),
    }),
    output: z.strictObject({
      verification,
      /** Drawn from the data of the bundle, never its own page; null when it does not verify. */
      report: z
        .strictObject({
          reportId: z.string(),
          createdUtc: z.string(),
          lab: z.string(),
          analyst: z.string(),
          caseTitle: z.string(),
          html: z.string(),
        })
        .nullable(),
    }),
    sensitive: ['report'],
    errors: ['NOT_FOUND', 'INTEGRITY'],
    hosts: ['cli', 'desktop'],
  }),
  'bundle.rescore': query({
    summary: 'Score the stored responses of a bundle again with this program and show differences',
    input: z.strictObject({ path: z.string().min(1).max(4_000) }),
    output: z.strictObject({
      attempts: z.int(),
      differences: z.array(
        z.strictObject({ attempt: z.string(), target: z.string(), what: z.string() }),
      ),
      suspects: z.array(
        z.strictObject({
          target: z.string(),
          before: z.strictObject({
            hits: z.int(),
            asked: z.int(),
            logE: z.number(),
            label: z.string(),
          }),
          now: z.strictObject({
            hits: z.int(),
            asked: z.int(),
            logE: z.number(),
            label: z.string(),
          }),
        }),
      ),
    }),
    errors: ['NOT_FOUND', 'INTEGRITY'],
    hosts: ['cli', 'desktop'],
  }),
  'bundle.list': query({
    summary: 'Bundles exported from this workspace',
    input: nothing,
    output: z.strictObject({ bundles: z.array(bundleItem) }),
  }),
  'bundle.check': query({
    summary: 'Verify a bundle that was exported from this workspace',
    input: z.strictObject({ bundleId: uuid }),
    output: verification,
    errors: ['NOT_FOUND'],
  }),
  'bundle.verify': query({
    summary:
      'Verify any bundle folder: hashes, signatures, proofs, and E recomputed from transcripts',
    input: z.strictObject({
      path: z.string().min(1).max(4_000),
      publicKeyPem: z.string().max(10_000).nullable().default(null),
      /** PEM of authorities’ roots that you trust: the report must then carry a stamp under one of them. */
      tsaRootsPem: z.string().max(100_000).nullable().default(null),
      /** Folder of a disclosure (`bundle.disclose`) to be checked against the bundle. */
      disclosure: z.string().min(1).max(4_000).nullable().default(null),
    }),
    output: verification,
    errors: ['NOT_FOUND', 'INTEGRITY'],
    hosts: ['cli', 'desktop'],
  }),
  'custody.list': query({
    summary: 'The custody log, newest first',
    input: z.strictObject({
      /** Only kinds that begin so. */
      kind: z.string().max(64).default(''),
      /** Not before this moment, and before that one; RFC 3339 UTC, or the beginning of it such as 2026-11-21. */
      from: custodyMoment,
      to: custodyMoment,
      /** Stands somewhere in the event: an id, a hash, a name. */
      text: z.string().max(200).default(''),
      ...page,
    }),
    output: z.strictObject({
      /** All events of the log. */
      size: z.int(),
      /** Events of the kind that was asked for. */
      total: z.int(),
      events: z.array(
        z.strictObject({
          seq: z.int(),
          at: utc,
          actor: z.string(),
          kind: z.string(),
          data: z.record(z.string(), z.unknown()),
          hash: sha256Hex,
        }),
      ),
    }),
  }),
  'custody.verify': command({
    summary:
      'Check the whole custody log, its checkpoints, stamps and keys, and every stored body; logged',
    input: nothing,
    output: z.strictObject({
      ok: z.boolean(),
      events: z.int(),
      checkpoints: z.int(),
      /** Checkpoints that an authority has stamped. */
      stampedCheckpoints: z.int(),
      /** Proofs, computed and checked, that each checkpoint continues the one before it. */
      consistencyProofs: z.int(),
      stamps: z.int(),
      keys: z.int(),
      bodies: z.int(),
      problems: z.array(z.string()),
    }),
  }),
  'custody.proof': query({
    summary: 'RFC 6962 proof that one checkpoint of the log continues an older one',
    input: z.strictObject({
      /** Size of the older checkpoint. */
      first: z.int().min(1),
      /** Size of the newer one; null = the last checkpoint. */
      second: z.int().min(1).nullable().default(null),
    }),
    output: z.strictObject({
      first: z.int(),
      second: z.int(),
      firstRoot: sha256Hex,
      secondRoot: sha256Hex,
      proof: z.array(sha256Hex),
    }),
    errors: ['NOT_FOUND'],
  }),
} as const;
