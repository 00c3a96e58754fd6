import type { Db } from './open.ts';

export interface RescoreRow {
  readonly id: string;
  readonly auditId: string;
  /** JSON of the contract's result. */
  readonly result: string;
  readonly createdUtc: string;
}

const COLUMNS = 'id, audit_id AS auditId, result, created_utc AS createdUtc';

export function rescoreStore(db: Db) {
  const insert = db.prepare<[string, string, string, string]>(
    'INSERT INTO rescore (id, audit_id, result, created_utc) VALUES (?, ?, ?, ?)',
  );
  const one = db.prepare<[string], RescoreRow>(`SELECT ${COLUMNS} FROM rescore WHERE id = ?`);
  const ofAudit = db.prepare<[string], RescoreRow>(
    `SELECT ${COLUMNS} FROM rescore WHERE audit_id = ? ORDER BY created_utc DESC, rowid DESC`,
  );
  return {
    insert: (row: RescoreRow): void => {
      insert.run(row.id, row.auditId, row.result, row.createdUtc);
    },
    get: (id: string): RescoreRow | undefined => one.get(id),
    ofAudit: (auditId: string): RescoreRow[] => ofAudit.all(auditId),
  };
}
