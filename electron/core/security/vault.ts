import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  argon2 as nodeArgon2,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { argon2idAsync } from '@noble/hashes/argon2.js';
import { z } from 'zod';
import { AppError } from '#shared/contract/errors.ts';

/**
 * Envelope encryption (EVIDENCE 4.1). One random 32-byte data key a workspace, wrapped by a key derived from the
 * passphrase; each cell is AES-256-GCM with its table, row and column as associated data, so that no cell can be moved.
 */
const slotSchema = z.strictObject({
  type: z.literal('passphrase'),
  kdf: z.literal('argon2id'),
  m: z.int().min(8_192).max(4_194_304),
  t: z.int().min(1).max(64),
  p: z.int().min(1).max(64),
  /** 16 bytes in base64; argon2 takes no fewer than 8. */
  salt: z.string().regex(/^[A-Za-z0-9+/]{22}==$/),
  check: z.string().regex(/^[0-9a-f]{32}$/),
  /** Nonce, 32 wrapped bytes and tag in base64. */
  wrapped: z.string().regex(/^[A-Za-z0-9+/]{80}$/),
});
type Slot = z.infer<typeof slotSchema>;

export const keyFileSchema = z.strictObject({
  v: z.literal(1),
  keyId: z.int().min(1).max(0xffffffff),
  slots: z.array(slotSchema).min(1).max(8),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

const CELL_VERSION = 1;
const HEADER_BYTES = 5;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const utf8 = new TextEncoder();

/** The key-encryption key of a slot: argon2id over the NFC form of the passphrase. */
async function derive(passphrase: string, slot: Omit<Slot, 'wrapped' | 'check'>): Promise<Buffer> {
  const message = utf8.encode(passphrase.normalize('NFC'));
  const nonce = Buffer.from(slot.salt, 'base64');
  const parameters = { m: slot.m, t: slot.t, p: slot.p };
  try {
    return await nativeArgon2id(message, nonce, parameters);
  } catch {
    return await portableArgon2id(message, nonce, parameters);
  }
}

interface Argon2Parameters {
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

const hkdf = (key: Uint8Array, info: string, length = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', key, new Uint8Array(0), info, length));

function encrypt(key: Uint8Array, plain: Uint8Array, aad: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Buffer {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) throw new Error('short cell');
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
  return Buffer.concat([decipher.update(body), decipher.final()]);
}

const slotAad = (keyId: number, slot: Omit<Slot, 'wrapped' | 'check'>): Uint8Array =>
  utf8.encode(
    `canary-slot/v1 ${JSON.stringify([keyId, slot.type, slot.kdf, slot.m, slot.t, slot.p, slot.salt])}`,
  );

/** An open vault. `close` overwrites the keys; every use afterwards fails. */
export interface Vault {
  /** Encrypts a cell that can be read back only as the same table, row and column. */
  seal(table: string, row: string, column: string, plain: Uint8Array): Buffer;
  /** Throws AppError INTEGRITY for a cell that was changed, moved or written with another key. */
  open(table: string, row: string, column: string, cell: Uint8Array): Buffer;
  /** HMAC-SHA-256 under a key of this workspace: shows "the same secret" without showing it. */
  fingerprint(secret: string): string;
  close(): void;
}

function openVault(dek: Buffer, keyId: number): Vault {
  const cellKey = hkdf(dek, 'trapstreet/cell/v1');
  const macKey = hkdf(dek, 'trapstreet/hmac/v1');
  dek.fill(0);
  let open = true;
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = CELL_VERSION;
  header.writeUInt32BE(keyId, 1);
  const aad = (table: string, row: string, column: string): Buffer => {
    const parts = [table, row, column].map((part) => {
      const bytes = utf8.encode(part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    });
    return Buffer.concat([header, ...parts]);
  };
  const assertOpen = (): void => {
    if (!open) throw new AppError('WORKSPACE_LOCKED', 'The workspace is locked. Unlock it first.');
  };
  return {
    seal: (table, row, column, plain) => {
      assertOpen();
      return Buffer.concat([header, encrypt(cellKey, plain, aad(table, row, column))]);
    },
    open: (table, row, column, cell) => {
      assertOpen();
      try {
        if (!Buffer.from(cell.subarray(0, HEADER_BYTES)).equals(header)) throw new Error('header');
        return decrypt(cellKey, cell.subarray(HEADER_BYTES), aad(table, row, column));
      } catch {
        throw new AppError(
          'INTEGRITY',
          `A stored cell was changed or moved: ${table}.${column}, row ${row}. Restore a backup.`,
        );
      }
    },
    fingerprint: (secret) => {
      assertOpen();
      return createHmac('sha256', macKey).update(secret, 'utf8').digest('hex');
    },
    close: () => {
      open = false;
      cellKey.fill(0);
      macKey.fill(0);
    },
  };
}

/** A new data key with one passphrase slot; RFC 9106's second recommended parameters. */
export async function createVault(
  passphrase: string,
): Promise<{ readonly file: KeyFile; readonly vault: Vault }> {
  const dek = randomBytes(32);
  const keyId = 1;
  const base = {
    type: 'passphrase',
    kdf: 'argon2id',
    m: 65_536,
    t: 3,
    p: 4,
    salt: randomBytes(16).toString('base64'),
  } as const;
  const kek = await derive(passphrase, base);
  const wrapped = encrypt(kek, dek, slotAad(keyId, base)).toString('base64');
  const check = hkdf(kek, 'canary-slot-check/v1', 16).toString('hex');
  kek.fill(0);
  return {
    file: { v: 1, keyId, slots: [{ ...base, check, wrapped }] },
    vault: openVault(dek, keyId),
  };
}

/** Opens with a passphrase; AppError WRONG_PASSPHRASE when no slot fits. */
export async function unlockVault(file: KeyFile, passphrase: string): Promise<Vault> {
  for (const { wrapped, check, ...base } of file.slots) {
    const kek = await derive(passphrase, base);
    try {
      const expected = hkdf(kek, 'canary-slot-check/v1', 16);
      const given = Buffer.from(check, 'hex');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) continue;
      const dek = decrypt(kek, Buffer.from(wrapped, 'base64'), slotAad(file.keyId, base));
      return openVault(dek, file.keyId);
    } catch {
    } finally {
      kek.fill(0);
    }
  }
  throw new AppError('WRONG_PASSPHRASE', 'The passphrase does not open this workspace. Try again.');
}
