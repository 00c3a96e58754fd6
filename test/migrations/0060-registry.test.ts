import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '#core/db/migrate.ts';

/** A database of before this migration, with a drawn registry and a canary in it. */
function older(): Database.Database {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number < 60),
  );
  db.exec(`
    INSERT INTO case_file VALUES ('default', 'Case', '?', '2026-01-01');
    INSERT INTO canary (id, case_id, version, kind, type, status, n, scorer, tags, draft_cell, draft_sha256, created_utc)
      VALUES ('C-1', 'default', 1, 'drawn', 'O', 'committed', 4, 'exact-v1', '[]', x'00', zeroblob(32), '2026-01-01');
    INSERT INTO registry (number, case_id, size, root, held_out, registration, registration_sha256, sigstore, protocol,
      created_utc, beacon, beacon_source, drawn_utc)
      VALUES (1, 'default', 1, zeroblob(32), '0.2', x'00', zeroblob(32), x'00', x'00', '2026-01-01', zeroblob(32), 'by hand', '2026-01-02');
  `);
  return db;
}

describe('migration 0060', () => {
  it('keeps older registries, whose beacons were never checked', () => {
    const db = older();
    migrate(db);
    expect(db.prepare('SELECT number, beacon_source AS source, drand FROM registry').all()).toEqual(
      [{ number: 1, source: 'by hand', drand: null }],
    );
    const strict = db.pragma('table_list') as { name: string; strict: number }[];
    for (const name of ['beacon_relay', 'ledger_import', 'serving', 'adjudication'])
      expect(strict.find((table) => table.name === name)?.strict, name).toBe(1);
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });

  it('lets ledger rows and adjudications only be added', () => {
    const db = older();
    migrate(db);
    db.exec("INSERT INTO ledger_import VALUES (1, zeroblob(32), 1, 5, '2026-02-01')");
    const add = (served: number, first: string, last: string) => () =>
      db.exec(
        `INSERT INTO serving VALUES (1, ${served}, 'C-1', 'web', ${served}, '${first}', '${last}')`,
      );
    add(5, '2026-02-01', '2026-02-02')();
    expect(add(0, '2026-02-01', '2026-02-02')).toThrow(/CHECK/);
    expect(add(6, '2026-02-02', '2026-02-01')).toThrow(/CHECK/);
    expect(() => db.exec("INSERT INTO serving VALUES (1, 9, 'none', 'web', 1, 'a', 'b')")).toThrow(
      /FOREIGN KEY/,
    );
    expect(() => db.exec('UPDATE serving SET served = 9')).toThrow(/append-only/);
    expect(() => db.exec('DELETE FROM serving')).toThrow(/append-only/);
    expect(() =>
      db.exec(
        "INSERT INTO adjudication VALUES (1, 'none', 'C-1', 't', 1, 'maybe', x'00', zeroblob(32), 'me', 'now')",
      ),
    ).toThrow(/CHECK/);
    db.close();
  });
});
