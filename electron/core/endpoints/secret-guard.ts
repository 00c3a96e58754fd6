import { createHash } from 'node:crypto';
import { decodeBody } from '#shared/wire/decode-body.ts';
import type { HeaderPair } from '#shared/wire/types.ts';
import { REDACTED } from './outgoing.ts';
import type { ExchangeResult, ReceivedResponse, SendOptions } from './types.ts';

/**
 * An answer that holds a secret never leaves the door: its body is dropped, the headers that name the secret are masked,
 * and the exchange is SECRET_ECHOED, which is "not administered". So a target that sends the key back takes away its own
 * evidence and nobody else's, and no export can disclose the key. A secret inside a gzip body is found too, one that is
 * written with the escapes of JSON, and, by `textsOf`, one that comes in the pieces of a stream.
 */
export function withoutSecrets(
  exchange: ExchangeResult,
  secrets: readonly string[],
  textsOf?: SendOptions['textsOf'],
): ExchangeResult {
  const { response } = exchange;
  if (response === null || secrets.length === 0) return exchange;
  const readable = exchange.error === null ? textsOf : undefined;
  if (!holdsAny(response, secrets, readable)) return exchange;
  const masked = (text: string) =>
    secrets.some((secret) => holds(text, secret)) ? REDACTED : text;
  const mask = (pairs: readonly HeaderPair[]): HeaderPair[] =>
    pairs.map(([name, value]) => [masked(name), masked(value)]);
  const body = new Uint8Array();
  return {
    ...exchange,
    secretEchoed: true,
    response: {
      ...response,
      statusText: masked(response.statusText),
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
  response: ReceivedResponse,
  secrets: readonly string[],
  textsOf: SendOptions['textsOf'],
): boolean {
  const { rawHeaders, trailers, body, statusText, statusCode } = response;
  const texts = [statusText, ...[...rawHeaders, ...trailers].flat()];
  if (secrets.some((secret) => texts.some((text) => holds(text, secret)))) return true;
  const bodies = [Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
  const decoded = decodeBody(rawHeaders, body);
  if (decoded.ok && decoded.encoding === 'gzip') bodies.push(Buffer.from(decoded.body));
  const held = (bytes: Buffer) => secrets.some((secret) => bytes.includes(secret));
  if (bodies.some((bytes) => held(bytes) || (bytes.includes('\\') && held(unescaped(bytes)))))
    return true;
  const read = textsOf?.({ status: statusCode, headers: rawHeaders, body }) ?? [];
  return secrets.some((secret) => read.some((text) => text.includes(secret)));
}

/** In a header's name the case is no matter, and a secret that could stand in one may have been lowered. */
const holds = (text: string, secret: string): boolean =>
  text.includes(secret) || text.toLowerCase().includes(secret.toLowerCase());

/** A text with the escapes that JSON allows for printable ASCII undone: a reader would undo them. */
function unescaped(bytes: Buffer): Buffer {
  const plain = bytes
    .toString('latin1')
    .replace(
      /\\(?:u00([2-7][0-9a-f])|(["\\/]))/gi,
      (_all, hex: string | undefined, sign: string) =>
        hex === undefined ? sign : String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(plain, 'latin1');
}
