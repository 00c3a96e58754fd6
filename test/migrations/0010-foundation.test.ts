import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { LATEST, MIGRATIONS, migrate } from '#core/db/migrate.ts';
import { closeDatabase, createDatabase } from '#core/db/open.ts';
import { removeTempFolders, tempFolder } from '../helpers/workspace.ts';

afterAll(removeTempFolders);

describe('migration 0010', () => {
  it('makes every table STRICT from an empty database, and sets the version', () => {
    const db = createDatabase(join(tempFolder(), 'workspace.sqlite'));
    try {
      const tables = db.pragma('table_list') as { name: string; type: string; strict: number }[];
      const own = tables.filter(
        ({ name, type }) => type === 'table' && !name.startsWith('sqlite_'),
      );
      expect(own.map(({ name }) => name)).toContain('custody_event');
      expect(own.length).toBeGreaterThan(15);
      expect(own.filter(({ strict }) => strict !== 1)).toEqual([]);
      expect(db.pragma('user_version', { simple: true })).toBe(LATEST);
      expect(db.pragma('foreign_key_check')).toEqual([]);
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    } finally {
      closeDatabase(db);
    }
  });

  it('is applied once: migrating again changes nothing', () => {
    const db = createDatabase(join(tempFolder(), 'workspace.sqlite'));
    const schema = () => db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all();
    const before = schema();
    migrate(db);
    expect(schema()).toEqual(before);
    closeDatabase(db);
  });

  it('refuses values of the wrong type and states that do not exist', () => {
    const db = createDatabase(join(tempFolder(), 'workspace.sqlite'));
    const insert = (sql: string) => () => db.exec(sql);
    expect(insert("INSERT INTO case_file VALUES ('a', 'b', 'c', x'00')")).toThrow(
      /cannot store BLOB value in TEXT column/,
    );
    expect(insert("INSERT INTO workspace VALUES (2, 'second', 'now')")).toThrow(/CHECK/);
    expect(
      insert(
        "INSERT INTO audit (id, plan_id, state, started_utc) VALUES ('a', 'none', 'running', 'x')",
      ),
    ).toThrow(/FOREIGN KEY/);
    closeDatabase(db);
  });
});

describe('a migration', () => {
  it('has a number above the one before it, in tens', () => {
    const numbers = MIGRATIONS.map(({ number }) => number);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((number) => number % 10 === 0)).toBe(true);
    expect(LATEST).toBe(numbers.at(-1));
  });

  it('that fails in the middle is rolled back whole: tables, columns, rows and version', () => {
    const db = new Database(':memory:');
    db.exec('CREATE TABLE old (a TEXT) STRICT; INSERT INTO old VALUES (1)');
    db.pragma('user_version = 10');
    const bad = [
      { number: 20, sql: 'CREATE TABLE fine (a TEXT) STRICT' },
      {
        number: 30,
        sql: `CREATE TABLE half (a TEXT) STRICT; ALTER TABLE old ADD COLUMN b TEXT;
          UPDATE old SET a = 'changed'; INSERT INTO nowhere VALUES (1);`,
      },
    ];
    expect(() => migrate(db, bad)).toThrow(/nowhere/);
    const names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
    expect(names).toEqual(['old', 'fine']);
    expect(db.pragma('user_version', { simple: true })).toBe(20);
    expect(db.prepare('SELECT * FROM old').all()).toEqual([{ a: '1' }]);
    db.close();
  });
});
