import { AppError } from '#shared/contract/errors.ts';
import type { CustodyKind } from '#shared/evidence/custody.ts';
import { passphraseProblem } from '#shared/util/passphrase.ts';
import { formatRecoveryCode, readRecoveryCode } from '#shared/util/recovery-code.ts';
import type { Keychain } from '../../ports.ts';
import {
  type DataKey,
  type KeychainSlot,
  type KeyFile,
  openKeys,
  type Proof,
  type Slot,
  wrapForKeychain,
  wrapForPassphrase,
  wrapForRecovery,
} from '../../security/key-file.ts';
import type { CustodyData, Session } from '../workspace/session.ts';
import type { KeyFileAt } from './key-file.ts';

/** Refuses a new passphrase that is too short. Errors: BAD_INPUT. */
export function assertNewPassphrase(passphrase: string): void {
  const problem = passphraseProblem(passphrase);
  if (problem !== null) throw new AppError('BAD_INPUT', `The passphrase is too short. ${problem}`);
}

export const passphraseProof = (passphrase: string): Proof => ({ kind: 'passphrase', passphrase });

/** Reads a typed recovery code; a typing error is told by its group, before anything is tried. Errors: BAD_INPUT. */
export function recoveryProof(text: string): Proof {
  const read = readRecoveryCode(text);
  if (!read.ok) throw new AppError('BAD_INPUT', read.problem);
  return { kind: 'recovery', code: read.bytes };
}

const keychainSlots = (file: KeyFile): KeychainSlot[] =>
  [...file.slots, ...(file.next?.slots ?? [])].filter((slot) => slot.type === 'keychain');

async function backendOf(keychain: Keychain): Promise<string> {
  const backend = await keychain.backend();
  if (!backend.ok)
    throw new AppError('KEYCHAIN_UNAVAILABLE', `${backend.reason} Use the passphrase.`);
  return backend.name;
}

/** What the keychain of this host holds for the workspace. Errors: KEYCHAIN_UNAVAILABLE, KEYCHAIN_CHANGED, NOT_FOUND. */
export async function keychainProof(file: KeyFile, keychain: Keychain): Promise<Proof> {
  const slots = keychainSlots(file);
  if (slots.length === 0)
    throw new AppError(
      'NOT_FOUND',
      'The keychain is not enabled for this workspace. Use the passphrase.',
    );
  const backend = await backendOf(keychain);
  const own = slots.filter((slot) => slot.backend === backend);
  if (own.length === 0)
    throw new AppError(
      'KEYCHAIN_CHANGED',
      `The keychain was enabled with ${slots.map((slot) => slot.backend).join(', ')}; here it is ${backend}. Use the passphrase, and enable it here if you want to.`,
    );
  for (const { account } of own.toReversed()) {
    const secret = await keychain.load(account);
    if (secret) return { kind: 'keychain', account, secret };
  }
  throw new AppError(
    'KEYCHAIN_UNAVAILABLE',
    `The entry of this workspace is gone from ${backend}. Use the passphrase, and enable the keychain anew.`,
  );
}

/** The ways into the workspace, changed one at a time. Each is written with its line of the custody log. */
export function createSlots(keyFile: KeyFileAt, keychain: Keychain) {
  /** The data key, for whoever can show that they may have it; overwritten afterwards. */
  const withKey = async <T>(
    session: Session,
    proof: Proof,
    work: (key: DataKey) => T | Promise<T>,
  ): Promise<T> => {
    const keys = await openKeys(keyFile.read(), proof);
    try {
      const key = keys.find(({ keyId }) => keyId === session.vault.keyId);
      if (!key) throw new AppError('CONFLICT', 'The key was changed. Lock and unlock first.');
      return await work(key);
    } finally {
      for (const { dek } of keys) dek.fill(0);
    }
  };

  /** Under the write lock of the database: read, change, write, record. */
  const change = (
    session: Session,
    kind: CustodyKind,
    data: CustodyData,
    slotsOf: (slots: readonly Slot[]) => readonly Slot[],
  ): void =>
    session.transaction(() => {
      const file = keyFile.read();
      const slots = [...slotsOf(file.slots)];
      session.record(kind, data);
      keyFile.write({ v: 1, keyId: file.keyId, slots });
    });

  const forget = async (accounts: readonly string[]): Promise<void> => {
    for (const account of accounts) {
      try {
        await keychain.remove(account);
      } catch {
        // Without its slot the entry opens nothing.
      }
    }
  };

  return {
    /** Errors: WRONG_PASSPHRASE, BAD_INPUT. */
    changePassphrase: async (session: Session, proof: Proof, passphrase: string) => {
      assertNewPassphrase(passphrase);
      const slot = await withKey(session, proof, (key) => wrapForPassphrase(key, passphrase));
      change(session, 'passphrase.changed', { by: proof.kind }, (slots) => [
        slot,
        ...slots.filter(({ type }) => type !== 'passphrase'),
      ]);
    },
    /** A new recovery code; a former one stops working. It is returned once and kept nowhere. */
    createRecovery: async (session: Session, passphrase: string): Promise<string> => {
      const code = session.ports.random.bytes(32);
      const slot = await withKey(session, passphraseProof(passphrase), (key) =>
        wrapForRecovery(key, code, session.nowUtc()),
      );
      change(session, 'recovery.created', {}, (slots) => [
        ...slots.filter(({ type }) => type !== 'recovery'),
        slot,
      ]);
      const text = formatRecoveryCode(code);
      code.fill(0);
      return text;
    },
    /** Errors: NOT_FOUND. */
    revokeRecovery: (session: Session): void =>
      change(session, 'recovery.revoked', {}, (slots) => {
        if (!slots.some(({ type }) => type === 'recovery'))
          throw new AppError('NOT_FOUND', 'There is no recovery code.');
        return slots.filter(({ type }) => type !== 'recovery');
      }),
    /** Errors: WRONG_PASSPHRASE, KEYCHAIN_UNAVAILABLE, KEYCHAIN_CHANGED. */
    enableKeychain: async (session: Session, passphrase: string): Promise<string> => {
      const backend = await backendOf(keychain);
      await withKey(session, passphraseProof(passphrase), async (key) => {
        const account = session.ports.random.uuid();
        const secret = session.ports.random.bytes(32);
        try {
          await keychain.store(account, secret);
          const slot = wrapForKeychain(key, { backend, account, secret }, session.nowUtc());
          const former = keychainSlots(keyFile.read()).filter((one) => one.backend === backend);
          change(session, 'keychain.enabled', { backend }, (slots) => [
            ...slots.filter((one) => one.type !== 'keychain' || one.backend !== backend),
            slot,
          ]);
          await forget(former.map((one) => one.account));
        } finally {
          secret.fill(0);
        }
      });
      return backend;
    },
    /** Takes away every keychain slot, also those of other hosts. Errors: NOT_FOUND. */
    disableKeychain: async (session: Session): Promise<void> => {
      const former = keychainSlots(keyFile.read());
      if (former.length === 0) throw new AppError('NOT_FOUND', 'The keychain is not enabled.');
      const backends = former.map((slot) => slot.backend);
      change(session, 'keychain.disabled', { backends }, (slots) =>
        slots.filter(({ type }) => type !== 'keychain'),
      );
      const here = await keychain.backend();
      const own = former.filter((slot) => here.ok && slot.backend === here.name);
      await forget(own.map((slot) => slot.account));
    },
  };
}
