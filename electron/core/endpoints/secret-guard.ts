import { createHash } from 'node:crypto';
import { decodeBody } from '#shared/wire/decode-body.ts';
import type { HeaderPair } from '#shared/wire/types.ts';
import { REDACTED } from './outgoing.ts';
import type { ExchangeResult } from './types.ts';

/**
 * An answer that holds a secret never leaves the door: its body is dropped, the headers that name the secret are masked,
 * and the exchange is SECRET_ECHOED, which is "not administered". So a target that sends the key back takes away its own
 * evidence and nobody else's, and no export can disclose the key. A secret inside a gzip body is found too.
 */
export function withoutSecrets(
  exchange: ExchangeResult,
  secrets: readonly string[],
): ExchangeResult {
  const { response } = exchange;
  if (response === null || !holdsAny(response, secrets)) return exchange;
  const mask = (pairs: readonly HeaderPair[]): HeaderPair[] =>
    pairs.map(([name, value]) => [
      name,
      secrets.some((secret) => value.includes(secret)) ? REDACTED : value,
    ]);
  const body = new Uint8Array();
  return {
    ...exchange,
    secretEchoed: true,
    response: {
      ...response,
      statusText: secrets.some((secret) => response.statusText.includes(secret))
        ? REDACTED
        : response.statusText,
      rawHeaders: mask(response.rawHeaders),
      trailers: mask(response.trailers),
      body,
      encodedSha256: createHash('sha256').update(body).digest('hex'),
      complete: false,
    },
    error: {
      code: 'SECRET_ECHOED',
      detail: 'the answer held a secret; its body was not stored',
    },
  };
}

function holdsAny(
  response: NonNullable<ExchangeResult['response']>,
  secrets: readonly string[],
): boolean {
  if (secrets.length === 0) return false;
  const { rawHeaders, trailers, body, statusText } = response;
  const texts = [statusText, ...[...rawHeaders, ...trailers].map(([, value]) => value)];
  const bodies = [Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
  const decoded = decodeBody(rawHeaders, body);
  if (decoded.ok && decoded.encoding === 'gzip') bodies.push(Buffer.from(decoded.body));
  return secrets.some(
    (secret) =>
      texts.some((text) => text.includes(secret)) || bodies.some((bytes) => bytes.includes(secret)),
  );
}
