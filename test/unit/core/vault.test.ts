import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createVault,
  type KeyFile,
  nativeArgon2id,
  portableArgon2id,
  unlockVault,
  type Vault,
} from '#core/security/vault.ts';

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
  const unlockWith = (slot: Partial<KeyFile['slots'][number]>, keyId = file.keyId) =>
    unlockVault(
      { ...file, keyId, slots: file.slots.map((one) => ({ ...one, ...slot })) },
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

  it('keeps neither passphrase nor data key in the key file', () => {
    const written = JSON.stringify(file);
    expect(written).not.toContain('brücke');
    expect(file.slots[0]).toMatchObject({ kdf: 'argon2id', m: 65_536, t: 3, p: 4 });
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
