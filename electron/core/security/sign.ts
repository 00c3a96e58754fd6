import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/** ECDSA P-256: works with openssl, cosign, browsers and hardware tokens alike (EVIDENCE section 0). */
export function makeSigningKey(): { readonly spki: Buffer; readonly pkcs8: Buffer } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    spki: publicKey.export({ type: 'spki', format: 'der' }),
    pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
  };
}

/** DER-encoded ECDSA signature over SHA-256 of the bytes. */
export function signBytes(pkcs8: Uint8Array, bytes: Uint8Array): Buffer {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), type: 'pkcs8', format: 'der' });
  return sign('sha256', bytes, key);
}
