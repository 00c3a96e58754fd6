import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '#shared/contract/errors.ts';
import { type CellColumn, vaultStore } from '../../db/vault-store.ts';
import type { Keychain } from '../../ports.ts';
import {
  type DataKey,
  type KeySet,
  newDataKey,
  openKeys,
  type Slot,
  wrapForKeychain,
  wrapForPassphrase,
} from '../../security/key-file.ts';
import { openVault, type Vault } from '../../security/vault.ts';
import { heldElsewhere } from '../audit/lease.ts';
import { hashOf } from '../workspace/cells.ts';
import type { Session } from '../workspace/session.ts';
import type { KeyFileAt } from './key-file.ts';

/** After each of these a killed process leaves a workspace that opens. */
export type RotationStep = 'wrapped' | 'encrypting' | 'encrypted' | 'committed' | 'swapped';

export interface RotationInput {
  readonly session: Session;
  readonly keyFile: KeyFileAt;
  readonly keychain: Keychain;
  readonly passphrase: string;
  /** Told after each step and each page of cells. */
  readonly watch: (step: RotationStep, done: number, total: number) => void;
}

export interface Rotation {
  readonly vault: Vault;
  readonly cells: number;
  readonly keyId: number;
  readonly recovery: 'none' | 'revoked';
  readonly keychain: 'none' | 'renewed' | 'removed';
  /** False: another process reads; the file is rewritten when the workspace is opened next. */
  readonly cleaned: boolean;
}

/** How long cells are rewritten before other calls get an answer. */
const TURN_MS = 50;

/**
 * A new data key: every cell re-encrypted in one transaction, the key file swapped around it. The key file holds both
 * keys from before the first cell is changed until after the commit, and the database says which is in force
 * (docs/adr/0040-key-rotation.md). Errors: WRONG_PASSPHRASE, WORKSPACE_BUSY, INTEGRITY; then nothing was changed.
 */
export async function rotateKey(input: RotationInput): Promise<Rotation> {
  const { session, keyFile, keychain, passphrase, watch } = input;
  const store = vaultStore(session.db);
  const file = keyFile.read();
  for (const { dek } of await openKeys(file, { kind: 'passphrase', passphrase })) dek.fill(0);
  const key = newDataKey(file.keyId + 1);
  const made = await newSlots(input, file, key);
  const vault = openVault(key);
  let cells = 0;
  try {
    store.begin();
    if (heldElsewhere(session))
      throw new AppError(
        'WORKSPACE_BUSY',
        'An audit runs in another process. Stop it there, then change the key.',
      );
    if (keyFile.read().keyId !== session.vault.keyId || store.keyId() !== session.vault.keyId)
      throw new AppError('CONFLICT', 'Another process changed the key. Lock and unlock first.');
    // The new slots are made of the former ones: a passphrase that was changed meanwhile would be lost.
    if (!isDeepStrictEqual(keyFile.read(), file))
      throw new AppError(
        'CONFLICT',
        'Another process changed the ways into the workspace. Start the rotation again.',
      );
    keyFile.write({ ...file, next: { keyId: key.keyId, slots: [...made.slots] } });
    watch('wrapped', 0, 0);
    // First, so that whatever else of this process still writes is refused.
    store.setKey(key.keyId);
    cells = await rewriteCells(session, vault, watch);
    session.record('key.rotated', {
      from: session.vault.keyId,
      to: key.keyId,
      cells,
      recovery: made.recovery,
      keychain: made.keychain,
      fingerprints: fingerprints(session, vault),
    });
    watch('encrypted', cells, cells);
    store.commit();
  } catch (error) {
    store.rollback();
    vault.close();
    if (store.keyId() === session.vault.keyId && keyFile.read().next) keyFile.write(file);
    await forget(keychain, made.account);
    throw error;
  }
  watch('committed', cells, cells);
  store.exclusively(() => {
    const { next } = keyFile.read();
    if (next?.keyId === key.keyId) keyFile.write({ v: 1, ...next });
  });
  watch('swapped', cells, cells);
  for (const account of made.former) await forget(keychain, account);
  const { recovery, keychain: slot } = made;
  return { vault, cells, keyId: key.keyId, recovery, keychain: slot, cleaned: store.clean() };
}

interface NewSlots {
  readonly slots: readonly Slot[];
  readonly recovery: 'none' | 'revoked';
  readonly keychain: 'none' | 'renewed' | 'removed';
  readonly account: string | null;
  /** Entries of the keychain that are of no use afterwards. */
  readonly former: readonly string[];
}

/** The passphrase and the keychain of this host can be given the new key; a recovery code cannot: nobody here knows it. */
async function newSlots(input: RotationInput, file: KeySet, key: DataKey): Promise<NewSlots> {
  const { session, keychain, passphrase } = input;
  const slots: Slot[] = [await wrapForPassphrase(key, passphrase)];
  const old = file.slots.filter((slot) => slot.type === 'keychain');
  let account: string | null = null;
  const here = old.length === 0 ? null : await keychain.backend();
  const former = old.filter((slot) => here?.ok && slot.backend === here.name);
  if (here?.ok && former.length > 0) {
    account = session.ports.random.uuid();
    const secret = session.ports.random.bytes(32);
    try {
      await keychain.store(account, secret);
      slots.push(wrapForKeychain(key, { backend: here.name, account, secret }, session.nowUtc()));
    } catch {
      account = null;
    } finally {
      secret.fill(0);
    }
  }
  return {
    slots,
    recovery: file.slots.some(({ type }) => type === 'recovery') ? 'revoked' : 'none',
    keychain: old.length === 0 ? 'none' : account === null ? 'removed' : 'renewed',
    account,
    former: former.map((slot) => slot.account),
  };
}

async function forget(keychain: Keychain, account: string | null): Promise<void> {
  if (account === null) return;
  try {
    await keychain.remove(account);
  } catch {
    // What stays there opens nothing any more.
  }
}

/** The same API key has another fingerprint under the new key; the record says which became which. */
function fingerprints(session: Session, vault: Vault): string[] {
  return session.workspaces.secrets().map(({ name }) => {
    const cell = session.workspaces.secretCell(name) ?? new Uint8Array();
    // Rewritten already: only the new vault opens it.
    const value = vault.open('secret', name, 'value_cell', cell).toString('utf8');
    return `${name} ${session.vault.fingerprint(value)} ${vault.fingerprint(value)}`;
  });
}

async function rewriteCells(
  session: Session,
  vault: Vault,
  watch: RotationInput['watch'],
): Promise<number> {
  const store = vaultStore(session.db);
  const columns = store.cellColumns();
  const total = columns.reduce((sum, column) => sum + store.count(column), 0);
  const restore = store.suspendTriggers(new Set(columns.map(({ table }) => table)));
  let done = 0;
  let turnEndsMs = performance.now() + TURN_MS;
  for (const column of columns) {
    const write = store.writer(column);
    for (const page of store.pages(column)) {
      for (const stored of page) {
        const cell = resealed(session.vault, vault, column, stored);
        write(stored.rowid, cell, hashOf(cell));
      }
      done += page.length;
      watch('encrypting', done, total);
      if (performance.now() < turnEndsMs) continue;
      await nextTurn();
      turnEndsMs = performance.now() + TURN_MS;
    }
  }
  restore();
  return done;
}

function resealed(
  before: Vault,
  after: Vault,
  { table, column }: CellColumn,
  { row, cell, sha256 }: { row: string; cell: Buffer; sha256: Buffer | null },
): Buffer {
  // A hash that does not cover its cell would be made to fit a damaged one.
  if (sha256 !== null && !sha256.equals(hashOf(cell)))
    throw new AppError(
      'INTEGRITY',
      `A stored cell is damaged: ${table}.${column}, row ${row}. Restore a backup; the key was not changed.`,
    );
  const plain = before.open(table, row, column, cell);
  try {
    return after.seal(table, row, column, plain);
  } finally {
    plain.fill(0);
  }
}
