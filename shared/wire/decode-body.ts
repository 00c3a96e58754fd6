import type { EndpointErrorCode } from '../domain/outcome.ts';
import { headerValues } from './headers.ts';
import { inflate } from './inflate.ts';
import type { DecodeLimits, DecodeResult, HeaderPair, ReadFailure } from './types.ts';

/** Most bytes that a body may unpack to, and most times its packed size (HOSTILE section 2). */
export const DECODE_LIMITS: DecodeLimits = { decodedBytes: 32 * 1024 * 1024, ratio: 200 };

/** Small bodies compress beyond any ratio without harm: the ratio counts from here. */
const RATIO_FREE_BYTES = 64 * 1024;

const fail = (code: EndpointErrorCode, detail: string): ReadFailure => ({
  ok: false,
  code,
  detail,
});

/**
 * Takes the content encoding off a body as received: none, `identity`, or one gzip member whose checksum and length
 * agree and after which nothing follows. Makes at most `decodedBytes` and at most `ratio` times the encoded size.
 */
export function decodeBody(
  headers: readonly HeaderPair[],
  encoded: Uint8Array,
  limits: DecodeLimits = DECODE_LIMITS,
): DecodeResult {
  const layers = headerValues(headers, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((layer) => layer.trim().toLowerCase())
    .filter((layer) => layer !== '' && layer !== 'identity');
  if (layers.length > 1) return fail('ENCODING_UNSUPPORTED', 'more than one encoding');
  if (layers.length === 0) {
    if (encoded.length > limits.decodedBytes) return tooLarge();
    return { ok: true, body: encoded, encoding: 'identity' };
  }
  if (layers[0] !== 'gzip' && layers[0] !== 'x-gzip') {
    return fail('ENCODING_UNSUPPORTED', 'an encoding that was not asked for');
  }
  return gunzip(encoded, limits);
}

const tooLarge = () => fail('DECODED_TOO_LARGE', 'the decoded body is above the limit');
const corrupt = (detail: string) => fail('ENCODING_CORRUPT', detail);

function gunzip(encoded: Uint8Array, limits: DecodeLimits): DecodeResult {
  const start = gzipHeaderEnd(encoded);
  if (start === null) return corrupt('no gzip header');
  const ratioLimit = Math.max(RATIO_FREE_BYTES, encoded.length * limits.ratio);
  const result = inflate(encoded, start, Math.min(limits.decodedBytes, ratioLimit));
  if (!result.ok) {
    if (result.reason === 'corrupt') return corrupt('the compressed data is damaged or cut');
    return ratioLimit < limits.decodedBytes
      ? fail('DECOMPRESSION_BOMB', `more than ${limits.ratio} times the encoded size`)
      : tooLarge();
  }
  if (encoded.length < result.end + 8) return corrupt('the gzip trailer is cut');
  if (encoded.length > result.end + 8) return corrupt('bytes after the gzip trailer');
  if (uint32(encoded, result.end) !== crc32(result.bytes)) return corrupt('checksum differs');
  if (uint32(encoded, result.end + 4) !== result.bytes.length) return corrupt('length differs');
  return { ok: true, body: result.bytes, encoding: 'gzip' };
}

const uint32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)) >>>
  0;

/** Index after a gzip header (RFC 1952); null when it is none or is cut. */
export function gzipHeaderEnd(bytes: Uint8Array): number | null {
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return null;
  const flags = bytes[3] ?? 0;
  if ((flags & 0xe0) !== 0) return null;
  let at = 10;
  if (flags & 4) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    while (at < bytes.length && bytes[at] !== 0) at++;
    at++;
  }
  if (flags & 2) at += 2;
  return at < bytes.length ? at : null;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as in RFC 1952. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) {
    value = (CRC_TABLE[(value ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (value ^ 0xffffffff) >>> 0;
}
