import Database from 'better-sqlite3';
import { AppError } from '#shared/contract/errors.ts';
import { LATEST, migrate } from './migrate.ts';

export type Db = Database.Database;

/** "TRPS": marks a database file as ours. */
export const APPLICATION_ID = 0x54525053;

/** Each pragma of EVIDENCE section 7 and the value it must read back as. */
export const PRAGMAS: readonly (readonly [name: string, set: string, read: string | number])[] = [
  ['journal_mode', 'WAL', 'wal'],
  // better-sqlite3 falls back to NORMAL on each open unless told.
  ['synchronous', 'FULL', 2],
  ['fullfsync', 'ON', 1],
  ['checkpoint_fullfsync', 'ON', 1],
  ['foreign_keys', 'ON', 1],
  ['secure_delete', 'ON', 1],
  ['temp_store', 'MEMORY', 2],
  ['trusted_schema', 'OFF', 0],
  ['cell_size_check', 'ON', 1],
  ['busy_timeout', '5000', 5000],
];

function applyPragmas(db: Db): void {
  for (const [name, value, expected] of PRAGMAS) {
    db.pragma(`${name} = ${value}`);
    const read = db.pragma(name, { simple: true });
    if (read !== expected)
      throw new AppError(
        'INTEGRITY',
        `The database does not accept ${name}=${value}; it says ${String(read)}.`,
      );
  }
}

/** Makes a new database in an empty file. */
export function createDatabase(file: string): Db {
  const db = new Database(file);
  try {
    db.pragma('page_size = 8192');
    db.pragma(`application_id = ${APPLICATION_ID}`);
    applyPragmas(db);
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

const damaged = (why: string): AppError =>
  new AppError(
    'INTEGRITY',
    `The workspace database cannot be trusted: ${why}. Work on a copy, and restore a backup.`,
  );

/** Opens an existing workspace database in the order of EVIDENCE section 7. */
export function openDatabase(file: string): Db {
  let db: Db;
  try {
    db = new Database(file, { fileMustExist: true });
  } catch {
    throw damaged('the file is missing or cannot be opened');
  }
  try {
    const id = db.pragma('application_id', { simple: true });
    if (id !== APPLICATION_ID)
      throw damaged(
        id === 0 ? 'the file is empty or not a workspace' : 'it is another program’s file',
      );
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > LATEST)
      throw new AppError(
        'WORKSPACE_TOO_NEW',
        `This workspace was written by a newer version (schema ${version}, known here: ${LATEST}). Update Trapstreet; nothing was changed.`,
      );
    applyPragmas(db);
    const check = db.pragma('quick_check(1)', { simple: true });
    if (check !== 'ok') throw damaged('quick_check found damage');
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof AppError) throw error;
    const code = (error as { code?: unknown }).code;
    if (code === 'SQLITE_BUSY')
      throw new AppError(
        'WORKSPACE_BUSY',
        'Another program holds the workspace. Close it and try again.',
      );
    throw damaged(typeof code === 'string' ? code : 'it cannot be read');
  }
}

/** Moves the write-ahead log into the file and empties it, so that no deleted text stays behind. */
export function closeDatabase(db: Db): void {
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
