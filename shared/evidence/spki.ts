import { p256 } from '@noble/curves/nist.js';
import { equalBytes, fromBase64, fromHex, lp, sha256, toBase64 } from './bytes.ts';
import { assertEvidence, EvidenceError } from './errors.ts';

/** SubjectPublicKeyInfo of an uncompressed P-256 point is this prefix and 65 bytes; no other form is accepted. */
const SPKI_PREFIX = fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200');
const BEGIN = '-----BEGIN PUBLIC KEY-----\n';
const END = '-----END PUBLIC KEY-----\n';

/** The uncompressed P-256 point (65 bytes) of an SPKI DER key; refuses other curves, other forms and points off the curve. */
export function pointOfSpki(spki: Uint8Array): Uint8Array {
  assertEvidence(
    spki.length === SPKI_PREFIX.length + 65 &&
      equalBytes(spki.subarray(0, SPKI_PREFIX.length), SPKI_PREFIX) &&
      spki[SPKI_PREFIX.length] === 4,
    'the public key is not an uncompressed P-256 key',
  );
  const point = spki.slice(SPKI_PREFIX.length);
  try {
    p256.Point.fromBytes(point).assertValidity();
  } catch {
    throw new EvidenceError('the public key is not a point of P-256');
  }
  return point;
}

/** SPKI PEM with lines of 64 characters and LF, as openssl writes it. */
export function spkiToPem(spki: Uint8Array): string {
  const lines = toBase64(spki).match(/.{1,64}/g) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}`;
}

/** Reads the PEM that `spkiToPem` writes, and CR LF or a missing last line end around it. */
export function spkiFromPem(pem: string): Uint8Array {
  const text = `${pem.replaceAll('\r\n', '\n').trim()}\n`;
  assertEvidence(text.startsWith(BEGIN) && text.endsWith(END), 'not a PEM public key');
  const spki = fromBase64(text.slice(BEGIN.length, -END.length).replaceAll('\n', ''));
  pointOfSpki(spki);
  return spki;
}

/** OpenSSH fingerprint of a P-256 key: "SHA256:" and unpadded base64, the same that `ssh-keygen -lf` prints. */
export function opensshFingerprint(spki: Uint8Array): string {
  const blob = lp('ecdsa-sha2-nistp256', 'nistp256', pointOfSpki(spki));
  return `SHA256:${toBase64(sha256(blob)).replace(/=+$/, '')}`;
}
