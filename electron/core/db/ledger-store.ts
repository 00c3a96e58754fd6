import type { Db } from './open.ts';

export interface ServingRow {
  readonly canaryId: string;
  readonly cohort: string;
  readonly served: number;
  readonly first: string;
  readonly last: string;
}

export interface LedgerImportRow {
  readonly id: number;
  readonly sha256: Buffer;
  readonly entries: number;
  readonly servings: number;
  readonly createdUtc: string;
}

const SERVING = 'canary_id AS canaryId, cohort, served, first_day AS first, last_day AS last';

/** What was served to which cohort, as the ledgers say. Rows are only ever added. */
export function ledgerStore(db: Db) {
  const insertImport = db.prepare(
    `INSERT INTO ledger_import (id, sha256, entries, servings, created_utc)
     VALUES (@id, @sha256, @entries, @servings, @createdUtc)`,
  );
  const insert = db.prepare(
    `INSERT INTO serving (import_id, line, canary_id, cohort, served, first_day, last_day)
     VALUES (@importId, @line, @canaryId, @cohort, @served, @first, @last)`,
  );
  const imports = db.prepare<[], LedgerImportRow>(
    'SELECT id, sha256, entries, servings, created_utc AS createdUtc FROM ledger_import ORDER BY id',
  );
  const bySha = db.prepare<[Uint8Array], { id: number }>(
    'SELECT id FROM ledger_import WHERE sha256 = ?',
  );
  const ofRegistry = db.prepare<[number], ServingRow>(
    `SELECT ${SERVING} FROM serving WHERE canary_id IN
       (SELECT canary_id FROM registry_leaf WHERE registry = ?) ORDER BY canary_id, cohort, first_day`,
  );
  const ofCanary = db.prepare<[string, string], ServingRow>(
    `SELECT ${SERVING} FROM serving WHERE canary_id = ? AND cohort = ?`,
  );
  return {
    imports: () => imports.all(),
    has: (sha256: Uint8Array) => bySha.get(sha256) !== undefined,
    ofRegistry: (number: number) => ofRegistry.all(number),
    ofCanary: (canaryId: string, cohort: string) => ofCanary.all(canaryId, cohort),
    /** Call it in a transaction. */
    add: (
      file: { sha256: Uint8Array; servings: number; createdUtc: string },
      rows: readonly (ServingRow & { readonly line: number })[],
    ): void => {
      const id = (imports.all().at(-1)?.id ?? 0) + 1;
      insertImport.run({ ...file, id, entries: rows.length });
      for (const row of rows) insert.run({ ...row, importId: id });
    },
  };
}
