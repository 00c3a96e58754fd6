import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '#core/db/migrate.ts';
import { migration0010 } from '#core/db/migrations/0010-foundation.ts';
import { migration0020 } from '#core/db/migrations/0020-limits.ts';
import { removeTempFolders, tempFolder } from '../helpers/workspace.ts';

afterAll(removeTempFolders);

describe('migration 0020', () => {
  it('adds its tables to a workspace with an audit, which then waits for nobody', () => {
    const db = new Database(join(tempFolder(), 'workspace.sqlite'));
    migrate(db, [migration0010]);
    db.exec(`INSERT INTO case_file VALUES ('default', 'd', '', 'now');
      INSERT INTO plan VALUES ('p', 'default', 'n', x'00', zeroblob(32), x'00', x'00', 'now');
      INSERT INTO audit (id, plan_id, state, started_utc) VALUES ('a', 'p', 'paused', 'now');`);
    migrate(db, [migration0010, migration0020]);
    expect(db.prepare('SELECT state, waiting FROM audit').get()).toEqual({
      state: 'paused',
      waiting: null,
    });
    const strict = (db.pragma('table_list') as { name: string; strict: number }[]).filter(
      ({ name }) => ['segment', 'observed', 'raised_cap'].includes(name),
    );
    expect(strict.map((table) => table.strict)).toEqual([1, 1, 1]);
    const insert = (sql: string) => () => db.exec(sql);
    expect(insert("INSERT INTO segment VALUES ('a', 't', 1, x'00', x'00', 'now')")).toThrow(
      /CHECK/,
    );
    expect(insert("INSERT INTO observed (attempt_id) VALUES ('nobody')")).toThrow(/FOREIGN KEY/);
    db.close();
  });
});
