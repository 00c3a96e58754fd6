import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '#core/db/migrate.ts';

it('0040 adds the results of tests and probes to a database of the version before, and keeps its targets', () => {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number < 40),
  );
  db.prepare(
    `INSERT INTO target (name, draft, active, created_utc) VALUES ('a', '{}', 1, '2026-01-01T00:00:00Z')`,
  ).run();
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number <= 40),
  );
  expect(db.pragma('user_version', { simple: true })).toBe(40);
  expect(db.prepare('SELECT count(*) FROM target').pluck().get()).toBe(1);
  const add = db.prepare(
    `INSERT INTO target_trial (id, target, kind, draft_sha256, calls, result_cell, result_sha256, created_utc)
     VALUES (?, ?, ?, ?, 1, x'00', ?, '2026-01-02T00:00:00Z')`,
  );
  const hash = Buffer.alloc(32);
  add.run('t1', 'a', 'test', hash, hash);
  expect(() => add.run('t2', 'nobody', 'test', hash, hash)).toThrow(/FOREIGN KEY/);
  expect(() => add.run('t3', 'a', 'guess', hash, hash)).toThrow(/CHECK/);
  expect(() => add.run('t4', 'a', 'probe', Buffer.alloc(31), hash)).toThrow(/CHECK/);
  db.close();
});
