import { type TargetDraft, targetDraftSchema } from '#shared/domain/target.ts';
import type { Db } from './open.ts';

export interface TargetRow {
  readonly target: TargetDraft;
  readonly active: boolean;
  readonly createdUtc: string;
  readonly attempts: number;
}

interface Raw {
  draft: string;
  active: number;
  createdUtc: string;
  attempts: number;
}
const toTarget = (row: Raw): TargetRow => ({
  target: targetDraftSchema.parse(JSON.parse(row.draft)),
  active: row.active === 1,
  createdUtc: row.createdUtc,
  attempts: row.attempts,
});

/** Targets by name. They hold no secret: keys are names of vault entries. */
export function targetStore(db: Db) {
  const columns = `draft, active, created_utc AS createdUtc, (SELECT count(*) FROM attempt a WHERE a.target = target.name) AS attempts`;
  const put = db.prepare<[string, string, string]>(
    `INSERT INTO target (name, draft, active, created_utc) VALUES (?, ?, 1, ?)
     ON CONFLICT (name) DO UPDATE SET draft = excluded.draft, active = 1`,
  );
  const all = db.prepare<[], Raw>(`SELECT ${columns} FROM target ORDER BY created_utc, rowid`);
  const one = db.prepare<[string], Raw>(`SELECT ${columns} FROM target WHERE name = ?`);
  const setActive = db.prepare<[number, string]>('UPDATE target SET active = ? WHERE name = ?');
  return {
    put: (target: TargetDraft, createdUtc: string) =>
      put.run(target.name, JSON.stringify(target), createdUtc),
    all: () => all.all().map(toTarget),
    get: (name: string) => {
      const row = one.get(name);
      return row ? toTarget(row) : null;
    },
    setActive: (name: string, active: boolean) => setActive.run(active ? 1 : 0, name).changes === 1,
  };
}
