import { p256 } from '@noble/curves/nist.js';
import { concat } from './bytes.ts';
import { assertEvidence } from './errors.ts';
import { pointOfSpki } from './spki.ts';

const ORDER = p256.Point.CURVE().n;

interface Scalars {
  readonly r: bigint;
  readonly s: bigint;
}

function readInteger(der: Uint8Array, at: number): { value: bigint; next: number } {
  const length = der[at + 1] ?? 0;
  const bytes = der.subarray(at + 2, at + 2 + length);
  const shortest =
    bytes.length === length &&
    length >= 1 &&
    length <= 33 &&
    (bytes[0] ?? 0) < 128 &&
    (length === 1 || bytes[0] !== 0 || (bytes[1] ?? 0) >= 128);
  assertEvidence(der[at] === 2 && shortest, 'the signature is not strict DER');
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return { value, next: at + 2 + length };
}

function readScalars(der: Uint8Array): Scalars {
  assertEvidence(der[0] === 0x30 && der[1] === der.length - 2, 'the signature is not strict DER');
  const r = readInteger(der, 2);
  const s = readInteger(der, r.next);
  assertEvidence(s.next === der.length, 'the signature is not strict DER');
  assertEvidence(
    r.value > 0n && r.value < ORDER && s.value > 0n && s.value < ORDER,
    'the signature is out of range',
  );
  return { r: r.value, s: s.value };
}

function fixed32(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  let rest = value;
  for (let i = 31; i >= 0; i--) {
    bytes[i] = Number(rest & 255n);
    rest >>= 8n;
  }
  return bytes;
}

function derInteger(value: bigint): Uint8Array {
  const bytes = fixed32(value);
  let start = 0;
  while (start < 31 && bytes[start] === 0) start++;
  const body = bytes.subarray(start);
  const sign = (body[0] ?? 0) >= 128 ? Uint8Array.of(0) : new Uint8Array(0);
  return concat(Uint8Array.of(2, sign.length + body.length), sign, body);
}

function writeDer({ r, s }: Scalars): Uint8Array {
  const body = concat(derInteger(r), derInteger(s));
  return concat(Uint8Array.of(0x30, body.length), body);
}

/** The one accepted spelling of a signature: strict DER with the smaller s. */
export function normalizeSignature(der: Uint8Array): Uint8Array {
  const { r, s } = readScalars(der);
  return writeDer({ r, s: s > ORDER / 2n ? ORDER - s : s });
}

/** The other, malleated spelling of a signature; verifiers of ours refuse it. */
export function flipSignature(der: Uint8Array): Uint8Array {
  const { r, s } = readScalars(der);
  return writeDer({ r, s: ORDER - s });
}

/** Throws unless the signature is strict DER with low s. */
export function assertCanonicalSignature(der: Uint8Array): void {
  const { s } = readScalars(der);
  assertEvidence(s <= ORDER / 2n, 'the signature has a high s');
}

/** ECDSA P-256 with SHA-256 over `message`; only for canonical signatures. */
export function verifySignature(
  spki: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { r, s } = readScalars(signature);
  return p256.verify(concat(fixed32(r), fixed32(s)), message, pointOfSpki(spki), {
    prehash: true,
    lowS: true,
  });
}
