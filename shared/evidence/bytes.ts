import { sha256 as sha256Bytes } from '@noble/hashes/sha2.js';
import canonicalize from 'canonicalize';
import { assertEvidence, EvidenceError } from './errors.ts';

const encoder = new TextEncoder();
const HEX = /^(?:[0-9a-f]{2})*$/;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_VALUES = new Int16Array(128).fill(-1);
for (let i = 0; i < 64; i++) BASE64_VALUES[BASE64.charCodeAt(i)] = i;

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Strict UTF-8: a wrong byte is an error, and a byte-order mark stays in the text. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new EvidenceError('not valid UTF-8');
  }
}

const HEX_PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_PAIRS[byte];
  return text;
}

/** Lower-case hex only, an even number of digits. */
export function fromHex(text: string): Uint8Array {
  assertEvidence(HEX.test(text), 'not lower-case hex');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += BASE64.charAt(group >> 18) + BASE64.charAt((group >> 12) & 63);
    text += b === undefined ? '=' : BASE64.charAt((group >> 6) & 63);
    text += c === undefined ? '=' : BASE64.charAt(group & 63);
    if (text.length > 8192) {
      parts.push(text);
      text = '';
    }
  }
  parts.push(text);
  return parts.join('');
}

/** Standard alphabet with padding; the one canonical spelling only (no space, no stray bits after the last byte). */
export function fromBase64(text: string): Uint8Array {
  assertEvidence(text.length % 4 === 0, 'not canonical base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? (BASE64_VALUES[code] ?? -1) : -1;
    assertEvidence(value >= 0, 'not canonical base64');
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at++] = (bits >> held) & 0xff;
    }
  }
  assertEvidence((bits & ((1 << held) - 1)) === 0, 'not canonical base64');
  return bytes;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function uint32be(value: number): Uint8Array {
  assertEvidence(
    Number.isInteger(value) && value >= 0 && value < 2 ** 32,
    'not a 32-bit unsigned integer',
  );
  return Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** lp(x1, ...): every part with its 4-byte big-endian length before it (METHOD 4.5); text as UTF-8. */
export function lp(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  return concat(
    ...parts.flatMap((part) => {
      const bytes = typeof part === 'string' ? utf8(part) : part;
      return [uint32be(bytes.length), bytes];
    }),
  );
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export function sha256(bytes: Uint8Array): Uint8Array {
  return sha256Bytes(bytes);
}

export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}

/** RFC 8785 canonical JSON as UTF-8, without a line end. */
export function canonicalJson(value: unknown): Uint8Array {
  const text = canonicalize(value);
  assertEvidence(text !== undefined, 'not a JSON value');
  return utf8(text);
}

/** A whole JSON file of ours: canonical JSON and one LF. */
export function canonicalJsonFile(value: unknown): Uint8Array {
  return concat(canonicalJson(value), Uint8Array.of(10));
}
