import { randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '#shared/contract/errors.ts';
import { decrypt, encrypt, hkdf } from './aead.ts';
import { stretch } from './argon2.ts';

/**
 * workspace.keys.json: the data key of the workspace, wrapped once for each way in (EVIDENCE 4.1). Every parameter of a
 * slot is associated data of its wrapping, so that none can be weakened.
 */
const sealed = {
  /** 16 bytes in base64. */
  salt: z.string().regex(/^[A-Za-z0-9+/]{22}==$/),
  /** AES-GCM does not commit to its key; this does. */
  check: z.string().regex(/^[0-9a-f]{32}$/),
  /** Nonce, 32 wrapped bytes and tag in base64. */
  wrapped: z.string().regex(/^[A-Za-z0-9+/]{80}$/),
};
const passphraseSlot = z.strictObject({
  type: z.literal('passphrase'),
  kdf: z.literal('argon2id'),
  // A changed file is found out only after the work it asks for: at most 1 GiB, for a few seconds.
  m: z.int().min(8_192).max(1_048_576),
  t: z.int().min(1).max(16),
  p: z.int().min(1).max(16),
  ...sealed,
});
const recoverySlot = z.strictObject({
  type: z.literal('recovery'),
  kdf: z.literal('hkdf-sha256'),
  createdUtc: z.iso.datetime(),
  ...sealed,
});
const keychainSlot = z.strictObject({
  type: z.literal('keychain'),
  kdf: z.literal('hkdf-sha256'),
  createdUtc: z.iso.datetime(),
  /** The store that holds the slot key, such as `secret-service` or `safeStorage:gnome_libsecret`. */
  backend: z.string().regex(/^[A-Za-z0-9:_-]{1,64}$/),
  /** Name of the entry there. */
  account: z.uuid(),
  ...sealed,
});
const slotSchema = z.discriminatedUnion('type', [passphraseSlot, recoverySlot, keychainSlot]);
export type Slot = z.infer<typeof slotSchema>;
export type PassphraseSlot = z.infer<typeof passphraseSlot>;
export type RecoverySlot = z.infer<typeof recoverySlot>;
export type KeychainSlot = z.infer<typeof keychainSlot>;

const keySet = {
  keyId: z.int().min(1).max(0xffffffff),
  slots: z
    .array(slotSchema)
    .min(1)
    .max(8)
    .refine((slots) => slots.some(({ type }) => type === 'passphrase')),
};
export const keyFileSchema = z.strictObject({
  v: z.literal(1),
  ...keySet,
  /** The key that a rotation is changing to; the database says which of the two is in force. */
  next: z.strictObject(keySet).optional(),
});
export type KeyFile = z.infer<typeof keyFileSchema>;
export type KeySet = Pick<KeyFile, 'keyId' | 'slots'>;

const KEY_BYTES = 32;
/** RFC 9106, second recommended parameters. */
const ARGON2 = { m: 65_536, t: 3, p: 4 } as const;

const utf8 = new TextEncoder();

/** The order of the fields is part of the format. */
function associatedData(keyId: number, slot: Omit<Slot, 'wrapped' | 'check'>): Uint8Array {
  const one = slot as Slot;
  const fields =
    one.type === 'passphrase'
      ? [one.m, one.t, one.p]
      : one.type === 'recovery'
        ? [one.createdUtc]
        : [one.createdUtc, one.backend, one.account];
  return utf8.encode(
    `canary-slot/v1 ${JSON.stringify([keyId, one.type, one.kdf, ...fields, one.salt])}`,
  );
}

const checkOf = (kek: Uint8Array): Buffer => hkdf(kek, 'canary-slot-check/v1', 16);
const newSalt = (): string => randomBytes(16).toString('base64');
const fastKek = (type: string, secret: Uint8Array, salt: string): Buffer =>
  hkdf(secret, `canary-slot/${type}/v1`, KEY_BYTES, Buffer.from(salt, 'base64'));

function wrap<S extends Omit<Slot, 'wrapped' | 'check'>>(
  keyId: number,
  dek: Uint8Array,
  slot: S,
  kek: Buffer,
): S & { check: string; wrapped: string } {
  const wrapped = encrypt(kek, dek, associatedData(keyId, slot)).toString('base64');
  const check = checkOf(kek).toString('hex');
  kek.fill(0);
  return { ...slot, check, wrapped };
}

/** A data key and its number. Whoever holds it overwrites it. */
export interface DataKey {
  readonly keyId: number;
  readonly dek: Buffer;
}

export const newDataKey = (keyId: number): DataKey => ({ keyId, dek: randomBytes(KEY_BYTES) });

export async function wrapForPassphrase(
  { keyId, dek }: DataKey,
  passphrase: string,
): Promise<PassphraseSlot> {
  const slot = { type: 'passphrase', kdf: 'argon2id', ...ARGON2, salt: newSalt() } as const;
  const kek = await stretch(passphrase, Buffer.from(slot.salt, 'base64'), ARGON2);
  return wrap(keyId, dek, slot, kek);
}

export function wrapForRecovery(
  { keyId, dek }: DataKey,
  code: Uint8Array,
  createdUtc: string,
): RecoverySlot {
  const slot = { type: 'recovery', kdf: 'hkdf-sha256', createdUtc, salt: newSalt() } as const;
  return wrap(keyId, dek, slot, fastKek('recovery', code, slot.salt));
}

export function wrapForKeychain(
  { keyId, dek }: DataKey,
  entry: { readonly backend: string; readonly account: string; readonly secret: Uint8Array },
  createdUtc: string,
): KeychainSlot {
  const { backend, account, secret } = entry;
  const slot = {
    type: 'keychain',
    kdf: 'hkdf-sha256',
    createdUtc,
    backend,
    account,
    salt: newSalt(),
  } as const;
  return wrap(keyId, dek, slot, fastKek('keychain', secret, slot.salt));
}

/** What a person or a machine shows to be let in. */
export type Proof =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'recovery'; readonly code: Uint8Array }
  | { readonly kind: 'keychain'; readonly account: string; readonly secret: Uint8Array };

const REFUSALS: Readonly<Record<Proof['kind'], string>> = {
  passphrase: 'The passphrase does not open this workspace. Try again.',
  recovery:
    'The recovery code does not open this workspace: it is of another one, or was renewed or revoked since.',
  keychain:
    'What the keychain holds does not open this workspace. Unlock it with its passphrase, and enable the keychain anew.',
};

async function kekOf(slot: Slot, proof: Proof): Promise<Buffer | null> {
  if (slot.type === 'passphrase' && proof.kind === 'passphrase')
    return stretch(proof.passphrase, Buffer.from(slot.salt, 'base64'), slot);
  if (slot.type === 'recovery' && proof.kind === 'recovery')
    return fastKek('recovery', proof.code, slot.salt);
  if (slot.type === 'keychain' && proof.kind === 'keychain' && slot.account === proof.account)
    return fastKek('keychain', proof.secret, slot.salt);
  return null;
}

async function openSet({ keyId, slots }: KeySet, proof: Proof): Promise<DataKey | null> {
  for (const slot of slots) {
    const kek = await kekOf(slot, proof);
    if (kek === null) continue;
    try {
      if (!timingSafeEqual(Buffer.from(slot.check, 'hex'), checkOf(kek))) continue;
      const dek = decrypt(kek, Buffer.from(slot.wrapped, 'base64'), associatedData(keyId, slot));
      return { keyId, dek };
    } catch {
      // Parameters were changed: as good as a wrong key.
    } finally {
      kek.fill(0);
    }
  }
  return null;
}

/** The keys that the proof opens: two while a rotation is not finished. Errors: WRONG_PASSPHRASE. */
export async function openKeys(file: KeyFile, proof: Proof): Promise<DataKey[]> {
  const keys: DataKey[] = [];
  for (const set of [file, file.next]) {
    const key = set ? await openSet(set, proof) : null;
    if (key) keys.push(key);
  }
  if (keys.length === 0) throw new AppError('WRONG_PASSPHRASE', REFUSALS[proof.kind]);
  return keys;
}
