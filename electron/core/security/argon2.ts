import { argon2 as nodeArgon2 } from 'node:crypto';
import { argon2idAsync } from '@noble/hashes/argon2.js';

export interface Argon2Parameters {
  /** KiB. */
  readonly m: number;
  readonly t: number;
  readonly p: number;
}

/** argon2id as OpenSSL computes it, 32 bytes; rejects where the build has none (BoringSSL, in Electron). */
export function nativeArgon2id(
  message: Uint8Array,
  nonce: Uint8Array,
  { m, t, p }: Argon2Parameters,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { message, nonce, parallelism: p, tagLength: 32, memory: m, passes: t };
    nodeArgon2('argon2id', options, (error, key) =>
      error === null ? resolve(Buffer.from(key)) : reject(error),
    );
  });
}

/** The same bytes in pure JavaScript, more slowly. */
export async function portableArgon2id(
  message: Uint8Array,
  nonce: Uint8Array,
  parameters: Argon2Parameters,
): Promise<Buffer> {
  return Buffer.from(await argon2idAsync(message, nonce, { ...parameters, dkLen: 32 }));
}

/** argon2id over the NFC form of a passphrase. */
export async function stretch(
  passphrase: string,
  salt: Uint8Array,
  parameters: Argon2Parameters,
): Promise<Buffer> {
  const message = new TextEncoder().encode(passphrase.normalize('NFC'));
  try {
    // Probed by calling: where the library lacks it, the function is there and throws (EVIDENCE 4.2).
    return await nativeArgon2id(message, salt, parameters);
  } catch {
    return await portableArgon2id(message, salt, parameters);
  } finally {
    message.fill(0);
  }
}
