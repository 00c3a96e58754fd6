import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeArgon2id, portableArgon2id } from '#core/security/argon2.ts';
import {
  type DataKey,
  type KeyFile,
  keyFileSchema,
  newDataKey,
  openKeys,
  type PassphraseSlot,
  type Slot,
  wrapForKeychain,
  wrapForPassphrase,
  wrapForRecovery,
} from '#core/security/key-file.ts';
import { createVault, unlockVault, type Vault } from '#core/security/vault.ts';

const PASSPHRASE = 'grüße an die alte brücke';
const text = (value: string): Buffer => Buffer.from(value, 'utf8');
const refusal = expect.objectContaining({ code: 'INTEGRITY' });

let file: KeyFile;
let vault: Vault;
let cell: Buffer;

beforeAll(async () => {
  const made = await createVault(PASSPHRASE);
  file = made.file;
  vault = made.vault;
  cell = vault.seal('canary', 'C-1', 'draft_cell', text('the secret text'));
});

const changed = (at: number, bit = 1): Buffer => {
  const copy = Buffer.from(cell);
  copy[at] = (copy[at] ?? 0) ^ bit;
  return copy;
};
const opening =
  (bytes: Uint8Array, place: [string, string, string] = ['canary', 'C-1', 'draft_cell']) =>
  () =>
    vault.open(...place, bytes);

describe('a cell', () => {
  it('opens at its place and holds nothing of its text in clear', () => {
    expect(vault.open('canary', 'C-1', 'draft_cell', cell).toString('utf8')).toBe(
      'the secret text',
    );
    expect(cell.includes(text('secret'))).toBe(false);
    expect(vault.seal('canary', 'C-1', 'draft_cell', text('the secret text'))).not.toEqual(cell);
  });

  it('does not open in another row, column or table, nor where the names only run together alike', () => {
    expect(opening(cell, ['canary', 'C-2', 'draft_cell'])).toThrow(refusal);
    expect(opening(cell, ['canary', 'C-1', 'other_cell'])).toThrow(refusal);
    expect(opening(cell, ['secret', 'C-1', 'draft_cell'])).toThrow(refusal);
    expect(opening(cell, ['canaryC', '-1', 'draft_cell'])).toThrow(refusal);
    expect(opening(cell, ['canary', 'C-1draft', '_cell'])).toThrow(refusal);
  });

  it('does not open with any one bit flipped: version, key id, nonce, text or tag', () => {
    for (let at = 0; at < cell.length; at++)
      expect(opening(changed(at, 1 << (at % 8)))).toThrow(refusal);
  });

  it('does not open when it is cut, lengthened, or has a short tag', () => {
    for (const length of [0, 4, 5, 17, 32, cell.length - 4, cell.length - 1])
      expect(opening(cell.subarray(0, length))).toThrow(refusal);
    expect(opening(Buffer.concat([cell, Buffer.alloc(1)]))).toThrow(refusal);
  });

  it('does not open with the key of another workspace', async () => {
    const other = await createVault(PASSPHRASE);
    expect(() => other.vault.open('canary', 'C-1', 'draft_cell', cell)).toThrow(refusal);
    expect(other.vault.fingerprint('sk-1')).not.toBe(vault.fingerprint('sk-1'));
    expect(vault.fingerprint('sk-1')).toBe(vault.fingerprint('sk-1'));
    other.vault.close();
  });

  it('says the place and never the text', () => {
    expect(opening(changed(30))).toThrow(/canary\.draft_cell, row C-1/);
  });
});

describe('a passphrase slot', () => {
  const unlockWith = (slot: Partial<PassphraseSlot>, keyId = file.keyId) =>
    unlockVault(
      { ...file, keyId, slots: file.slots.map((one) => ({ ...one, ...slot }) as Slot) },
      PASSPHRASE,
    );

  it('opens with the passphrase, in any Unicode composition, and with no other', async () => {
    const again = await unlockVault(file, PASSPHRASE.normalize('NFD'));
    expect(again.open('canary', 'C-1', 'draft_cell', cell).toString('utf8')).toBe(
      'the secret text',
    );
    again.close();
    await expect(unlockVault(file, `${PASSPHRASE} `)).rejects.toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
  });

  it('is refused with weaker parameters, another key id, salt or check value', async () => {
    const wrong = { code: 'WRONG_PASSPHRASE' };
    await expect(unlockWith({ m: 8192 })).rejects.toMatchObject(wrong);
    await expect(unlockWith({ t: 1 })).rejects.toMatchObject(wrong);
    await expect(unlockWith({ p: 1 })).rejects.toMatchObject(wrong);
    await expect(unlockWith({}, 2)).rejects.toMatchObject(wrong);
    const salt = randomBytes(16).toString('base64');
    await expect(unlockWith({ salt })).rejects.toMatchObject(wrong);
    await expect(unlockWith({ check: '00'.repeat(16) })).rejects.toMatchObject(wrong);
  });

  it('is refused before any work when it asks for more than a machine has', () => {
    for (const slot of [{ m: 4_194_304 }, { t: 64 }, { p: 64 }]) {
      const slots = file.slots.map((one) => ({ ...one, ...slot }));
      expect(keyFileSchema.safeParse({ ...file, slots }).success).toBe(false);
    }
  });

  it('keeps neither passphrase nor data key in the key file', () => {
    const written = JSON.stringify(file);
    expect(written).not.toContain('brücke');
    expect(file.slots[0]).toMatchObject({ kdf: 'argon2id', m: 65_536, t: 3, p: 4 });
  });
});

describe('slots beside the passphrase', () => {
  const createdUtc = '2026-03-01T10:00:00.000Z';
  const code = randomBytes(32);
  const entry = {
    backend: 'secret-service',
    account: '6f7a1f39-6f9a-4c2b-8a53-3c1f8f8d9b51',
    secret: randomBytes(32),
  };
  let key: DataKey;
  let dek: string;
  let slots: Slot[];

  beforeAll(async () => {
    key = newDataKey(7);
    dek = key.dek.toString('hex');
    slots = [
      await wrapForPassphrase(key, PASSPHRASE),
      wrapForRecovery(key, code, createdUtc),
      wrapForKeychain(key, entry, createdUtc),
    ];
  });
  const keyFile = (change: Partial<Slot> = {}, keyId = 7): KeyFile => ({
    v: 1,
    keyId,
    slots: slots.map((slot) =>
      slot.type === 'passphrase' ? slot : ({ ...slot, ...change } as Slot),
    ),
  });
  const byCode = { kind: 'recovery', code } as const;
  const byKeychain = { kind: 'keychain', ...entry } as const;
  const wrong = { code: 'WRONG_PASSPHRASE' };

  it('open the same data key', async () => {
    for (const proof of [
      byCode,
      byKeychain,
      { kind: 'passphrase', passphrase: PASSPHRASE } as const,
    ])
      expect((await openKeys(keyFile(), proof)).map((one) => one.dek.toString('hex'))).toEqual([
        dek,
      ]);
  });

  it('open with no other code, entry or secret', async () => {
    await expect(
      openKeys(keyFile(), { kind: 'recovery', code: randomBytes(32) }),
    ).rejects.toMatchObject(wrong);
    await expect(
      openKeys(keyFile(), { ...byKeychain, secret: randomBytes(32) }),
    ).rejects.toMatchObject(wrong);
    const account = '00000000-0000-4000-8000-000000000000';
    await expect(openKeys(keyFile(), { ...byKeychain, account })).rejects.toMatchObject(wrong);
    // One way in is not another: the same bytes under another type open nothing.
    await expect(
      openKeys(keyFile(), { kind: 'recovery', code: entry.secret }),
    ).rejects.toMatchObject(wrong);
  });

  it('are refused with any parameter changed', async () => {
    const salt = randomBytes(16).toString('base64');
    const later = { createdUtc: '2026-03-01T10:00:01.000Z' };
    for (const change of [{ salt }, later, { check: '00'.repeat(16) }]) {
      await expect(openKeys(keyFile(change), byCode)).rejects.toMatchObject(wrong);
      await expect(openKeys(keyFile(change), byKeychain)).rejects.toMatchObject(wrong);
    }
    await expect(openKeys(keyFile({ backend: 'kwallet' }), byKeychain)).rejects.toMatchObject(
      wrong,
    );
    await expect(openKeys(keyFile({}, 8), byCode)).rejects.toMatchObject(wrong);
  });

  it('open both keys while a rotation is not finished', async () => {
    const next = newDataKey(8);
    const file: KeyFile = {
      ...keyFile(),
      next: { keyId: 8, slots: [await wrapForPassphrase(next, PASSPHRASE)] },
    };
    const keys = await openKeys(file, { kind: 'passphrase', passphrase: PASSPHRASE });
    expect(keys.map(({ keyId }) => keyId)).toEqual([7, 8]);
    expect((await openKeys(file, byCode)).map(({ keyId }) => keyId)).toEqual([7]);
  });
});

describe('argon2id', () => {
  it('gives the same bytes from OpenSSL and from pure JavaScript', async () => {
    const nonce = Buffer.from('0123456789abcdef');
    const parameters = { m: 8192, t: 2, p: 3 };
    const native = await nativeArgon2id(text('a passphrase'), nonce, parameters);
    const portable = await portableArgon2id(text('a passphrase'), nonce, parameters);
    expect(portable.toString('hex')).toBe(native.toString('hex'));
    expect(native).toHaveLength(32);
  });
});

describe('a closed vault', () => {
  it('opens, seals and fingerprints nothing', async () => {
    const closing = await unlockVault(file, PASSPHRASE);
    closing.close();
    const locked = expect.objectContaining({ code: 'WORKSPACE_LOCKED' });
    expect(() => closing.open('canary', 'C-1', 'draft_cell', cell)).toThrow(locked);
    expect(() => closing.seal('canary', 'C-1', 'draft_cell', cell)).toThrow(locked);
    expect(() => closing.fingerprint('sk-1')).toThrow(locked);
  });
});
