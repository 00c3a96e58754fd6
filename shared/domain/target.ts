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

/** Request parameters of the OpenAI chat format; one that is set is sent, never dropped. */
export const parametersSchema = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  max_tokens: z.int().min(1).max(100_000).optional(),
  max_completion_tokens: z.int().min(1).max(100_000).optional(),
  seed: z.int().min(0).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  stop: z.array(z.string().min(1)).min(1).max(4).optional(),
});
export type Parameters = z.infer<typeof parametersSchema>;

export const secretNameSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dots or dashes');

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
]);

/** An endpoint, a model and how to reach it. No secret stands here: `key` names an entry of the vault. */
export const targetDraftSchema = z.strictObject({
  name: targetNameSchema,
  role: roleSchema.default('suspect'),
  format: z.enum(['openai-chat']).default('openai-chat'),
  /** The base URL, such as https://api.example.org/v1; `/chat/completions` is appended. */
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'use an http or https URL' })
    .max(2_000)
    .refine((url) => !url.includes('#'), 'leave out the part after #: it is never sent'),
  model: z.string().min(1).max(200),
  key: secretNameSchema.nullable().default(null),
  stream: z.boolean().default(false),
  parameters: parametersSchema.default({}),
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
  /** Day the model was released, as far as known; the after-release canaries are read against it. */
  released: z.iso.date('use a day that exists, as YYYY-MM-DD').nullable().default(null),
  note: z.string().max(2_000).default(''),
});
export type TargetDraft = z.infer<typeof targetDraftSchema>;
export type TargetDraftInput = z.input<typeof targetDraftSchema>;
