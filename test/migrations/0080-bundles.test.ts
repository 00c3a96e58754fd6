import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { migration0080 } from '#core/db/migrations/0080-bundles.ts';
import { closeDatabase, createDatabase } from '#core/db/open.ts';
import { removeTempFolders, tempFolder } from '../helpers/workspace.ts';

afterAll(removeTempFolders);

describe('migration 0080', () => {
  it('calls older bundles internal, and takes no profile that does not exist', () => {
    const db = createDatabase(join(tempFolder(), 'workspace.sqlite'));
    db.pragma('foreign_keys = OFF');
    db.exec('DROP TABLE bundle');
    db.exec(
      'CREATE TABLE bundle (id TEXT PRIMARY KEY, audit_id TEXT NOT NULL, path TEXT NOT NULL, files INTEGER NOT NULL, manifest_sha256 TEXT NOT NULL, created_utc TEXT NOT NULL) STRICT',
    );
    db.exec("INSERT INTO bundle VALUES ('b', 'a', '/x', 3, '00', 'now')");
    db.exec(migration0080.sql);
    expect(db.prepare('SELECT profile, report_id FROM bundle').get()).toEqual({
      profile: 'internal',
      report_id: null,
    });
    expect(() => db.exec("UPDATE bundle SET profile = 'secret'")).toThrow(/CHECK/);
    closeDatabase(db);
  });
});
