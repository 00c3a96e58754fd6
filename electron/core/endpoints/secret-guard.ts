import { createHash } from 'node:crypto';
import { decodeBody } from '#shared/wire/decode-body.ts';
import type { HeaderPair } from '#shared/wire/types.ts';
import { REDACTED } from './outgoing.ts';
import type { ExchangeResult, ReceivedResponse, SendOptions } from './types.ts';
import { unpacked } from './unpacked.ts';

/**
 * An answer that holds a secret never leaves the door: its body is dropped, the headers that name the secret are masked,
 * and the exchange is SECRET_ECHOED, which is "not administered". So a target that sends the key back takes away its own
 * evidence and nobody else's, and no export can disclose the key. A secret in a compressed body is found too, whole or cut, one that is
 * written with the escapes of JSON or of a URL, and, by `textsOf`, one that comes in the pieces of a stream; its base64 and
 * hex are among the secrets already (secrets.ts).
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
  const masked = (text: string) => (holds(text, secrets) ? REDACTED : text);
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
  // In one piece, since each is short and every answer has many; no secret has a line end in it.
  const head = [statusText, ...[...rawHeaders, ...trailers].flat()].join('\n');
  if (holds(head, secrets)) return true;
  const bodies = [Buffer.from(body.buffer, body.byteOffset, body.byteLength)];
  const decoded = decodeBody(rawHeaders, body);
  if (decoded.ok && decoded.encoding === 'gzip') bodies.push(Buffer.from(decoded.body));
  else bodies.push(...unpacked(rawHeaders, body));
  const read = textsOf?.({ status: statusCode, headers: rawHeaders, body }) ?? [];
  const sources = [...bodies, ...read.map((text) => Buffer.from(text, 'utf8'))];
  return sources.some((bytes) =>
    ways(bytes).some((way) => secrets.some((secret) => way.includes(secret))),
  );
}

/** In a header's name the case is no matter, and a secret that could stand in one may have been lowered. */
function holds(text: string, secrets: readonly string[]): boolean {
  const read = ways(Buffer.from(text, 'utf8')).map((way) => way.toString('utf8'));
  const forms = [...read, ...read.map((way) => way.toLowerCase())];
  return secrets.some((secret) => {
    const lower = secret.toLowerCase();
    return forms.some((form) => form.includes(secret) || form.includes(lower));
  });
}

/** The bytes as they are, with the escapes of JSON undone, and with those of a URL undone as well. */
function ways(bytes: Buffer): Buffer[] {
  const plain = bytes.includes('\\') ? undone(bytes, ESCAPES_OF_JSON) : bytes;
  const decoded = plain.includes('%') ? undone(plain, ESCAPES_OF_URLS) : plain;
  return [...new Set([bytes, plain, decoded])];
}

/** A kind of escape: the sign it begins with, its length, and the byte it stands for (-1: it is none). */
interface Escape {
  readonly sign: number;
  readonly length: number;
  readonly byteAt: (bytes: Buffer, at: number) => number;
}

const BACKSLASH = 0x5c;

const ESCAPES_OF_JSON: readonly Escape[] = [
  {
    sign: BACKSLASH,
    length: 2,
    byteAt: (bytes, at) => {
      const next = bytes[at + 1] ?? -1;
      return next === BACKSLASH || next === 0x2f || next === 0x22 ? next : -1;
    },
  },
  {
    sign: BACKSLASH,
    length: 6,
    byteAt: (bytes, at) => {
      const isAscii =
        bytes[at + 1] === 0x75 && hexAt(bytes, at + 2) === 0 && (bytes[at + 4] ?? 0) < 0x38;
      return isAscii ? hexAt(bytes, at + 4) : -1;
    },
  },
];
const ESCAPES_OF_URLS: readonly Escape[] = [
  { sign: 0x25, length: 3, byteAt: (bytes, at) => hexAt(bytes, at + 1) },
];

/** The bytes with escapes undone, as a reader would undo them. One pass; the result is no longer. */
function undone(bytes: Buffer, escapes: readonly Escape[]): Buffer {
  const plain = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; length++) {
    plain[length] = bytes[at] ?? 0;
    let width = 1;
    for (const kind of escapes) {
      const byte = bytes[at] === kind.sign ? kind.byteAt(bytes, at) : -1;
      if (byte === -1) continue;
      plain[length] = byte;
      width = kind.length;
    }
    at += width;
  }
  return plain.subarray(0, length);
}

/** The byte that two hexadecimal digits write; -1: there are none. */
const hexAt = (bytes: Buffer, at: number): number => {
  const high = digitOf(bytes[at]);
  const low = digitOf(bytes[at + 1]);
  return high === -1 || low === -1 ? -1 : high * 16 + low;
};

function digitOf(code = 0): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
