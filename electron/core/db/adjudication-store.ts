import type { Db } from './open.ts';

export interface AdjudicationRow {
  readonly id: number;
  readonly auditId: string;
  readonly canaryId: string;
  readonly target: string;
  readonly k: number;
  readonly verdict: 'confirm' | 'dispute';
  readonly reasonCell: Buffer;
  readonly actor: string;
  readonly createdUtc: string;
}

export interface AdjudicationFilter {
  readonly auditId: string;
  readonly canaryId: string | null;
  readonly target: string | null;
}

/** What people said of scored samples. Rows are only ever added. */
export function adjudicationStore(db: Db) {
  const next = db.prepare<[], { id: number }>(
    'SELECT coalesce(max(id), 0) + 1 AS id FROM adjudication',
  );
  const insert = db.prepare(
    `INSERT INTO adjudication (id, audit_id, canary_id, target, k, verdict, reason_cell, reason_sha256, actor, created_utc)
     VALUES (@id, @auditId, @canaryId, @target, @k, @verdict, @reasonCell, @reasonSha256, @actor, @createdUtc)`,
  );
  const list = db.prepare<[AdjudicationFilter], AdjudicationRow>(
    `SELECT id, audit_id AS auditId, canary_id AS canaryId, target, k, verdict, reason_cell AS reasonCell, actor,
       created_utc AS createdUtc FROM adjudication
     WHERE audit_id = @auditId AND (@canaryId IS NULL OR canary_id = @canaryId) AND (@target IS NULL OR target = @target)
     ORDER BY id`,
  );
  return {
    /** The id of the next row: its cell is sealed under it. */
    nextId: () => next.get()?.id ?? 1,
    insert: (
      row: Omit<AdjudicationRow, 'reasonCell'> & {
        reasonCell: Uint8Array;
        reasonSha256: Uint8Array;
      },
    ) => insert.run(row),
    list: (filter: AdjudicationFilter) => list.all(filter),
  };
}
