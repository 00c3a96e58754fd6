import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vaultStore } from '#core/db/vault-store.ts';
import type { KeyFile } from '#core/security/key-file.ts';
import {
  addTargets,
  exportAndVerify,
  type Member,
  planText,
  runAudit,
} from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { type ChatServer, chatServer } from '../../helpers/chat-server.ts';
import { memoryKeychain } from '../../helpers/keychain.ts';
import {
  copyWorkspace,
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  PASSPHRASE,
  ROOT,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

const PANEL: readonly Member[] = [
  { name: 'suspect', role: 'suspect', draft: { key: 'main' } },
  { name: 'control-1', role: 'control' },
];
const KEY = 'sk-0123456789abcdef';
const keychain = memoryKeychain();
let core: OpenCore;
let server: ChatServer;
let auditId: string;
/** Closed, under key 1, after a whole audit. */
let original: string;

const keysOf = (folder: string): KeyFile =>
  JSON.parse(readFileSync(join(folder, 'workspace.keys.json'), 'utf8')) as KeyFile;
const databaseOf = (folder: string): string => join(folder, 'workspace.sqlite');

/** Every cell of the database: its table, column, and the number of the key it is under. */
const cellsIn = (folder: string): { place: string; keyId: number }[] =>
  withDatabase(databaseOf(folder), (db) => {
    const store = vaultStore(db);
    return store.cellColumns().flatMap((column) =>
      [...store.pages(column)].flat().map(({ cell }) => ({
        place: `${column.table}.${column.column}`,
        keyId: cell.readUInt32BE(1),
      })),
    );
  });

/** Everything in the database that looks like a cell under a key, whatever its column is called. */
const blobsUnder = (folder: string, keyId: number): string[] =>
  withDatabase(databaseOf(folder), (db) => {
    const header = Buffer.from([1, 0, 0, 0, keyId]);
    const tables = db
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all();
    return tables.flatMap((table) => {
      const rows = db.prepare<[], Record<string, unknown>>(`SELECT * FROM "${table}"`).all();
      return rows.flatMap((row) =>
        Object.entries(row)
          .filter(([, value]) => Buffer.isBuffer(value) && value.subarray(0, 5).equals(header))
          .map(([column]) => `${table}.${column}`),
      );
    });
  });

async function expectWhole(folder: string, keyId: number): Promise<void> {
  const again = await openWorkspace(folder, { ports: { keychain } });
  try {
    const { ok, problems } = await again.client.call('custody.verify', {});
    expect(problems).toEqual([]);
    expect(ok).toBe(true);
    expect((await again.client.call('vault.status', {})).keyId).toBe(keyId);
    const verified = await exportAndVerify(again.client, auditId);
    expect(verified.failed).toEqual([]);
  } finally {
    await again.close();
  }
  expect(keysOf(folder)).toMatchObject({ keyId });
  expect(keysOf(folder)).not.toHaveProperty('next');
  expect(new Set(cellsIn(folder).map((one) => one.keyId))).toEqual(new Set([keyId]));
}

beforeAll(async () => {
  server = await chatServer(({ time }) => (time % 2 === 1 ? 'one answer' : 'another'));
  core = await newWorkspace({ ports: { keychain } });
  await core.client.call('secret.set', { name: 'main', value: KEY });
  await addTargets(core.client, server.baseUrl, PANEL);
  const number = await addRegistry(core.client, drawnCanaries('R', 6, 64), { heldOut: 0.2 });
  const plan = planText({ panel: PANEL, registries: [{ number }], rule: 'fixed' });
  const ran = await runAudit(core.client, plan);
  auditId = ran.auditId;
  await core.client.call('workspace.lock', {});
  original = core.folder;
}, 60_000);
afterAll(async () => {
  await core.close();
  await server.close();
  removeTempFolders();
});

describe('the cells of the schema', () => {
  it('are all known: a new column is found by its name, and a column of cells under another name fails here', () => {
    const places = new Set(cellsIn(original).map(({ place }) => place));
    for (const place of [
      'secret.value_cell',
      'signing_key.pkcs8_cell',
      'canary.draft_cell',
      'registry_leaf.record_cell',
      'registry_leaf.salt_cell',
      'registry_leaf.key_cell',
      'registry_leaf.draw_cell',
      'attempt.request_cell',
      'response.facts_cell',
      'body_chunk.cell',
    ])
      expect(places).toContain(place);
    expect(new Set(blobsUnder(original, 1))).toEqual(places);
  });

  it('include a table that nobody has thought of yet, its hash and its append-only trigger', async () => {
    const folder = copyWorkspace(original);
    withDatabase(databaseOf(folder), (db) =>
      db.exec(`CREATE TABLE later (a TEXT, b INTEGER, note_cell BLOB, note_sha256 BLOB, PRIMARY KEY (a, b)) STRICT;
        CREATE TRIGGER later_fixed BEFORE UPDATE ON later BEGIN SELECT RAISE(ABORT, 'append-only'); END;`),
    );
    const again = await openWorkspace(folder);
    await again.client.call('workspace.lock', {});
    const child = spawnSync(process.execPath, [join(ROOT, 'test/helpers/later-cell.ts'), folder], {
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    expect(child.stdout.trim()).toBe('rotated and read back');
    expect(new Set(cellsIn(folder).map((one) => `${one.keyId}`))).toEqual(new Set(['2']));
    expect(() =>
      withDatabase(databaseOf(folder), (db) => db.exec('UPDATE later SET b = 2')),
    ).toThrow(/append-only/);
    await again.close();
  });

  it('in a table whose rows cannot be told apart are refused, not forgotten', () => {
    const folder = copyWorkspace(original);
    withDatabase(databaseOf(folder), (db) => {
      db.exec('CREATE TABLE loose (x_cell BLOB) STRICT');
      expect(() => vaultStore(db).cellColumns()).toThrow(/The table loose cannot be given/);
    });
  });
});

describe('a rotation', () => {
  it('rewrites every cell, revokes the recovery code, renews the keychain, and changes no commitment', async () => {
    const folder = copyWorkspace(original);
    const again = await openWorkspace(folder, { ports: { keychain } });
    const { client } = again;
    const { code } = await client.call('vault.createRecovery', { passphrase: PASSPHRASE });
    await client.call('vault.enableKeychain', { passphrase: PASSPHRASE });
    const [former] = keychain.entries.keys();
    const before = await client.call('evidence.get', { auditId });
    const kept = readFileSync(join(folder, 'workspace.keys.json'), 'utf8');
    const oldCells = withDatabase(databaseOf(folder), (db) => {
      const store = vaultStore(db);
      return store.cellColumns().flatMap((column) => [...store.pages(column)].flat());
    });
    const denied = await failureOf(again, 'vault.rotate', { passphrase: 'not the passphrase' });
    expect(denied.code).toBe('WRONG_PASSPHRASE');

    const rotating = client.call('vault.rotate', { passphrase: PASSPHRASE });
    expect(await rotating).toMatchObject({
      keyId: 2,
      cells: oldCells.length,
      recovery: 'revoked',
      keychain: 'renewed',
      cleaned: true,
    });
    expect([...keychain.entries.keys()]).toHaveLength(1);
    expect(keychain.entries.has(former ?? '')).toBe(false);
    expect(await client.call('evidence.get', { auditId })).toEqual(before);
    const [event] = (await client.call('custody.list', { kind: 'key.rotated' })).events;
    expect(event?.data).toMatchObject({ from: 1, to: 2, cells: oldCells.length });
    // The record says which fingerprint of the API key became which.
    expect(event?.data.fingerprints).toEqual([
      expect.stringMatching(/^main [0-9a-f]{64} [0-9a-f]{64}$/),
    ]);
    await client.call('workspace.lock', {});

    const bytes = readFileSync(databaseOf(folder));
    for (const { cell } of oldCells) expect(bytes.includes(cell.subarray(5, 37))).toBe(false);
    expect(blobsUnder(folder, 1)).toEqual([]);
    for (const slot of (JSON.parse(kept) as KeyFile).slots)
      expect(readFileSync(again.keysFile, 'utf8')).not.toContain(slot.wrapped);
    expect((await failureOf(again, 'vault.unlockWithRecovery', { code })).code).toBe(
      'WRONG_PASSPHRASE',
    );
    expect((await client.call('vault.unlockWithKeychain', {})).state).toBe('unlocked');
    await again.close();
    await expectWhole(folder, 2);
  }, 60_000);

  it('asks for patience while it works, and every later call finds the new key', async () => {
    const folder = copyWorkspace(original);
    const again = await openWorkspace(folder);
    const rotating = again.client.call('vault.rotate', { passphrase: PASSPHRASE });
    let sawProgress = false;
    let refused = false;
    let isDone = false;
    void rotating.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await nextTurn();
      const { rotation } = await again.client.call('vault.status', {});
      if (rotation === null) continue;
      sawProgress = true;
      const answer = await again.dispatch('secret.set', { name: 'late', value: 'too-late' });
      refused ||= !answer.ok && answer.error.code === 'WORKSPACE_BUSY';
    }
    await rotating;
    expect(sawProgress).toBe(true);
    expect(refused).toBe(true);
    await again.client.call('secret.set', { name: 'after', value: 'in-time' });
    await again.close();
    await expectWhole(folder, 2);
  }, 60_000);

  it('in another process leaves this one unable to write under the former key', async () => {
    const folder = copyWorkspace(original);
    const one = await openWorkspace(folder);
    const other = await openWorkspace(folder);
    await one.client.call('vault.rotate', { passphrase: PASSPHRASE });
    const late = await failureOf(other, 'secret.set', { name: 'late', value: 'lost-for-ever' });
    expect(late.code).toBe('WORKSPACE_LOCKED');
    expect(late.message).toMatch(/key of the workspace was changed/);
    await other.close();
    await one.close();
    await expectWhole(folder, 2);
  }, 60_000);

  it('does not undo a passphrase that another process changed while it prepared', async () => {
    const folder = copyWorkspace(original);
    const entries = memoryKeychain();
    const other = await openWorkspace(folder, { ports: { keychain: entries } });
    await other.client.call('vault.enableKeychain', { passphrase: PASSPHRASE });
    const passphrase = 'changed in the middle of it';
    const one = await openWorkspace(folder, {
      ports: {
        keychain: {
          ...entries,
          store: async (account, secret) => {
            await other.client.call('vault.changePassphrase', {
              passphrase: PASSPHRASE,
              newPassphrase: passphrase,
            });
            await entries.store(account, secret);
          },
        },
      },
    });
    const failure = await failureOf(one, 'vault.rotate', { passphrase: PASSPHRASE });
    expect(failure.code).toBe('CONFLICT');
    expect(entries.entries.size).toBe(1);
    await one.client.call('workspace.lock', {});
    await one.client.call('workspace.unlock', { passphrase });
    await one.close();
    await other.close();
    expect(keysOf(folder)).toMatchObject({ keyId: 1 });
  }, 60_000);

  it('that meets a damaged cell changes nothing', async () => {
    const folder = copyWorkspace(original);
    withDatabase(databaseOf(folder), (db) =>
      db.exec('UPDATE body_chunk SET sha256 = zeroblob(32) WHERE rowid = 1'),
    );
    const again = await openWorkspace(folder);
    const failed = await failureOf(again, 'vault.rotate', { passphrase: PASSPHRASE });
    expect(failed.code).toBe('INTEGRITY');
    expect(failed.message).toMatch(/body_chunk\.cell.*the key was not changed/);
    expect(await again.client.call('vault.status', {})).toMatchObject({ keyId: 1, rotation: null });
    await again.client.call('secret.set', { name: 'after', value: 'works-on' });
    await again.close();
    expect(keysOf(folder)).not.toHaveProperty('next');
    expect(new Set(cellsIn(folder).map(({ keyId }) => keyId))).toEqual(new Set([1]));
  }, 60_000);

  it.each([
    ['wrapped', 1],
    ['encrypting', 1],
    ['encrypted', 1],
    ['committed', 2],
    ['swapped', 2],
  ] as const)(
    'killed when it is %s opens with key %i, whole',
    async (step, keyId) => {
      const folder = copyWorkspace(original);
      const child = spawnSync(
        process.execPath,
        [join(ROOT, 'test/helpers/rotate-child.ts'), folder, step],
        { encoding: 'utf8' },
      );
      expect([child.signal, child.stderr]).toEqual(['SIGKILL', '']);
      expect('next' in keysOf(folder)).toBe(step !== 'swapped');
      await expectWhole(folder, keyId);
      if (keyId === 2) expect(blobsUnder(folder, 1)).toEqual([]);
    },
    60_000,
  );
});
