import { field, isObject, parseGuarded, stringField } from './json-guard.ts';
import { decodeUtf8 } from './text.ts';
import type { ReadFailure } from './types.ts';

/** Error words that providers publish. Any other text of an error could be anything, an answer included, and stays out. */
const KNOWN_WORDS: ReadonlySet<string> = new Set([
  // OpenAI and those who follow it.
  'billing_not_active',
  'content_filter',
  'content_policy_violation',
  'context_length_exceeded',
  'insufficient_quota',
  'internal_server_error',
  'invalid_api_key',
  'invalid_prompt',
  'invalid_request_error',
  'model_not_found',
  'rate_limit_exceeded',
  'server_error',
  'unsupported_parameter',
  'unsupported_value',
  // Anthropic.
  'api_error',
  'authentication_error',
  'billing_error',
  'not_found_error',
  'overloaded_error',
  'permission_error',
  'rate_limit_error',
  'request_too_large',
  'timeout',
  'timeout_error',
  // Google.
  'ABORTED',
  'CANCELLED',
  'DEADLINE_EXCEEDED',
  'FAILED_PRECONDITION',
  'INTERNAL',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'OUT_OF_RANGE',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
  'UNIMPLEMENTED',
  // Amazon Bedrock.
  'AccessDeniedException',
  'InternalServerException',
  'ModelErrorException',
  'ModelNotReadyException',
  'ModelStreamErrorException',
  'ModelTimeoutException',
  'ResourceNotFoundException',
  'ServiceQuotaExceededException',
  'ServiceUnavailableException',
  'ThrottlingException',
  'ValidationException',
]);

/** Those that ask to come back later: the same as status 429. */
const LATER_WORDS: ReadonlySet<string> = new Set([
  'rate_limit_error',
  'rate_limit_exceeded',
  'overloaded_error',
  'RESOURCE_EXHAUSTED',
  'ThrottlingException',
]);

/** The known word among what an error says of itself, or null. */
function knownWord(error: unknown): string | null {
  const words = ['code', 'type', 'status', '__type'].map((name) => stringField(error, name));
  return words.find((word) => word !== null && KNOWN_WORDS.has(word)) ?? null;
}

/** A failure by its word; the detail is a known word or nothing of the response. */
export function failureByWord(word: string | null, status: unknown = null): ReadFailure {
  const known = word !== null && KNOWN_WORDS.has(word) ? word : null;
  const isLater = status === 429 || status === 529 || (known !== null && LATER_WORDS.has(known));
  return {
    ok: false,
    code: isLater ? 'RATE_LIMITED' : 'PROVIDER_ERROR',
    detail: known ?? 'error object',
  };
}

/** The failure of an error object. A server may answer 200 and still mean 429. */
export const failureOfError = (error: unknown): ReadFailure =>
  failureByWord(knownWord(error), field(error, 'code'));

/** The failure an `error` field stands for. */
export function providerError(document: unknown): ReadFailure | null {
  const error = field(document, 'error');
  return error === undefined || error === null || error === false ? null : failureOfError(error);
}

const ERROR_BODY_BYTES = 64 * 1024;

/** The known error word of a body that came with an error status; null when there is none in clear. */
export function errorWord(body: Uint8Array): string | null {
  if (body.length === 0 || body.length > ERROR_BODY_BYTES) return null;
  const decoded = decodeUtf8(body);
  const parsed = decoded.ok ? parseGuarded(decoded.text) : decoded;
  if (!parsed.ok || !isObject(parsed.value)) return null;
  return knownWord(field(parsed.value, 'error')) ?? knownWord(parsed.value);
}
