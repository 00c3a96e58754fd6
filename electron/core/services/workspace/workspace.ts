import { closeSync, existsSync, lstatSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { closeDatabase, createDatabase } from '../../db/open.ts';
import { vaultStore } from '../../db/vault-store.ts';
import { environmentHazards } from '../../endpoints/hazards.ts';
import type { EventBus } from '../../events.ts';
import type { Keychain, Ports } from '../../ports.ts';
import { openKeys, type Proof } from '../../security/key-file.ts';
import { systemKeychain } from '../../security/system-keychain.ts';
import { createVault } from '../../security/vault.ts';
import { makeFolders } from '../files.ts';
import { keyFileAt } from '../vault/key-file.ts';
import { type Rotation, type RotationStep, rotateKey } from '../vault/rotate.ts';
import { assertNewPassphrase, keychainProof } from '../vault/slots.ts';
import { fillWorkspace, openSession } from './open.ts';
import { createSession, type Session } from './session.ts';

type Status = Output<'workspace.status'>;

export interface WorkspaceOptions {
  /** Resolves when no audit writes any more; null when none does. */
  readonly untilIdle: () => Promise<void> | null;
  /** Writes what waits to be written; called when it opens, and before it closes. */
  readonly flush: () => void;
}

/**
 * The workspace of this process: absent, locked or open. `session()` is the only way to reach its content. Locked during
 * an audit, it answers nobody, and its key is dropped when the audit ends (docs/adr/0041-locking.md).
 * Errors: WORKSPACE_ABSENT, WORKSPACE_EXISTS, WRONG_PASSPHRASE, WORKSPACE_TOO_NEW, INTEGRITY, WORKSPACE_LOCKED,
 * WORKSPACE_BUSY.
 */
export function createWorkspaceService(ports: Ports, events: EventBus, options: WorkspaceOptions) {
  const folder = ports.paths.workspace;
  const databaseFile = join(folder, 'workspace.sqlite');
  const keyFile = keyFileAt(join(folder, 'workspace.keys.json'));
  const keychain: Keychain = ports.keychain ?? systemKeychain();
  let current: Session | null = null;
  /** Locked, but an audit still writes through it. */
  let held: Session | null = null;
  let rotation: { done: number; total: number } | null = null;
  let lockAfterRotation = false;
  let busy: Promise<unknown> = Promise.resolve();

  /** One after the other: two answers to one prompt must not make two keys, or open the database twice. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = busy.then(work);
    busy = next.catch(() => {});
    return next;
  };

  const exists = (): boolean => keyFile.exists() || existsSync(databaseFile);

  const session = (): Session => {
    if (rotation)
      throw new AppError('WORKSPACE_BUSY', 'The key is being changed. Wait until that is done.');
    if (current) {
      if (vaultStore(current.db).keyId() === current.vault.keyId) return current;
      throw new AppError(
        'WORKSPACE_LOCKED',
        'The key of the workspace was changed by another process. Lock it and unlock it again.',
      );
    }
    throw exists()
      ? new AppError(
          'WORKSPACE_LOCKED',
          'The workspace is locked. Unlock it with its passphrase first.',
        )
      : new AppError('WORKSPACE_ABSENT', 'There is no workspace here yet. Create one first.');
  };

  const status = (running: readonly string[]): Status => {
    const about = current?.workspaces.workspace();
    return {
      state: current ? 'unlocked' : exists() ? 'locked' : 'absent',
      path: folder,
      name: about?.name ?? null,
      createdUtc: about?.createdUtc ?? null,
      version: ports.runtime.version,
      keyid: current?.workspaces.key()?.keyid ?? null,
      counts: current?.workspaces.counts() ?? null,
      running: [...running],
      hazards: environmentHazards(ports.runtime),
    };
  };

  /** Makes the empty database file, for its owner only; of two processes only one succeeds. */
  const claim = (): void => {
    try {
      closeSync(openSync(databaseFile, 'wx', 0o600));
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
      throw new AppError('WORKSPACE_EXISTS', 'Another process makes a workspace here. Unlock it.');
    }
  };

  const create = async (name: string, passphrase: string): Promise<void> => {
    if (exists())
      throw new AppError(
        'WORKSPACE_EXISTS',
        'There is a workspace in this folder. Unlock it, or choose another folder.',
      );
    assertNewPassphrase(passphrase);
    makeFolders(folder, 0o700);
    const { file, vault } = await createVault(passphrase);
    claim();
    try {
      keyFile.write(file);
      current = fillWorkspace(createDatabase(databaseFile), vault, ports, name);
      options.flush();
    } catch (error) {
      // Half a workspace could neither be opened nor made again.
      vault.close();
      for (const made of [keyFile.path, databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`])
        if (existsSync(made) && lstatSync(made).isFile()) rmSync(made);
      throw error;
    }
    events.emit('workspace.changed', { state: 'unlocked' });
  };

  const unlock = async (proofOf: () => Proof | Promise<Proof>): Promise<void> => {
    if (current) return;
    if (!exists())
      throw new AppError('WORKSPACE_ABSENT', 'There is no workspace here yet. Create one first.');
    if (!keyFile.exists() || !existsSync(databaseFile))
      throw new AppError(
        'INTEGRITY',
        `The workspace is incomplete: ${keyFile.exists() ? 'workspace.sqlite' : 'workspace.keys.json'} is missing. Restore a backup.`,
      );
    const keys = await openKeys(keyFile.read(), await proofOf());
    try {
      if (held) {
        // The audit goes on, and whoever has the passphrase may look again.
        const opened = held;
        opened.transaction(() => opened.record('workspace.unlocked', { host: ports.runtime.host }));
        held = null;
        current = opened;
      } else current = openSession(databaseFile, keyFile, keys, ports);
      options.flush();
    } finally {
      for (const { dek } of keys) dek.fill(0);
    }
    events.emit('workspace.changed', { state: 'unlocked' });
  };

  /** Empties the write-ahead log, closes the database, overwrites the keys. */
  const shut = (closing: Session): void => {
    closeDatabase(closing.db);
    closing.vault.close();
  };

  const endHold = (closing: Session): void => {
    options.flush();
    held = null;
    shut(closing);
    events.emit('workspace.changed', { state: 'locked' });
  };

  const lock = (): void => {
    if (!current) return;
    if (rotation) {
      lockAfterRotation = true;
      return;
    }
    const closing = current;
    const running = options.untilIdle();
    options.flush();
    current = null;
    try {
      closing.transaction(() => closing.record('workspace.locked', {}));
    } catch {
      // A full disk, or a key that another process changed: the key is dropped all the same.
      ports.logger.error('lock not recorded');
    }
    if (running) {
      held = closing;
      void running.then(() => {
        if (held === closing) endHold(closing);
      });
    } else shut(closing);
    events.emit('workspace.changed', { state: 'locked' });
  };

  const rotate = async (
    passphrase: string,
    watch: (step: RotationStep, done: number, total: number) => void,
  ): Promise<Omit<Rotation, 'vault'>> => {
    const before = session();
    if (options.untilIdle())
      throw new AppError('CONFLICT', 'An audit is running. Stop it, or wait, then change the key.');
    rotation = { done: 0, total: 0 };
    try {
      const { vault, ...result } = await rotateKey({
        session: before,
        keyFile,
        keychain,
        passphrase,
        watch: (step, done, total) => {
          rotation = { done, total };
          watch(step, done, total);
        },
      });
      before.vault.close();
      current = createSession(before.db, vault, ports);
      return result;
    } finally {
      rotation = null;
      if (lockAfterRotation) lock();
      lockAfterRotation = false;
    }
  };

  return {
    session,
    status,
    folder,
    keyFile,
    keychain,
    create: (name: string, passphrase: string) => inTurn(() => create(name, passphrase)),
    unlock: (proof: Proof) => inTurn(() => unlock(() => proof)),
    unlockWithKeychain: () => inTurn(() => unlock(() => keychainProof(keyFile.read(), keychain))),
    lock,
    rotate: (passphrase: string, watch: Parameters<typeof rotate>[1] = () => {}) =>
      inTurn(() => rotate(passphrase, watch)),
    /** Cells that a rotation under way has rewritten; null while there is none. */
    rotation: () => rotation,
    /** Locked, but its key is kept until the audit under way has ended. */
    isHeld: () => held !== null,
    isOpen: () => current !== null,
    /** Null while it is locked, or its key is being changed. */
    autoLockMinutes: (): number | null =>
      current && !rotation ? vaultStore(current.db).settings().autoLockMinutes : null,
    /** For what goes on behind the lock while an audit ends; never for the answer to a call. */
    behind: {
      isOpen: () => (current ?? held) !== null,
      session: (): Session => held ?? session(),
    },
    /** After a rotation under way. Call it when no audit runs any more. */
    close: async (): Promise<void> => {
      await busy;
      lock();
      if (held) endHold(held);
    },
  };
}
export type WorkspaceService = ReturnType<typeof createWorkspaceService>;
