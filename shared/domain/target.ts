import { z } from 'zod';

export const roleSchema = z.enum([
  'suspect',
  'control',
  'temporal-control',
  'known-positive',
  'reference',
]);
/** Role of a target in a panel (PRODUCT.md "target"). */
export type Role = z.infer<typeof roleSchema>;

export const targetNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use 1-64 lower-case letters, digits, dots, dashes or underscores',
  );

/** The wire formats (PRODUCT.md 2). `custom` is a template of the target, `paste` asks nobody: a person carries the text. */
export const formatSchema = z.enum([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'bedrock-converse',
  'ollama',
  'custom',
  'paste',
]);
export type Format = z.infer<typeof formatSchema>;

/**
 * Request parameters under the names of the OpenAI chat format; each wire format writes them its own way. One that is set
 * is sent, never dropped: a format that has none of that name refuses the plan (shared/wire/adapters.ts).
 */
export const parametersSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  max_tokens: z.int().min(1).max(100_000).optional(),
  max_completion_tokens: z.int().min(1).max(100_000).optional(),
  seed: z.int().min(0).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  stop: z.array(z.string().min(1)).min(1).max(4).optional(),
  top_k: z.int().min(1).max(1_000).optional(),
  min_p: z.number().min(0).max(1).optional(),
  /** Ask for the log-probabilities of the answer's tokens. */
  logprobs: z.boolean().optional(),
  /** How many alternatives are asked for at each token. */
  top_logprobs: z.int().min(0).max(20).optional(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  /** The vendor's switch for thinking: on, off, or a budget in tokens. */
  thinking: z.union([z.boolean(), z.int().min(1).max(100_000)]).optional(),
});
export type Parameters = z.infer<typeof parametersSchema>;
export type ParameterName = keyof Parameters;
/** Every parameter, in the order in which requests carry them. */
export const PARAMETER_NAMES = Object.keys(parametersSchema.shape) as readonly ParameterName[];

export const secretNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dots or dashes');

/** How a key is sent; null in a target: as its format does by default. A key never stands in a URL. */
export const authSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('header'),
    header: z.string().regex(/^[a-z0-9-]{1,64}$/, 'use a header name in lower case'),
    /** Text before the key, such as `Bearer `. */
    prefix: z
      .string()
      .regex(/^[\x20-\x7e]{0,32}$/, 'use printable ASCII')
      .default(''),
  }),
  /** AWS Signature Version 4; the vault entry holds `ACCESS_KEY_ID:SECRET_ACCESS_KEY` and, if any, `:SESSION_TOKEN`. */
  z.strictObject({
    kind: z.literal('sigv4'),
    region: z.string().regex(/^[a-z0-9-]{1,32}$/),
    service: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/)
      .default('bedrock'),
  }),
]);
export type Auth = z.infer<typeof authSchema>;

/** The way to the host: never the system's silent choice. Paths and keys are of this machine and leave no bundle. */
export const networkSchema = z.strictObject({
  proxy: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      /** The variables https_proxy, http_proxy and no_proxy of the process, read at the time of the request. */
      z.strictObject({ kind: z.literal('system') }),
      /** An http or https proxy; `key` names a vault entry `user:password`. */
      z.strictObject({
        kind: z.literal('manual'),
        url: z.url({ protocol: /^https?$/, error: 'use an http or https URL' }).max(2_000),
        key: secretNameSchema.nullable().default(null),
      }),
      /** A proxy auto-configuration script, kept as text: it is never fetched. */
      z.strictObject({
        kind: z.literal('pac'),
        script: z.string().min(1).max(100_000),
        key: secretNameSchema.nullable().default(null),
      }),
    ])
    .default({ kind: 'none' }),
  /** Which roots are trusted: those of Node, or also those of the operating system. */
  roots: z.enum(['bundled', 'system']).default('bundled'),
  /** PEM of further trusted roots. */
  extraCa: z
    .string()
    .max(100_000)
    .refine((pem) => pem.includes('-----BEGIN CERTIFICATE-----'), 'use a PEM certificate')
    .nullable()
    .default(null),
  /** SHA-256 of the server's certificate, hex. */
  pinSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'use 64 lower-case hex digits')
    .nullable()
    .default(null),
  /** Vault entry that holds a client certificate and its private key, as PEM, one after the other. */
  clientCertificate: secretNameSchema.nullable().default(null),
});
export type Network = z.infer<typeof networkSchema>;
const NETWORK_DEFAULT: Network = {
  proxy: { kind: 'none' },
  roots: 'bundled',
  extraCa: null,
  pinSha256: null,
  clientCertificate: null,
};

/** What a target may be asked at most; null: no limit of its own. The plan seals them. */
export const targetLimitsSchema = z.strictObject({
  concurrency: z.int().min(1).max(64).nullable().default(null),
  requestsPerMinute: z.number().positive().max(1_000_000).nullable().default(null),
  /** Prompt and completion tokens together, as the provider reports them, or as estimated where it reports none. */
  tokensPerMinute: z.number().positive().max(1_000_000_000).nullable().default(null),
  /** Cost in US dollars, from `price`. */
  costUsd: z.number().positive().max(1_000_000).nullable().default(null),
  /** Canaries disclosed to it in one audit. */
  exposures: z.int().min(1).max(100_000).nullable().default(null),
});
export type TargetLimits = z.infer<typeof targetLimitsSchema>;
const LIMITS_DEFAULT: TargetLimits = {
  concurrency: null,
  requestsPerMinute: null,
  tokensPerMinute: null,
  costUsd: null,
  exposures: null,
};

/** US dollars per million tokens. */
export const priceSchema = z.strictObject({
  inputPerMillion: z.number().min(0).max(100_000),
  outputPerMillion: z.number().min(0).max(100_000),
  /** The day the price was looked up, and where. */
  asOf: z.iso.date('use a day that exists, as YYYY-MM-DD'),
  source: z.string().max(200).default(''),
});
export type Price = z.infer<typeof priceSchema>;

/** Any JSON value, as a template or a further body field. */
export const jsonSchema = z.json();
export type Json = z.infer<typeof jsonSchema>;

/** A field of a request body; dots go into objects (`reasoning.effort`). */
const bodyPathSchema = z
  .string()
  .max(200)
  .regex(
    /^(?!.*__proto__)[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z_][A-Za-z0-9_-]*){0,5}$/,
    'use field names, with dots between them',
  );
const bodyFieldsSchema = z.record(bodyPathSchema, jsonSchema);

/**
 * Where a vendor departs from its wire format. It stands in the target, so that whoever has the target can build the
 * exact bytes without knowing the preset it came from.
 */
export const dialectSchema = z.strictObject({
  /** Parameters that go by another field of the body than that of the format. */
  renames: z.partialRecord(parametersSchema.keyof(), bodyPathSchema).default({}),
  /**
   * What `thinking` becomes: fields that are put into the body when it is on, off, or a number of tokens (the text
   * `{{budget}}` stands for that number). Null: this vendor has no such setting, and a plan that asks for it is refused.
   */
  thinking: z
    .strictObject({
      on: bodyFieldsSchema.nullable().default(null),
      off: bodyFieldsSchema.nullable().default(null),
      budget: bodyFieldsSchema.nullable().default(null),
    })
    .nullable()
    .default(null),
});
export type Dialect = z.infer<typeof dialectSchema>;

/**
 * The custom format: a request without code. `{{name}}` in the path, a header or a string of the body is replaced by a
 * value of the question (docs/formats.md lists the names); paths into the answer are JSONPath (RFC 9535).
 */
export const templateSchema = z.strictObject({
  method: z.enum(['POST', 'GET']).default('POST'),
  /** Appended to the base URL. */
  path: z.string().max(1_000).default(''),
  /** The body as JSON with placeholders; null: no body. */
  body: jsonSchema.nullable(),
  stream: z.enum(['none', 'sse', 'jsonl']).default('none'),
  /** JSONPath in the answer, or, when it streams, in each event (texts are joined). */
  read: z.strictObject({
    text: z.string().min(1).max(500),
    reasoning: z.string().max(500).nullable().default(null),
    finish: z.string().max(500).nullable().default(null),
    model: z.string().max(500).nullable().default(null),
    error: z.string().max(500).nullable().default(null),
    promptTokens: z.string().max(500).nullable().default(null),
    completionTokens: z.string().max(500).nullable().default(null),
  }),
  /** The event data that ends a stream, such as `[DONE]`; null: the stream ends with the connection. */
  done: z.string().max(100).nullable().default(null),
  /** Values of `finish` that mean: cut at the length limit, stopped by a filter. */
  lengthValues: z.array(z.string().max(100)).max(16).default([]),
  filterValues: z.array(z.string().max(100)).max(16).default([]),
});
export type Template = z.infer<typeof templateSchema>;

const forbiddenHeaders = new Set([
  'authorization',
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept-encoding',
  'cookie',
  'upgrade',
  'te',
  'expect',
  'keep-alive',
  'proxy-connection',
  'trailer',
]);

/** An endpoint, a model and how to reach it. No secret stands here: `key` names an entry of the vault. */
export const targetDraftSchema = z.strictObject({
  name: targetNameSchema,
  role: roleSchema.default('suspect'),
  format: formatSchema.default('openai-chat'),
  /** Name of the preset it was made from (resources/presets); says which parameters are known to be ignored. */
  preset: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/)
    .nullable()
    .default(null),
  /** The base URL, such as https://api.example.org/v1; the path of the format is appended. */
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'use an http or https URL' })
    .max(2_000)
    .refine((url) => !url.includes('#'), 'leave out the part after #: it is never sent'),
  model: z.string().min(1).max(200),
  key: secretNameSchema.nullable().default(null),
  auth: authSchema.nullable().default(null),
  stream: z.boolean().default(false),
  parameters: parametersSchema.default({}),
  /** Further fields of the request body, sent as they are; a field that the format writes itself is refused. */
  extra: z.record(z.string().min(1).max(100), jsonSchema).default({}),
  /** Only for the format `custom`. */
  template: templateSchema.nullable().default(null),
  /** How this vendor departs from the format; null: not at all. */
  dialect: dialectSchema.nullable().default(null),
  headers: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9-]{1,64}$/)
        .refine((name) => !forbiddenHeaders.has(name.toLowerCase()), 'this header is set by us'),
      z.string().regex(/^[\x20-\x7e]{0,1000}$/, 'use printable ASCII'),
    )
    .default({}),
  /** Consent, per target: addresses of this machine or a private network. */
  allowPrivate: z.boolean().default(false),
  /** Consent, per target: a connection without TLS. */
  allowHttp: z.boolean().default(false),
  network: networkSchema.default(NETWORK_DEFAULT),
  limits: targetLimitsSchema.default(LIMITS_DEFAULT),
  price: priceSchema.nullable().default(null),
  /** Day the model was released, as far as known; the after-release canaries are read against it. */
  released: z.iso.date('use a day that exists, as YYYY-MM-DD').nullable().default(null),
  note: z.string().max(2_000).default(''),
});
export type TargetDraft = z.infer<typeof targetDraftSchema>;
export type TargetDraftInput = z.input<typeof targetDraftSchema>;
