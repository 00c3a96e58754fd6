import { z } from 'zod';
import { type ApiError, badRequest } from './api-error.ts';
import { DEFAULT_DECODING, type Decoding, type PromptMessage } from './ngram-model.ts';

const textPartSchema = z.object({ type: z.literal('text'), text: z.string() });
const messageSchema = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([
    z.string(),
    z
      .array(textPartSchema)
      .min(1)
      .transform((parts) => parts.map(({ text }) => text).join('')),
  ]),
});
const maxTokensSchema = z.int().min(1).nullish();

/** The parts of the chat completions format that the lab speaks. Unknown fields are ignored. */
const chatRequestSchema = z.object({
  model: z.string().min(1),
  messages: z.array(messageSchema).min(1),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  max_tokens: maxTokensSchema,
  max_completion_tokens: maxTokensSchema,
  seed: z.int().nullish(),
  n: z.literal(1).nullish(),
  logprobs: z.literal(false).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
});

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  readonly decoding: Decoding;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ApiError };

function decodingOf(body: z.infer<typeof chatRequestSchema>): Decoding {
  const stop = body.stop ?? [];
  return {
    temperature: body.temperature ?? DEFAULT_DECODING.temperature,
    topP: body.top_p ?? DEFAULT_DECODING.topP,
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? DEFAULT_DECODING.maxTokens,
    stop: typeof stop === 'string' ? [stop] : stop,
    seed: body.seed ?? null,
  };
}

/** Parses the bytes of a request. The messages of errors name fields, never their text. */
export function readChatRequest(bytes: Uint8Array): Read<ChatRequest> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { ok: false, error: badRequest('The body of the request is not valid JSON.') };
  }
  const parsed = chatRequestSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const param = issue === undefined ? '' : issue.path.map(String).join('.');
    const what = issue?.message ?? 'The request is not valid.';
    return {
      ok: false,
      error: badRequest(param === '' ? what : `${param}: ${what}`, param === '' ? null : param),
    };
  }
  const body = parsed.data;
  if (body.stream_options != null && body.stream !== true) {
    return {
      ok: false,
      error: badRequest('stream_options is only allowed when stream is true.', 'stream_options'),
    };
  }
  return {
    ok: true,
    value: {
      model: body.model,
      messages: body.messages,
      decoding: decodingOf(body),
      stream: body.stream ?? false,
      includeUsage: body.stream_options?.include_usage ?? false,
    },
  };
}
