import { AppError } from '#shared/contract/errors.ts';
import type { Db } from './open.ts';

/** A column of encrypted cells, found in the schema: `cell` and everything named `*_cell`. */
export interface CellColumn {
  readonly table: string;
  readonly column: string;
  /** `request_cell` is covered by `request_sha256` where there is one, `cell` by `sha256`. */
  readonly hashColumn: string | null;
  /** A cell is bound to its row: the columns of the primary key, in order, joined by `/`. */
  readonly keyColumns: readonly string[];
}

export interface StoredCell {
  readonly rowid: number;
  readonly row: string;
  readonly cell: Buffer;
  readonly sha256: Buffer | null;
}

export interface VaultSettings {
  readonly keyId: number;
  readonly autoLockMinutes: number;
  readonly vacuumDue: boolean;
}

const PAGE = 256;
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Which key the cells are under, and the cells themselves as the schema names them: no table can be forgotten. */
export function vaultStore(db: Db) {
  const settings = db.prepare<[], { keyId: number; autoLockMinutes: number; vacuumDue: number }>(
    'SELECT key_id AS keyId, auto_lock_minutes AS autoLockMinutes, vacuum_due AS vacuumDue FROM vault',
  );
  const keyId = db.prepare<[], number>('SELECT key_id FROM vault').pluck();
  const setAutoLock = db.prepare<[number]>('UPDATE vault SET auto_lock_minutes = ?');
  const setKey = db.prepare<[number]>('UPDATE vault SET key_id = ?, vacuum_due = 1');
  const clearDue = db.prepare('UPDATE vault SET vacuum_due = 0');
  const tables = db.prepare<[], { name: string; withoutRowid: number }>(
    "SELECT name, wr AS withoutRowid FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
  );
  const columns = db.prepare<[string], { name: string; pk: number }>(
    'SELECT name, pk FROM pragma_table_info(?) ORDER BY cid',
  );
  const triggers = db.prepare<[string], { name: string; sql: string }>(
    "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ?",
  );

  const cellColumns = (): CellColumn[] =>
    tables.all().flatMap(({ name: table, withoutRowid }) => {
      const all = columns.all(table);
      const names = new Set(all.map((one) => one.name));
      const keyColumns = all
        .filter((one) => one.pk > 0)
        .toSorted((a, b) => a.pk - b.pk)
        .map((one) => one.name);
      const cells = all.filter(({ name }) => name === 'cell' || name.endsWith('_cell'));
      if (cells.length > 0 && (keyColumns.length === 0 || withoutRowid === 1))
        throw new AppError('INTEGRITY', `The table ${table} cannot be given a new key.`);
      return cells.map(({ name: column }) => {
        const hash = column.replace(/cell$/, 'sha256');
        return { table, column, hashColumn: names.has(hash) ? hash : null, keyColumns };
      });
    });

  const count = ({ table, column }: CellColumn): number =>
    db
      .prepare<[], number>(
        `SELECT count(*) FROM ${quoted(table)} WHERE ${quoted(column)} IS NOT NULL`,
      )
      .pluck()
      .get() ?? 0;

  /** Pages of one column, in the order of the rows; a row that was written back is not met again. */
  function* pages({ table, column, hashColumn, keyColumns }: CellColumn): Generator<StoredCell[]> {
    const row = keyColumns.map((key) => `CAST(${quoted(key)} AS TEXT)`).join(" || '/' || ");
    const page = db.prepare<[number], StoredCell>(
      `SELECT rowid AS rowid, ${row} AS row, ${quoted(column)} AS cell,
        ${hashColumn === null ? 'NULL' : quoted(hashColumn)} AS sha256
       FROM ${quoted(table)} WHERE rowid > ? AND ${quoted(column)} IS NOT NULL ORDER BY rowid LIMIT ${PAGE}`,
    );
    for (let after = Number.MIN_SAFE_INTEGER; ; ) {
      const rows = page.all(after);
      const last = rows.at(-1);
      if (!last) return;
      yield rows;
      after = last.rowid;
    }
  }

  const writer = ({ table, column, hashColumn }: CellColumn) => {
    const set = [column, ...(hashColumn === null ? [] : [hashColumn])]
      .map((name) => `${quoted(name)} = ?`)
      .join(', ');
    const update = db.prepare(`UPDATE ${quoted(table)} SET ${set} WHERE rowid = ?`);
    return (rowid: number, cell: Uint8Array, sha256: Uint8Array): void => {
      update.run(...(hashColumn === null ? [cell, rowid] : [cell, sha256, rowid]));
    };
  };

  /** Takes the triggers of the tables away, inside the caller's transaction; returns how to put them back. */
  const suspendTriggers = (names: ReadonlySet<string>): (() => void) => {
    const taken = [...names].flatMap((table) => triggers.all(table));
    for (const { name } of taken) db.exec(`DROP TRIGGER ${quoted(name)}`);
    return () => {
      for (const { sql } of taken) db.exec(sql);
    };
  };

  return {
    settings: (): VaultSettings => {
      const row = settings.get();
      if (!row) throw new AppError('INTEGRITY', 'The workspace has lost its vault settings.');
      return { ...row, vacuumDue: row.vacuumDue === 1 };
    },
    keyId: (): number => keyId.get() ?? 0,
    setAutoLock: (minutes: number) => setAutoLock.run(minutes),
    /** From now on cells are under this key, and the file is to be rewritten. */
    setKey: (id: number) => setKey.run(id),
    cellColumns,
    count,
    pages,
    writer,
    suspendTriggers,
    /** The write lock of the database, also towards other processes. */
    exclusively: <T>(work: () => T): T => db.transaction(work).immediate(),
    begin: () => db.exec('BEGIN IMMEDIATE'),
    commit: () => db.exec('COMMIT'),
    rollback: () => {
      if (db.inTransaction) db.exec('ROLLBACK');
    },
    /** Rewrites the file and empties the log, so that no byte under a former key stays; false while somebody reads. */
    clean: (): boolean => {
      try {
        db.exec('VACUUM');
        clearDue.run();
        const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
        return result?.busy === 0;
      } catch (error) {
        if (String((error as { code?: unknown }).code).startsWith('SQLITE_BUSY')) return false;
        throw error;
      }
    },
  };
}
