import { z } from 'zod';
import { roleSchema, targetNameSchema } from '../domain/target.ts';
import { fileText, firstStamp, nothing, sha256Hex, utc, uuid } from './common.ts';
import { command, query } from './define.ts';

export const planError = z.strictObject({
  line: z.int(),
  column: z.int(),
  path: z.string(),
  message: z.string(),
});
export type PlanError = z.infer<typeof planError>;

export const planSummary = z.strictObject({
  name: z.string(),
  caseId: z.string(),
  panel: z.array(
    z.strictObject({ target: z.string(), role: roleSchema, host: z.string(), model: z.string() }),
  ),
  canaries: z.strictObject({
    evidence: z.int(),
    twins: z.int(),
    afterRelease: z.int(),
    found: z.int(),
  }),
  samples: z.int(),
  /** Most requests the plan can make, retries not counted. */
  calls: z.int(),
  /** Secrets disclosed to each operator (host), at most. */
  exposures: z.array(z.strictObject({ host: z.string(), secrets: z.int(), requests: z.int() })),
  suspects: z.int(),
  /** m / 0.001: what sup E must reach for report-grade. */
  threshold: z.number(),
  rule: z.enum(['label', 'fixed']),
  /** Chance that a suspect with inheritance rate q reaches report-grade within the plan. */
  power: z.array(z.strictObject({ q: z.number(), chance: z.number() })),
  beacon: z.enum(['given', 'unverified', 'none', 'mixed', 'not-needed']),
  /** What it can cost at most, by estimate (prompts by length, answers at `max_tokens`, no retries); null: unknown. */
  cost: z.strictObject({
    usd: z.number().nullable(),
    targets: z.array(
      z.strictObject({
        target: z.string(),
        usd: z.number().nullable(),
        /** Why it is unknown, in words; null where it is known. */
        unknown: z.string().nullable(),
        capUsd: z.number().nullable(),
        /** Day of the price, and where it is from. */
        asOf: z.string().nullable(),
        source: z.string().nullable(),
      }),
    ),
  }),
  /** How long it takes at least, from the rates of the targets; null: no target has a rate. */
  time: z.strictObject({ seconds: z.int().nullable(), slowest: z.string().nullable() }),
  warnings: z.array(z.string()),
});
export type PlanSummary = z.infer<typeof planSummary>;

export const planItem = z.strictObject({
  planId: uuid,
  name: z.string(),
  caseId: z.string(),
  sha256: sha256Hex,
  sealedUtc: utc,
  auditId: uuid.nullable(),
  /** The first stamp over the seal. */
  stamp: firstStamp,
});
export type PlanItem = z.infer<typeof planItem>;

/** `interrupted`: the process ended while it ran; `audit.resume` goes on. */
export const auditState = z.enum([
  'running',
  'paused',
  'interrupted',
  'complete',
  'stopped',
  'budget',
  'failed',
]);
export type AuditState = z.infer<typeof auditState>;

export const auditItem = z.strictObject({
  auditId: uuid,
  planId: uuid,
  name: z.string(),
  caseId: z.string(),
  state: auditState,
  startedUtc: utc,
  endedUtc: utc.nullable(),
});
export type AuditItem = z.infer<typeof auditItem>;

export const lane = z.strictObject({
  target: z.string(),
  role: roleSchema,
  host: z.string(),
  planned: z.int(),
  answered: z.int(),
  failed: z.int(),
  inFlight: z.int(),
  exposures: z.int(),
  /** Why nothing is asked at present, in plain words; null when working. */
  waiting: z.string().nullable(),
  stopped: z.boolean(),
  /** US dollars, from reported tokens; `estimatedUsd` is for exchanges whose tokens nobody reported. Null: no price is known. */
  spend: z
    .strictObject({ usd: z.number(), estimated: z.int(), estimatedUsd: z.number() })
    .nullable(),
  /** The sealed caps, raised where the analyst raised them; null: none. */
  capUsd: z.number().nullable(),
  capExposures: z.int().nullable(),
  /** How often the identity changed, and the last stretches; one stretch: it never did. */
  segmentCount: z.int(),
  segments: z.array(
    z.strictObject({
      number: z.int(),
      model: z.string().nullable(),
      fingerprint: z.string().nullable(),
      upstream: z.string().nullable(),
      region: z.string().nullable(),
      /** What differs from the stretch before. */
      changed: z.array(z.string()),
      startedUtc: utc,
      /** Opened served canaries of this stretch and hits among them; never added up across stretches. */
      asked: z.int(),
      hits: z.int(),
    }),
  ),
  /** Certificates changed during the audit; every one is kept with its exchange. */
  certificateChanges: z.int(),
  /** The same answer to whatever it was asked. */
  degenerate: z.boolean(),
  /** The server's clock minus ours where it is furthest off; null: it gives no date. */
  clockOffsetMs: z.int().nullable(),
});
export type Lane = z.infer<typeof lane>;

export const auditStatus = z.strictObject({
  audit: auditItem,
  canariesDone: z.int(),
  canariesPlanned: z.int(),
  requestsDone: z.int(),
  requestsPlanned: z.int(),
  requestLimit: z.int(),
  /** Exposures to the target that has most, against the plan's cap. */
  exposures: z.int(),
  exposureLimit: z.int(),
  ratePerSecond: z.number(),
  remainingMs: z.number().nullable(),
  lanes: z.array(lane),
  /** What a resume found: answers kept, attempts interrupted, samples still to ask. */
  recovery: z.strictObject({ kept: z.int(), interrupted: z.int(), remaining: z.int() }).nullable(),
  message: z.string().nullable(),
  /** Set while a target's failure keeps the audit paused: who, and the code of the error. */
  trouble: z.strictObject({ target: z.string(), code: z.string() }).nullable(),
  /** Answers that a person is to paste before it goes on (audit.prompts). */
  pasteWaiting: z.int(),
  /** Plain sentences: changed identity, equal answers, clocks. */
  warnings: z.array(z.string()),
});
export type AuditStatus = z.infer<typeof auditStatus>;

const one = z.strictObject({ auditId: uuid });

export const pastePrompt = z.strictObject({
  target: z.string(),
  model: z.string(),
  canaryId: z.string(),
  k: z.int(),
  /** Null until the prompt is taken: from then on the canary is exposed to this target. */
  attemptId: uuid.nullable(),
  takenUtc: utc.nullable(),
  /** What is to be pasted, byte for byte; null until it is taken. */
  text: z.string().nullable(),
});
export type PastePrompt = z.infer<typeof pastePrompt>;

export const auditMethods = {
  'plan.check': query({
    summary: 'Check a plan file; errors with line and column, else calls, exposures and power',
    input: z.strictObject({ text: fileText }),
    output: z.strictObject({
      ok: z.boolean(),
      errors: z.array(planError),
      summary: planSummary.nullable(),
    }),
  }),
  'plan.seal': command({
    summary: 'Seal a plan: hash, sign, and fix panel, canaries and order before the first request',
    input: z.strictObject({ text: fileText }),
    output: z.strictObject({ plan: planItem, summary: planSummary }),
    errors: ['PLAN_INVALID', 'CONFLICT'],
  }),
  'plan.list': query({
    summary: 'Sealed plans, newest first',
    input: nothing,
    output: z.strictObject({ plans: z.array(planItem) }),
  }),
  'plan.get': query({
    summary: 'A sealed plan with its file',
    input: z.strictObject({ planId: uuid }),
    output: z.strictObject({ plan: planItem, text: z.string(), summary: planSummary }),
    errors: ['NOT_FOUND'],
  }),
  'audit.start': command({
    summary: 'Start the audit of a sealed plan; progress comes as events',
    input: z.strictObject({ planId: uuid }),
    output: auditItem,
    errors: ['NOT_FOUND', 'CONFLICT', 'UNSAFE_ENVIRONMENT'],
  }),
  'audit.resume': command({
    summary:
      'Go on with a paused or interrupted audit, or after raising a cap; no answered sample is asked again',
    input: z.strictObject({
      auditId: uuid,
      /** Caps of targets to raise first, for an audit that ended at one; each is an event of the custody log. */
      raise: z
        .array(
          z.strictObject({
            target: targetNameSchema,
            costUsd: z.number().positive().max(1_000_000).nullable().default(null),
            exposures: z.int().min(1).max(100_000).nullable().default(null),
          }),
        )
        .max(64)
        .default([]),
    }),
    output: auditItem,
    errors: ['NOT_FOUND', 'CONFLICT', 'UNSAFE_ENVIRONMENT'],
  }),
  'audit.pause': command({
    summary:
      'Pause after the requests in flight, or, in the process that runs it, cut these off too (`now`): each stays an exposure, and is asked again when the audit goes on',
    input: one.extend({ now: z.boolean().default(false) }),
    output: auditItem,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'audit.stop': command({
    summary: 'Stop for good after the requests in flight; what was answered is kept and evaluated',
    input: one,
    output: auditItem,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'audit.prompts': command({
    summary:
      'What a person is to paste where; `take` shows the text, which exposes the canary and is logged as a reveal',
    input: z.strictObject({ auditId: uuid, take: z.boolean().default(false) }),
    output: z.strictObject({ prompts: z.array(pastePrompt) }),
    sensitive: ['prompts'],
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'audit.paste': command({
    summary:
      'Store the answer that a person brought back; when it is the last one, the audit goes on',
    input: z.strictObject({
      auditId: uuid,
      attemptId: uuid,
      text: z.string().max(4_000_000),
      /** The model that the product names; null: it names none. */
      model: z.string().min(1).max(200).nullable().default(null),
    }),
    output: z.strictObject({ remaining: z.int(), audit: auditItem }),
    sensitive: ['text'],
    errors: ['NOT_FOUND', 'CONFLICT', 'UNSAFE_ENVIRONMENT', 'WORKSPACE_BUSY'],
  }),
  'audit.list': query({
    summary: 'Audits, newest first',
    input: nothing,
    output: z.strictObject({ audits: z.array(auditItem) }),
  }),
  'audit.get': query({
    summary: 'State and progress of an audit',
    input: one,
    output: auditStatus,
    errors: ['NOT_FOUND'],
  }),
  'audit.matrix': query({
    summary: 'Targets x canaries, one character a cell',
    input: one,
    output: z.strictObject({
      columns: z.array(
        z.strictObject({
          position: z.int(),
          canaryId: z.string(),
          registry: z.int(),
          use: z.enum(['evidence', 'twin', 'after-release', 'found']),
          state: z.enum(['pending', 'asked', 'sealed', 'opened', 'skipped']),
        }),
      ),
      /** One string a target, one character a column: `.` not asked, `H` hit, `m` miss, `r` refused or filtered,
       *  `t` truncated, `x` failed, `?` sealed and unopened. */
      rows: z.array(z.strictObject({ target: z.string(), role: roleSchema, cells: z.string() })),
    }),
    errors: ['NOT_FOUND'],
  }),
} as const;
