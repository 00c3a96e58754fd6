import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  type KeyObject,
  randomFillSync,
} from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** HKDF-SHA-256 with an empty salt unless one is given. */
export const hkdf = (
  key: Uint8Array,
  info: string,
  length = 32,
  salt: Uint8Array = new Uint8Array(0),
): Buffer => Buffer.from(hkdfSync('sha256', key, salt, info, length));

/** Random nonces, drawn many at a time: a nonce is no secret, and each is handed out once. */
const nonces = Buffer.alloc(NONCE_BYTES * 512);
let nextNonce = nonces.length;

function freshNonce(): Buffer {
  if (nextNonce === nonces.length) {
    randomFillSync(nonces);
    nextNonce = 0;
  }
  nextNonce += NONCE_BYTES;
  return Buffer.from(nonces.subarray(nextNonce - NONCE_BYTES, nextNonce));
}

const NOTHING = new Uint8Array();

/** AES-256-GCM: nonce, ciphertext, tag; `before` stands in front of them in clear. */
export function encrypt(
  key: Uint8Array | KeyObject,
  plain: Uint8Array,
  aad: Uint8Array,
  before: Uint8Array = NOTHING,
): Buffer {
  const nonce = freshNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  const body = cipher.update(plain);
  // GCM keeps nothing back for the end.
  cipher.final();
  return Buffer.concat([before, nonce, body, cipher.getAuthTag()]);
}

/** Throws when anything was changed. */
export function decrypt(key: Uint8Array | KeyObject, sealed: Uint8Array, aad: Uint8Array): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('short cell');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}
