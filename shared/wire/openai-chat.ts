import type { EndpointErrorCode } from '../domain/outcome.ts';
import type { Parameters } from '../domain/target.ts';
import { mediaType } from './headers.ts';
import { field, isObject, parseGuarded, stringField } from './json-guard.ts';
import { providerError } from './openai-error.ts';
import { readMessage, readUsage } from './openai-message.ts';
import { readStream } from './openai-stream.ts';
import { decodeUtf8 } from './text.ts';
import type {
  BuildInput,
  HeaderPair,
  OutboundRequest,
  ReadFailure,
  ReadInput,
  ReadResult,
  ReadWarning,
} from './types.ts';

/** In the order of the body's keys; the names are those of the body. */
export const parameters = [
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'stop',
  'top_k',
  'min_p',
  'logprobs',
  'top_logprobs',
  'reasoning_effort',
] as const satisfies readonly (keyof Parameters)[];

/**
 * The exact request of the OpenAI chat format: equal input gives equal bytes. The API key is named, never present; the
 * transport writes it as the last header. No user agent is sent: a target must not know an audit by it.
 */
export function build(input: BuildInput): OutboundRequest {
  const body: Record<string, unknown> = {
    model: input.model,
    messages: input.messages.map(({ role, content }) => ({ role, content })),
  };
  for (const name of parameters) {
    if (input.parameters[name] !== undefined) body[name] = input.parameters[name];
  }
  if (input.stream) {
    body.stream = true;
    body.stream_options = { include_usage: true };
  }
  Object.assign(body, input.extra);
  const headers: HeaderPair[] = [
    ['content-type', 'application/json'],
    ['accept', input.stream ? 'text/event-stream' : 'application/json'],
    ['accept-encoding', 'gzip'],
  ];
  for (const [name, value] of Object.entries(input.headers)) {
    const known = headers.findIndex(([key]) => key === name.toLowerCase());
    if (known === -1) headers.push([name, value]);
    else headers[known] = [name, value];
  }
  return {
    method: 'POST',
    url: chatUrl(input.baseUrl),
    headers,
    auth:
      input.keyName === null
        ? null
        : {
            ...(input.auth ?? { kind: 'header', header: 'authorization', prefix: 'Bearer ' }),
            keyName: input.keyName,
          },
    body: new TextEncoder().encode(JSON.stringify(body)),
  };
}

/** `/chat/completions` after the path; a query (`?api-version=…`) keeps its place. */
function chatUrl(baseUrl: string): string {
  const hash = baseUrl.split('#')[0] ?? '';
  const query = hash.indexOf('?');
  const path = query === -1 ? hash : hash.slice(0, query);
  return `${path.replace(/\/+$/, '')}/chat/completions${query === -1 ? '' : hash.slice(query)}`;
}

const fail = (code: EndpointErrorCode, detail: string): ReadFailure => ({
  ok: false,
  code,
  detail,
});

/**
 * Reads a response, plain or streamed. Total: any bytes give a reading or a failure with a code, never an exception.
 *
 * Content type: a plain request takes application/json only; a request for a stream takes text/event-stream, and also
 * application/json with the warning `not-streamed`, since servers that do not stream answer so.
 */
export function read(input: ReadInput): ReadResult {
  const refused = statusFailure(input.status);
  if (refused) return refused;
  const type = mediaType(input.headers);
  const streamed = input.stream && type === 'text/event-stream';
  if (!streamed && type !== 'application/json') {
    return fail(
      'CONTENT_TYPE',
      type === null ? 'no single content type' : 'not the type asked for',
    );
  }
  if (input.body.length === 0) return fail('CONTENT_TYPE', 'the body is empty');
  const decoded = decodeUtf8(input.body);
  if (!decoded.ok) return decoded;
  const warnings = new Set<ReadWarning>();
  if (decoded.bom) warnings.add('bom');
  if (streamed) return readStream(decoded.text, warnings);
  if (input.stream) warnings.add('not-streamed');
  return readDocument(decoded.text, warnings);
}

function statusFailure(status: number): ReadFailure | null {
  if (status === 401 || status === 403) return fail('AUTH_FAILED', `status ${status}`);
  if (status === 429) return fail('RATE_LIMITED', 'status 429');
  if (status >= 300 && status < 400) return fail('REDIRECT_REFUSED', `status ${status}`);
  // 206 is a part of something that was not asked for.
  if (status < 200 || status >= 300 || status === 206)
    return fail('HTTP_STATUS', `status ${status}`);
  return null;
}

function readDocument(text: string, warnings: Set<ReadWarning>): ReadResult {
  const parsed = parseGuarded(text);
  if (!parsed.ok) return parsed;
  for (const warning of parsed.warnings) warnings.add(warning);
  const document = parsed.value;
  if (!isObject(document)) return fail('SCHEMA', 'the document is not an object');
  const error = providerError(document);
  if (error) return error;
  const choices = field(document, 'choices');
  if (!Array.isArray(choices) || choices.length === 0) return fail('SCHEMA', 'choices: no list');
  if (choices.length > 1) warnings.add('several-choices');
  const message = readMessage(choices[0], warnings);
  if (!message.ok) return message;
  return {
    ...message,
    model: stringField(document, 'model'),
    fingerprint: stringField(document, 'system_fingerprint'),
    usage: readUsage(field(document, 'usage')),
    logprobs: null,
    route: { upstream: stringField(document, 'provider'), region: null, requestId: null },
    warnings: [...warnings].sort(),
  };
}
