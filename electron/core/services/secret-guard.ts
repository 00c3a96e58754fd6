import { decodeBody } from '#shared/wire/decode-body.ts';
import type { HeaderPair } from '#shared/wire/types.ts';
import type { ExchangeResult } from '../endpoints/types.ts';
import { hashOf } from './cells.ts';

const REDACTED = '[REDACTED]';

/**
 * An answer that holds the API key is never stored: its body is dropped, the headers that name the key are masked, and the
 * exchange is SECRET_ECHOED, which is "not administered". So a target that sends the key back takes away its own evidence
 * and nobody else's, and no export can disclose the key. The key inside a gzip body is found too.
 */
export function withoutSecret(
  exchange: ExchangeResult,
  secret: string | undefined,
): ExchangeResult {
  const { response } = exchange;
  if (secret === undefined || response === null) return exchange;
  if (!exchange.secretEchoed && !holdsInside(response, secret)) return exchange;
  const mask = (pairs: readonly HeaderPair[]): HeaderPair[] =>
    pairs.map(([name, value]) => [name, value.includes(secret) ? REDACTED : value]);
  const body = new Uint8Array();
  return {
    ...exchange,
    secretEchoed: true,
    response: {
      ...response,
      rawHeaders: mask(response.rawHeaders),
      trailers: mask(response.trailers),
      body,
      encodedSha256: hashOf(body).toString('hex'),
      complete: false,
    },
    error: {
      code: 'SECRET_ECHOED',
      detail: 'the answer held the API key; its body was not stored',
    },
  };
}

function holdsInside(response: NonNullable<ExchangeResult['response']>, secret: string): boolean {
  if (response.trailers.some(([, value]) => value.includes(secret))) return true;
  const decoded = decodeBody(response.rawHeaders, response.body);
  return decoded.ok && decoded.encoding === 'gzip' && Buffer.from(decoded.body).includes(secret);
}
