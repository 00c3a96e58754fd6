import { existsSync, readFileSync } from 'node:fs';
import { AppError } from '#shared/contract/errors.ts';
import type { Db } from '../../db/open.ts';
import { vaultStore } from '../../db/vault-store.ts';
import { type DataKey, type KeyFile, keyFileSchema } from '../../security/key-file.ts';
import { writeFileDurably } from '../files.ts';

/** workspace.keys.json. It is changed only under the write lock of the database, so that no process overwrites another's. */
export interface KeyFileAt {
  readonly path: string;
  exists(): boolean;
  /** Errors: INTEGRITY. */
  read(): KeyFile;
  write(file: KeyFile): void;
}

export function keyFileAt(path: string): KeyFileAt {
  return {
    path,
    exists: () => existsSync(path),
    read: () => {
      let file: unknown;
      try {
        file = JSON.parse(readFileSync(path, 'utf8'));
      } catch {
        file = null;
      }
      const parsed = keyFileSchema.safeParse(file);
      if (!parsed.success)
        throw new AppError(
          'INTEGRITY',
          'workspace.keys.json is damaged. Restore it from a backup.',
        );
      return parsed.data;
    },
    write: (file) =>
      writeFileDurably(path, Buffer.from(`${JSON.stringify(file, null, 2)}\n`), 0o600),
  };
}

/**
 * Chooses the key that the database is under, and ends a rotation that was cut off: before its commit the former key
 * stays, after it the new one does. The other keys are overwritten.
 */
export function settleKeys(db: Db, keyFile: KeyFileAt, keys: readonly DataKey[]): DataKey {
  const store = vaultStore(db);
  const inForce = store.exclusively(() => {
    const { next, ...file } = keyFile.read();
    const id = store.keyId();
    const set = [file, next].find((one) => one?.keyId === id);
    if (!set)
      throw new AppError(
        'INTEGRITY',
        'workspace.keys.json and workspace.sqlite are of different times. Restore both from one backup.',
      );
    if (next) keyFile.write({ v: 1, keyId: set.keyId, slots: set.slots });
    return id;
  });
  for (const { keyId, dek } of keys) if (keyId !== inForce) dek.fill(0);
  const key = keys.find(({ keyId }) => keyId === inForce);
  if (!key)
    throw new AppError(
      'WRONG_PASSPHRASE',
      'The key of the workspace was changed, and this way in does not open the new one. Use the passphrase.',
    );
  return key;
}
