import { field, stringField } from './json-guard.ts';
import type { ReadFailure } from './types.ts';

/** Error words that providers publish. Any other text of an error could be anything, an answer included, and stays out. */
const KNOWN_WORDS: ReadonlySet<string> = new Set([
  'api_error',
  'authentication_error',
  'content_filter',
  'context_length_exceeded',
  'insufficient_quota',
  'internal_server_error',
  'invalid_api_key',
  'invalid_request_error',
  'model_not_found',
  'not_found_error',
  'overloaded_error',
  'permission_error',
  'rate_limit_error',
  'rate_limit_exceeded',
  'server_error',
  'timeout',
  'unsupported_parameter',
  'unsupported_value',
]);

/** The failure an `error` field stands for; the detail is a known error word or nothing of the response. */
export function providerError(document: unknown): ReadFailure | null {
  const error = field(document, 'error');
  if (error === undefined || error === null || error === false) return null;
  const words = [stringField(error, 'code'), stringField(error, 'type')];
  const detail = words.find((word) => word !== null && KNOWN_WORDS.has(word)) ?? 'error object';
  return { ok: false, code: 'PROVIDER_ERROR', detail };
}
