import { AppError } from '#shared/contract/errors.ts';
import { opensshFingerprint } from '#shared/evidence/spki.ts';
import { LATEST } from '../../db/migrate.ts';
import { type Db, openDatabase } from '../../db/open.ts';
import { vaultStore } from '../../db/vault-store.ts';
import type { Ports } from '../../ports.ts';
import type { DataKey } from '../../security/key-file.ts';
import { makeSigningKey } from '../../security/sign.ts';
import { openVault, type Vault } from '../../security/vault.ts';
import { type KeyFileAt, settleKeys } from '../vault/key-file.ts';
import { createSession, type Session } from './session.ts';

/** Writes what every workspace begins with: name, first case, signing key, first custody lines. */
export function fillWorkspace(db: Db, vault: Vault, ports: Ports, name: string): Session {
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
      made.record('workspace.created', { version: ports.runtime.version, database: LATEST });
      made.record('key.created', { keyid });
    });
    key.pkcs8.fill(0);
    return made;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the database with the key it is under. Errors: INTEGRITY, WORKSPACE_TOO_NEW, WORKSPACE_BUSY, WRONG_PASSPHRASE. */
export function openSession(
  databaseFile: string,
  keyFile: KeyFileAt,
  keys: readonly DataKey[],
  ports: Ports,
): Session {
  const db = openDatabase(databaseFile);
  let vault: Vault | null = null;
  try {
    vault = openVault(settleKeys(db, keyFile, keys));
    const opened = createSession(db, vault, ports);
    const problem = tailProblem(opened);
    if (problem !== null)
      throw new AppError(
        'INTEGRITY',
        `The custody log does not hold: ${problem}. Work on a copy, and restore a backup.`,
      );
    const store = vaultStore(db);
    // A rotation that was cut off after its commit left bytes under the former key.
    if (store.settings().vacuumDue) store.clean();
    opened.transaction(() => opened.record('workspace.unlocked', { host: ports.runtime.host }));
    return opened;
  } catch (error) {
    vault?.close();
    db.close();
    throw error;
  }
}

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
