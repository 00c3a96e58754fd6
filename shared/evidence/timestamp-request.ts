import { concat, fromHex, sha256 } from './bytes.ts';
import { assertEvidence } from './errors.ts';

const SHA256_WITH_NULL = fromHex('300d06096086480165030402010500');
const VERSION_1 = Uint8Array.of(2, 1, 1);
const CERT_REQ = Uint8Array.of(1, 1, 0xff);

/** Length of a nonce in bytes: 128 random bits (EVIDENCE 1.2). */
export const NONCE_BYTES = 16;

/** One DER value; short lengths only, which is all that a request needs. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(...parts);
  assertEvidence(body.length < 128, 'a request value is too long');
  return concat(Uint8Array.of(tag, body.length), body);
}

/** Magnitude bytes of an unsigned integer as DER INTEGER: no needless zero, and one where the top bit is set. */
function unsigned(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const body = bytes.subarray(start);
  return (body[0] ?? 0) > 127 ? der(2, Uint8Array.of(0), body) : der(2, body);
}

/**
 * RFC 3161 TimeStampReq in DER over `data`: version 1, SHA-256 imprint, the nonce, certReq. The bytes of `data` never leave
 * this machine, only their hash.
 */
export function timestampRequest(data: Uint8Array, nonce: Uint8Array): Uint8Array {
  assertEvidence(nonce.length === NONCE_BYTES, `a nonce has ${NONCE_BYTES} bytes`);
  return der(
    0x30,
    VERSION_1,
    der(0x30, SHA256_WITH_NULL, der(4, sha256(data))),
    unsigned(nonce),
    CERT_REQ,
  );
}
