import { type TargetDraft, targetDraftSchema } from '#shared/domain/target.ts';
import type { Db } from './open.ts';

export interface TargetRow {
  readonly target: TargetDraft;
  readonly active: boolean;
  readonly createdUtc: string;
  readonly attempts: number;
}

export type TrialKind = 'test' | 'probe';

/** A test call or a probe of a target; its result is sealed. */
export interface TrialRow {
  readonly id: string;
  readonly target: string;
  readonly kind: TrialKind;
  /** SHA-256 of the configuration that was tried. */
  readonly draftSha256: Buffer;
  readonly calls: number;
  readonly cell: Buffer;
  readonly sha256: Buffer;
  readonly createdUtc: string;
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
  const addTrial = db.prepare<TrialRow>(
    `INSERT INTO target_trial (id, target, kind, draft_sha256, calls, result_cell, result_sha256, created_utc)
     VALUES (@id, @target, @kind, @draftSha256, @calls, @cell, @sha256, @createdUtc)`,
  );
  const lastTrial = db.prepare<[string, TrialKind, Buffer], TrialRow>(
    `SELECT id, target, kind, draft_sha256 AS draftSha256, calls, result_cell AS cell, result_sha256 AS sha256,
       created_utc AS createdUtc
     FROM target_trial WHERE target = ? AND kind = ? AND draft_sha256 = ? ORDER BY rowid DESC LIMIT 1`,
  );
  return {
    put: (target: TargetDraft, createdUtc: string) =>
      put.run(target.name, JSON.stringify(target), createdUtc),
    all: () => all.all().map(toTarget),
    get: (name: string) => {
      const row = one.get(name);
      return row ? toTarget(row) : null;
    },
    setActive: (name: string, active: boolean) => setActive.run(active ? 1 : 0, name).changes === 1,
    addTrial: (row: TrialRow) => {
      addTrial.run(row);
    },
    /** The last one of this kind for this configuration. */
    lastTrial: (target: string, kind: TrialKind, draftSha256: Buffer) =>
      lastTrial.get(target, kind, draftSha256) ?? null,
  };
}
