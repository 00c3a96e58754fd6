import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDatabase, createDatabase } from '#core/db/open.ts';
import { removeTempFolders, tempFolder } from '../helpers/workspace.ts';

afterAll(removeTempFolders);

describe('migration 0090', () => {
  it('keeps a re-scoring only of an audit that exists', () => {
    const db = createDatabase(join(tempFolder(), 'workspace.sqlite'));
    expect(() => db.exec("INSERT INTO rescore VALUES ('a', 'no audit', '{}', 'now')")).toThrow(
      /FOREIGN KEY/,
    );
    closeDatabase(db);
  });
});
