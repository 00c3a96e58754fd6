import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { opensshFingerprint } from '#shared/evidence/spki.ts';
import { closeDatabase, createDatabase, type Db, openDatabase } from '../db/open.ts';
import { environmentHazards } from '../endpoints/hazards.ts';
import type { EventBus } from '../events.ts';
import type { Ports } from '../ports.ts';
import { makeSigningKey } from '../security/sign.ts';
import { createVault, keyFileSchema, unlockVault, type Vault } from '../security/vault.ts';
import { writeFileDurably } from './files.ts';
import { createSession, type Session } from './session.ts';

type Status = Output<'workspace.status'>;

/**
 * The workspace of this process: absent, locked or open. `session()` is the only way to reach its content.
 * Errors: WORKSPACE_ABSENT, WORKSPACE_EXISTS, WRONG_PASSPHRASE, WORKSPACE_TOO_NEW, INTEGRITY, WORKSPACE_LOCKED.
 */
export function createWorkspaceService(ports: Ports, events: EventBus) {
  const folder = ports.paths.workspace;
  const databaseFile = join(folder, 'workspace.sqlite');
  const keysFile = join(folder, 'workspace.keys.json');
  let current: Session | null = null;
  let busy: Promise<unknown> = Promise.resolve();

  /** One after the other: two answers to one prompt must not make two keys, or open the database twice. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = busy.then(work);
    busy = next.catch(() => {});
    return next;
  };

  const exists = (): boolean => existsSync(keysFile) || existsSync(databaseFile);

  const session = (): Session => {
    if (current) return current;
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
      hazards: environmentHazards(ports.runtime.env).map(({ name, refuse }) => ({ name, refuse })),
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

  /** Writes what every workspace begins with: name, first case, signing key, first custody lines. */
  const fill = (db: Db, vault: Vault, name: string): Session => {
    try {
      const made = createSession(db, vault, ports);
      const key = makeSigningKey();
      const keyid = opensshFingerprint(new Uint8Array(key.spki));
      made.transaction(() => {
        const now = made.nowUtc();
        made.workspaces.setWorkspace(name, now);
        made.workspaces.addCase({
          id: 'default',
          name: 'First case',
          question: '',
          createdUtc: now,
        });
        const cell = vault.seal('signing_key', keyid, 'pkcs8_cell', key.pkcs8);
        made.workspaces.addKey(keyid, key.spki, cell, now);
        made.record('workspace.created', { version: ports.runtime.version });
        made.record('key.created', { keyid });
      });
      key.pkcs8.fill(0);
      return made;
    } catch (error) {
      db.close();
      throw error;
    }
  };

  const create = async (name: string, passphrase: string): Promise<void> => {
    if (exists())
      throw new AppError(
        'WORKSPACE_EXISTS',
        'There is a workspace in this folder. Unlock it, or choose another folder.',
      );
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { file, vault } = await createVault(passphrase);
    claim();
    try {
      writeFileDurably(keysFile, Buffer.from(`${JSON.stringify(file, null, 2)}\n`), 0o600);
      current = fill(createDatabase(databaseFile), vault, name);
    } catch (error) {
      // Half a workspace could neither be opened nor made again.
      vault.close();
      for (const made of [keysFile, databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`])
        if (existsSync(made) && lstatSync(made).isFile()) rmSync(made);
      throw error;
    }
    events.emit('workspace.changed', { state: 'unlocked' });
  };

  const unlock = async (passphrase: string): Promise<void> => {
    if (current) return;
    if (!exists())
      throw new AppError('WORKSPACE_ABSENT', 'There is no workspace here yet. Create one first.');
    if (!existsSync(keysFile) || !existsSync(databaseFile))
      throw new AppError(
        'INTEGRITY',
        `The workspace is incomplete: ${existsSync(keysFile) ? 'workspace.sqlite' : 'workspace.keys.json'} is missing. Restore a backup.`,
      );
    let file: unknown;
    try {
      file = JSON.parse(readFileSync(keysFile, 'utf8'));
    } catch {
      file = null;
    }
    const parsed = keyFileSchema.safeParse(file);
    if (!parsed.success)
      throw new AppError('INTEGRITY', 'workspace.keys.json is damaged. Restore it from a backup.');
    const vault = await unlockVault(parsed.data, passphrase);
    try {
      const db = openDatabase(databaseFile);
      try {
        const opened = createSession(db, vault, ports);
        const problem = tailProblem(opened);
        if (problem !== null)
          throw new AppError(
            'INTEGRITY',
            `The custody log does not hold: ${problem}. Work on a copy, and restore a backup.`,
          );
        opened.transaction(() => opened.record('workspace.unlocked', { host: ports.runtime.host }));
        current = opened;
      } catch (error) {
        db.close();
        throw error;
      }
    } catch (error) {
      vault.close();
      throw error;
    }
    events.emit('workspace.changed', { state: 'unlocked' });
  };

  const lock = (): void => {
    if (!current) return;
    const closing = current;
    current = null;
    closing.transaction(() => closing.record('workspace.locked', {}));
    closeDatabase(closing.db);
    closing.vault.close();
    events.emit('workspace.changed', { state: 'locked' });
  };

  return {
    session,
    status,
    create: (name: string, passphrase: string) => inTurn(() => create(name, passphrase)),
    unlock: (passphrase: string) => inTurn(() => unlock(passphrase)),
    lock,
    isOpen: () => current !== null,
  };
}
export type WorkspaceService = ReturnType<typeof createWorkspaceService>;

/** The last 50 events and the latest checkpoint; `custody.verify` checks all of it. */
function tailProblem(session: Session): string | null {
  const rows = session.custodyRows.page({ kind: '', offset: 0, limit: 50 });
  for (const [index, row] of rows.entries()) {
    const line = JSON.parse(row.line.toString('utf8')) as { seq: number; prev: string };
    const before = rows[index + 1];
    if (before && line.prev !== before.hash.toString('hex')) return `chain broken at ${line.seq}`;
  }
  const size = session.custodyRows.count();
  const last = session.custodyRows.checkpoints().at(-1);
  if (last && last.size > size) return `log truncated: ${size} < checkpoint ${last.size}`;
  return null;
}
