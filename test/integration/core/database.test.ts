import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  APPLICATION_ID,
  closeDatabase,
  createDatabase,
  openDatabase,
  PRAGMAS,
} from '#core/db/open.ts';
import {
  coreOn,
  failureOf,
  newWorkspace,
  openWorkspace,
  PASSPHRASE,
  removeTempFolders,
  tempFolder,
  withDatabase,
} from '../../helpers/workspace.ts';

let folder = '';
beforeAll(async () => {
  const core = await newWorkspace();
  folder = core.folder;
  await core.close();
});
afterAll(removeTempFolders);

/** A workspace folder with another database in it. */
function folderWith(write: (database: string) => void): string {
  const copy = join(tempFolder(), 'workspace');
  mkdirSync(copy);
  copyFileSync(join(folder, 'workspace.keys.json'), join(copy, 'workspace.keys.json'));
  write(join(copy, 'workspace.sqlite'));
  return copy;
}

const hashOfFile = (file: string): string =>
  createHash('sha256').update(readFileSync(file)).digest('hex');

/** Unlocks, expects a failure and bytes as they were, and returns it. */
async function refused(at: string): Promise<{ code: string; message: string }> {
  const database = join(at, 'workspace.sqlite');
  const before = hashOfFile(database);
  const core = coreOn(at);
  const failure = await failureOf(core, 'workspace.unlock', { passphrase: PASSPHRASE });
  await core.close();
  expect(hashOfFile(database)).toBe(before);
  expect(readdirSync(at).sort()).toEqual(['workspace.keys.json', 'workspace.sqlite']);
  return failure;
}

describe('the database', () => {
  it('reads back every pragma of EVIDENCE section 7 after create and after reopen', () => {
    const file = join(tempFolder(), 'workspace.sqlite');
    const expected = {
      journal_mode: 'wal',
      synchronous: 2,
      fullfsync: 1,
      checkpoint_fullfsync: 1,
      foreign_keys: 1,
      secure_delete: 1,
      temp_store: 2,
      trusted_schema: 0,
      cell_size_check: 1,
      busy_timeout: 5000,
    };
    expect(Object.fromEntries(PRAGMAS.map(([name, , read]) => [name, read]))).toEqual(expected);
    const readBack = (db: Database.Database) =>
      Object.fromEntries(
        Object.keys(expected).map((name) => [name, db.pragma(name, { simple: true })]),
      );
    const made = createDatabase(file);
    expect(readBack(made)).toEqual(expected);
    // better-sqlite3 drops to NORMAL at the first write unless told.
    made.exec("INSERT INTO case_file VALUES ('a', 'b', '', 'now')");
    expect(made.pragma('synchronous', { simple: true })).toBe(2);
    expect(made.pragma('page_size', { simple: true })).toBe(8192);
    expect(made.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    closeDatabase(made);
    const again = openDatabase(file);
    expect(readBack(again)).toEqual(expected);
    again.exec("INSERT INTO case_file VALUES ('c', 'd', '', 'now')");
    expect(again.pragma('synchronous', { simple: true })).toBe(2);
    expect(again.pragma('page_size', { simple: true })).toBe(8192);
    closeDatabase(again);
    // "TRPS" stands in the header, where `file` and a person with a hex viewer find it.
    expect(readFileSync(file).subarray(68, 72).toString('latin1')).toBe('TRPS');
  });

  it('is readable by its owner only, and leaves no write-ahead log behind when locked', () => {
    expect(statSync(join(folder, 'workspace.sqlite')).mode & 0o077).toBe(0);
    expect(statSync(join(folder, 'workspace.keys.json')).mode & 0o077).toBe(0);
    expect(statSync(folder).mode & 0o077).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['workspace.keys.json', 'workspace.sqlite']);
  });

  it('refuses a zero-length file', async () => {
    const failure = await refused(folderWith((file) => writeFileSync(file, '')));
    expect(failure).toMatchObject({ code: 'INTEGRITY' });
    expect(failure.message).toMatch(/empty or not a workspace/);
  });

  it('refuses another program’s SQLite file', async () => {
    const other = await refused(
      folderWith((file) => {
        const db = new Database(file);
        db.exec('CREATE TABLE theirs (a)');
        db.pragma('application_id = 7');
        db.close();
      }),
    );
    expect(other.code).toBe('INTEGRITY');
    expect(other.message).toMatch(/another program/);
    const plain = await refused(
      folderWith((file) => {
        const db = new Database(file);
        db.exec('CREATE TABLE theirs (a)');
        db.close();
      }),
    );
    expect(plain.message).toMatch(/empty or not a workspace/);
  });

  it('refuses a file that is no database, and one that is cut', async () => {
    const text = await refused(folderWith((file) => writeFileSync(file, 'x'.repeat(5000))));
    expect(text).toMatchObject({ code: 'INTEGRITY' });
    expect(text.message).toMatch(/SQLITE_NOTADB/);
    const cut = await refused(
      folderWith((file) => {
        copyFileSync(join(folder, 'workspace.sqlite'), file);
        truncateSync(file, Math.floor(statSync(file).size / 8192 / 2) * 8192 + 100);
      }),
    );
    expect(cut.code).toBe('INTEGRITY');
    expect(cut.message).toMatch(/cannot be trusted/);
  });

  it('refuses a database from the future and leaves it alone', async () => {
    const failure = await refused(
      folderWith((file) => {
        copyFileSync(join(folder, 'workspace.sqlite'), file);
        withDatabase(file, (db) => db.pragma('user_version = 999'));
      }),
    );
    expect(failure.code).toBe('WORKSPACE_TOO_NEW');
    expect(failure.message).toMatch(/schema 999/);
    expect(failure.message).toMatch(/nothing was changed/);
  });

  it('names the file that is missing', async () => {
    const copy = join(tempFolder(), 'workspace');
    mkdirSync(copy);
    copyFileSync(join(folder, 'workspace.keys.json'), join(copy, 'workspace.keys.json'));
    const core = coreOn(copy);
    const failure = await failureOf(core, 'workspace.unlock', { passphrase: PASSPHRASE });
    expect(failure.code).toBe('INTEGRITY');
    expect(failure.message).toMatch(/workspace\.sqlite is missing/);
    const empty = coreOn(join(tempFolder(), 'nothing'));
    expect((await failureOf(empty, 'workspace.unlock', { passphrase: PASSPHRASE })).code).toBe(
      'WORKSPACE_ABSENT',
    );
  });

  it('is opened by several processes at once, and by one that asks twice', async () => {
    const a = await openWorkspace(folder);
    const b = await openWorkspace(folder);
    await a.client.call('case.create', { id: 'from-a', name: 'A' });
    await b.client.call('case.create', { id: 'from-b', name: 'B' });
    const { cases } = await a.client.call('case.list', {});
    expect(cases.map((one) => one.id)).toEqual(['default', 'from-a', 'from-b']);
    await a.close();
    await b.close();
    const twice = coreOn(folder);
    await Promise.all([
      twice.client.call('workspace.unlock', { passphrase: PASSPHRASE }),
      twice.client.call('workspace.unlock', { passphrase: PASSPHRASE }),
    ]);
    await twice.close();
    expect(readdirSync(folder).sort()).toEqual(['workspace.keys.json', 'workspace.sqlite']);
  });

  it('that cannot be made leaves nothing behind, and can be made once the trouble is gone', async () => {
    const at = join(tempFolder(), 'workspace');
    // A folder where the write-ahead log belongs.
    mkdirSync(join(at, 'workspace.sqlite-wal'), { recursive: true });
    const core = coreOn(at);
    const input = { name: 'Second try', passphrase: PASSPHRASE };
    expect((await failureOf(core, 'workspace.create', input)).code).toMatch(/INTERNAL|INTEGRITY/);
    expect(readdirSync(at)).toEqual(['workspace.sqlite-wal']);
    rmdirSync(join(at, 'workspace.sqlite-wal'));
    await core.client.call('workspace.create', input);
    for (const file of readdirSync(at)) expect(statSync(join(at, file)).mode & 0o077).toBe(0);
    expect(readdirSync(at)).toContain('workspace.sqlite-wal');
    await core.close();
  });

  it('is made once by two processes at the same moment', async () => {
    const at = join(tempFolder(), 'workspace');
    const [a, b] = [coreOn(at), coreOn(at)];
    const answers = await Promise.all([
      a.dispatch('workspace.create', { name: 'A', passphrase: 'passphrase of a' }),
      b.dispatch('workspace.create', { name: 'B', passphrase: 'passphrase of b' }),
    ]);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    await a.close();
    await b.close();
    const winner = answers[0]?.ok ? 'a' : 'b';
    const again = coreOn(at);
    await again.client.call('workspace.unlock', { passphrase: `passphrase of ${winner}` });
    expect((await again.client.call('custody.verify', {})).ok).toBe(true);
    await again.close();
  });

  it('is made once by two calls at the same moment, and opens with its passphrase', async () => {
    const at = join(tempFolder(), 'workspace');
    const core = coreOn(at);
    const input = { name: 'Twice', passphrase: PASSPHRASE };
    const answers = await Promise.all([
      core.dispatch('workspace.create', input),
      core.dispatch('workspace.create', { ...input, passphrase: 'another passphrase' }),
    ]);
    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.error.code))).toEqual([
      'ok',
      'WORKSPACE_EXISTS',
    ]);
    await core.close();
    const again = await openWorkspace(at);
    expect((await again.client.call('custody.verify', {})).ok).toBe(true);
    await again.close();
  });
});
