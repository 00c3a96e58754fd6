import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '#core/db/migrate.ts';

it('migration 0030 adds the list of connections to a workspace of the version before, and touches nothing else', () => {
  const db = new Database(':memory:');
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number < 30),
  );
  db.exec("INSERT INTO workspace VALUES (1, 'House', 'then')");
  const tables = () =>
    db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  const before = tables();
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number <= 30),
  );
  expect(tables().filter((name) => !before.includes(name))).toEqual([
    'connection',
    'sqlite_sequence',
  ]);
  expect(db.prepare('SELECT name FROM workspace').pluck().get()).toBe('House');
  const insert = db.prepare(
    "INSERT INTO connection (started_utc, duration_ms, reason, host, bytes_out, bytes_in) VALUES ('t', ?, 'audit', 'h:1', 1, ?)",
  );
  insert.run(1.5, 2);
  expect(() => insert.run(-1, 2)).toThrow(/CHECK/);
  expect(() => insert.run(1, 'many')).toThrow(/cannot store TEXT value in INTEGER column/);
  db.close();
});
