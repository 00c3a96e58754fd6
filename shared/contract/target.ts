import { z } from 'zod';
import { type EndpointErrorCode, ERROR_OUTCOME, outcomeSchema } from '../domain/outcome.ts';
import {
  formatSchema,
  jsonSchema,
  parametersSchema,
  secretNameSchema,
  targetDraftSchema,
  targetNameSchema,
} from '../domain/target.ts';
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
const code = z.enum(Object.keys(ERROR_OUTCOME) as [EndpointErrorCode, ...EndpointErrorCode[]]);
const shown = z.string().nullable();

/** Who answered, as far as host, headers and body say. */
export const targetRoute = z.strictObject({
  /** Host and port, a name of other letters as punycode. */
  host: z.string(),
  /** The vendor of the preset, where the target is at that vendor's own host; else null. */
  vendor: shown,
  /** The provider that a gateway passed the question to. */
  upstream: shown,
  /** Where it was answered, as the answer says. */
  region: shown,
  /** Where it was asked, as the address or the signature says. */
  configuredRegion: shown.default(null),
  requestId: shown,
  modelAsked: z.string(),
  modelAnswered: shown,
  /** All of it as one sentence. */
  sentence: z.string(),
});

export const probeFinding = z.strictObject({
  /** A parameter, or `stream`. */
  subject: z.string(),
  verdict: z.enum([
    /** It changed the answer as it should. */
    'effect',
    /** It was taken and changed nothing. */
    'no-effect',
    /** It was taken; whether it did anything cannot be seen from these calls. */
    'accepted',
    /** The server refused the call because of it. */
    'rejected',
    /** The calls failed for another reason. */
    'unknown',
  ]),
  /** Fixed words that say why. */
  why: z.string(),
});

/** What came of one harmless call. Texts are made visible and cut. */
export const targetTestResult = z.strictObject({
  ok: z.boolean(),
  outcome: outcomeSchema,
  /** Why there is no answer (docs/cli.md lists the codes); null when there is one. */
  code: code.nullable(),
  /** Fixed words about the code. */
  detail: shown,
  status: z.int().nullable(),
  /** Bytes of the body as received, before decoding. */
  bytes: z.int(),
  ms: z.number(),
  model: shown,
  fingerprint: shown,
  tls: z
    .strictObject({
      protocol: shown,
      cipher: shown,
      /** SHA-256 of the server's certificate, hex: what network.pinSha256 takes. */
      fingerprint: z.string(),
      alpn: shown,
      servername: shown,
      authorized: z.boolean(),
    })
    .nullable(),
  warnings: z.array(z.string()),
  address: shown,
  proxy: shown,
  route: targetRoute,
  /** What this one answer shows of each parameter that was asked, and what the vendor is known to do with it. */
  parameters: z.array(probeFinding.extend({ known: shown })).default([]),
  text: shown,
  advice: z.string(),
});
export type TargetTestResult = z.infer<typeof targetTestResult>;

export const targetPreview = z.strictObject({
  method: z.string(),
  url: z.string(),
  /** Host and port of the URL as they are looked up: punycode for other letters. */
  host: z.string(),
  /** How it would get there at present, in words: `directly`, `by the proxy a.example:3128`. */
  way: z.string(),
  /** All of them in the order in which they are sent; what holds or proves the key stands in brackets. */
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.string(),
  /** Of the body. */
  bytes: z.int(),
  /** Why target.add would refuse it all the same, by field of the target. */
  problems: z.array(z.strictObject({ path: z.string(), message: z.string() })),
});

/** One call that a probe makes. */
export const probeCall = z.strictObject({ id: z.string(), asks: z.string() });

export const probeResult = z.strictObject({
  atUtc: utc,
  /** Calls that were made. */
  calls: z.int(),
  answered: z.int(),
  findings: z.array(probeFinding),
  /** Parameters of the format that these calls did not try. */
  untried: z.array(z.string()),
  /** Do two identical calls answer alike? Null when one of them failed. */
  repeatsDiffer: z.boolean().nullable(),
  /** Milliseconds from start to end of each answered call. */
  latency: z
    .strictObject({ leastMs: z.number(), medianMs: z.number(), mostMs: z.number() })
    .nullable(),
  models: z.array(z.string()),
  fingerprints: z.array(z.string()),
  upstreams: z.array(z.string()),
  warnings: z.array(z.string()),
  failures: z.array(z.strictObject({ id: z.string(), code: code, status: z.int().nullable() })),
});
export type ProbeResult = z.infer<typeof probeResult>;

const remark = z.strictObject({ what: z.string(), why: z.string() });

export const recognised = z.strictObject({
  source: z.enum(['curl', 'http']),
  format: formatSchema,
  /** Ready for target.add once the keys are in the vault under their proposed names. */
  draft: targetDraftSchema,
  keys: z.array(
    z.strictObject({
      /** Proposed name of the vault entry; the draft refers to it. */
      name: secretNameSchema,
      use: z.enum(['target', 'proxy']),
      /** Null when the text holds only a variable of a shell. */
      value: z.string().nullable(),
      where: z.string(),
    }),
  ),
  /** The conversation that stands in the pasted body; a canary takes its place. */
  messages: z.array(z.strictObject({ role: z.string(), content: z.string() })),
  /** What the pasted request has and the target's request would not have, or has otherwise. */
  differences: z.array(z.strictObject({ path: z.string(), pasted: shown, built: shown })),
  notUnderstood: z.array(remark),
  refused: z.array(remark),
});
export type Recognised = z.infer<typeof recognised>;

export const parameterRow = z.strictObject({
  parameter: z.string(),
  /** As the target, or the plan over it, asks; null: not asked. */
  asked: jsonSchema.nullable(),
  from: z.enum(['target', 'plan']).nullable(),
  /** Fields of the built body that carry it; empty when it is not asked or cannot be sent. */
  sent: z.array(z.strictObject({ field: z.string(), value: jsonSchema })),
  /** Why it cannot be sent; null when it can. */
  refused: z.string().nullable(),
  accepted: z.enum(['yes', 'rejected', 'unknown']),
  /** What the last probe saw of it; null when it did not try. */
  seen: probeFinding.nullable(),
  ignored: z.strictObject({ note: z.string(), date: z.string(), source: z.string() }).nullable(),
});
export type ParameterRow = z.infer<typeof parameterRow>;

const callTimeoutMs = z.int().min(100).max(600_000).default(60_000);

export const targetMethods = {
  'target.list': query({
    summary: 'The configured targets',
    input: nothing,
    output: z.strictObject({ targets: z.array(targetItem) }),
  }),
  'target.get': query({
    summary: 'One target with its last test and probe',
    input: named,
    output: z.strictObject({
      item: targetItem,
      /** Null: never tested since it was last changed. */
      lastTest: z.strictObject({ atUtc: utc, result: targetTestResult }).nullable(),
      lastProbe: probeResult.nullable(),
    }),
    errors: ['NOT_FOUND'],
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
    output: targetPreview,
  }),
  'target.parameters': query({
    summary: 'What of each parameter is asked, sent, accepted and known to be ignored',
    input: z.strictObject({
      target: targetDraftSchema,
      /** Parameters of a plan, set over those of the target. */
      plan: parametersSchema.default({}),
    }),
    output: z.strictObject({ rows: z.array(parameterRow) }),
  }),
  'target.recognise': query({
    summary:
      'A target from a pasted curl command or raw HTTP request; nothing is run, sent or stored',
    input: z.strictObject({ text: z.string().min(1).max(1_000_000) }),
    output: recognised,
    sensitive: ['text', 'keys'],
  }),
  'target.test': command({
    summary: 'One call with a harmless question; no canary is sent',
    input: named.extend({ timeoutMs: callTimeoutMs }),
    output: targetTestResult,
    errors: ['NOT_FOUND', 'CONFLICT', 'UNSAFE_ENVIRONMENT'],
  }),
  'target.try': command({
    summary:
      'The same for a target that is not stored, with keys given for this call; needs no workspace',
    input: z.strictObject({
      /** A target file of one target, YAML or JSON. */
      text: z.string().max(1_000_000),
      /** Values of the keys that the target names; an entry under an empty name is the key of the target. */
      secrets: z.record(z.string().max(64), z.string().max(100_000)).default({}),
      timeoutMs: callTimeoutMs,
    }),
    output: targetTestResult,
    sensitive: ['text', 'secrets'],
    errors: ['IMPORT_REJECTED', 'CONFLICT'],
    hosts: ['cli'],
  }),
  'target.probePlan': query({
    summary: 'The harmless calls that a probe of a target would make, in order',
    input: named.extend({ calls: z.int().min(2).max(16).default(12) }),
    output: z.strictObject({ calls: z.array(probeCall), untried: z.array(z.string()) }),
    errors: ['NOT_FOUND'],
  }),
  'target.probe': command({
    summary:
      'Find which parameters a target accepts and obeys, by a few harmless calls; no canary is sent',
    input: named.extend({
      /** Consent to at most so many calls. */
      calls: z.int().min(2).max(16),
      timeoutMs: callTimeoutMs,
    }),
    output: probeResult,
    errors: ['NOT_FOUND', 'CONFLICT', 'UNSAFE_ENVIRONMENT'],
  }),
} as const;
