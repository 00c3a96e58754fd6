import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { custodyLineBytes, custodyLineSchema } from '#shared/evidence/custody.ts';
import { addTargets, planText, runAudit } from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import {
  copyWorkspace,
  coreOn,
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  PASSPHRASE,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

let folder = '';
/** Events that the signed checkpoint covers. */
let size = 0;

beforeAll(async () => {
  const core = await newWorkspace();
  const number = await addRegistry(core.client, drawnCanaries('C', 3, 64), { heldOut: 0 });
  const server = await chatServer(() => 'an answer of some length');
  const panel = [{ name: 'suspect', role: 'suspect' as const, draft: { key: 'main' } }];
  await core.client.call('secret.set', { name: 'main', value: 'sk-1' });
  await addTargets(core.client, server.baseUrl, panel);
  await runAudit(core.client, planText({ panel, registries: [{ number }] }));
  await server.close();
  const verified = await core.client.call('custody.verify', {});
  expect(verified).toMatchObject({ ok: true, checkpoints: 1 });
  folder = core.folder;
  await core.close();
  const probe = await openWorkspace(copyWorkspace(folder));
  size = withDatabase(probe.database, (db) =>
    Number(db.prepare('SELECT size FROM checkpoint').pluck().get()),
  );
  await probe.close();
});
afterAll(removeTempFolders);

const TRIGGERS = ['custody_no_update', 'custody_no_delete', 'custody_in_order'];
const hash = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** An open copy of the workspace; `change` happens behind its back. */
async function problemsAfter(change: (db: Database.Database) => void): Promise<readonly string[]> {
  const core = await openWorkspace(copyWorkspace(folder));
  try {
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
    withDatabase(core.database, change);
    const { ok, problems } = await core.client.call('custody.verify', {});
    expect(ok).toBe(problems.length === 0);
    return problems;
  } finally {
    await core.close().catch(() => {});
  }
}

const withoutTriggers = (db: Database.Database): void => {
  db.pragma('foreign_keys = OFF');
  for (const trigger of TRIGGERS) db.exec(`DROP TRIGGER ${trigger}`);
};
const lineAt = (db: Database.Database, seq: number): Buffer =>
  db.prepare('SELECT line FROM custody_event WHERE seq = ?').pluck().get(seq) as Buffer;
const edited = (line: Buffer): Buffer =>
  Buffer.from(line.toString('utf8').replace(/"at":"20(\d\d)/, '"at":"19$1'));

describe('the custody log', () => {
  it('refuses update, delete, replace and a gap', async () => {
    const core = await openWorkspace(copyWorkspace(folder));
    const attempt = (sql: string) => () =>
      withDatabase(core.database, (db) => db.prepare(sql).run());
    expect(attempt("UPDATE custody_event SET line = x'00' WHERE seq = 2")).toThrow(/append-only/);
    expect(attempt('DELETE FROM custody_event WHERE seq = 2')).toThrow(/append-only/);
    expect(attempt('DELETE FROM custody_event')).toThrow(/append-only/);
    const replace = `REPLACE INTO custody_event VALUES (2, x'00', x'${'00'.repeat(32)}')`;
    expect(attempt(replace)).toThrow(/no gaps/);
    const gap = `INSERT INTO custody_event VALUES (9999, x'00', x'${'00'.repeat(32)}')`;
    expect(attempt(gap)).toThrow(/no gaps/);
    const upsert = `INSERT INTO custody_event VALUES (2, x'00', x'${'00'.repeat(32)}')
      ON CONFLICT (seq) DO UPDATE SET line = excluded.line`;
    expect(attempt(upsert)).toThrow(/no gaps|append-only/);
    expect((await core.client.call('custody.verify', {})).ok).toBe(true);
    await core.close();
  });

  it('shows an edited line as a hash mismatch', async () => {
    const problems = await problemsAfter((db) => {
      withoutTriggers(db);
      db.prepare('UPDATE custody_event SET line = ? WHERE seq = 3').run(edited(lineAt(db, 3)));
    });
    expect(problems[0]).toBe('custody log: hash mismatch at event 3');
  });

  it('shows an edited line with its hash as a broken chain', async () => {
    const problems = await problemsAfter((db) => {
      withoutTriggers(db);
      const line = edited(lineAt(db, 3));
      db.prepare('UPDATE custody_event SET line = ?, hash = ? WHERE seq = 3').run(line, hash(line));
    });
    expect(problems[0]).toBe('custody log: chain broken at event 4');
  });

  it('shows a cut tail against the checkpoint, also at the next unlock', async () => {
    const cut = (db: Database.Database): void => {
      withoutTriggers(db);
      db.prepare('DELETE FROM custody_event WHERE seq > ?').run(size - 3);
    };
    const problems = await problemsAfter(cut);
    expect(problems).toContainEqual(
      expect.stringContaining(`log truncated: ${size - 3} < checkpoint ${size}`),
    );
    const copy = copyWorkspace(folder);
    withDatabase(`${copy}/workspace.sqlite`, cut);
    const core = coreOn(copy);
    const failure = await failureOf(core, 'workspace.unlock', { passphrase: PASSPHRASE });
    expect(failure.code).toBe('INTEGRITY');
    expect(failure.message).toContain('log truncated');
  });

  it('shows a chain that was rebuilt whole by the root of its checkpoint', async () => {
    const problems = await problemsAfter((db) => {
      withoutTriggers(db);
      const rows = db.prepare('SELECT seq, line FROM custody_event ORDER BY seq').all() as {
        seq: number;
        line: Buffer;
      }[];
      let prev = '0'.repeat(64);
      for (const { seq, line } of rows) {
        const parsed = custodyLineSchema.parse(JSON.parse(line.toString('utf8')));
        const actor = seq === 3 ? 'somebody-else' : parsed.actor;
        const again = custodyLineBytes({ ...parsed, actor, prev });
        const hashed = hash(again);
        prev = hashed.toString('hex');
        db.prepare('UPDATE custody_event SET line = ?, hash = ? WHERE seq = ?').run(
          again,
          hashed,
          seq,
        );
      }
    });
    expect(problems).toEqual([`checkpoint ${size}: checkpoint root differs`]);
  });

  it('shows a checkpoint that somebody else signed or changed', async () => {
    const problems = await problemsAfter((db) => {
      const stored = db.prepare('SELECT sigstore FROM checkpoint').pluck().get() as Buffer;
      const parsed = JSON.parse(stored.toString('utf8')) as {
        dsseEnvelope: { payload: string };
      };
      const payload = Buffer.from(parsed.dsseEnvelope.payload, 'base64').toString('utf8');
      parsed.dsseEnvelope.payload = Buffer.from(payload.replace(/"size":\d+/, '"size":1')).toString(
        'base64',
      );
      db.prepare('UPDATE checkpoint SET sigstore = ?').run(Buffer.from(JSON.stringify(parsed)));
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^checkpoint \d+: /);
  });
});

describe('stored cells', () => {
  const CELLS: readonly (readonly [table: string, column: string, named: RegExp])[] = [
    ['canary', 'draft_cell', /^canary C-/],
    ['registry_leaf', 'record_cell', /^record 1\//],
    ['registry_leaf', 'salt_cell', /^registry_leaf\.salt_cell 1\//],
    ['registry_leaf', 'key_cell', /^registry_leaf\.key_cell 1\//],
    ['registry_leaf', 'draw_cell', /^registry_leaf\.draw_cell 1\//],
    ['registry', 'registration', /^registration 1/],
    ['plan', 'yaml', /^plan /],
    ['attempt', 'request_cell', /^request /],
    ['response', 'facts_cell', /^response /],
    ['body_chunk', 'cell', /^body /],
    ['secret', 'value_cell', /^secret\.value_cell main/],
  ];

  it.each(CELLS)('a flipped byte in %s.%s is found and named', async (table, column, named) => {
    const problems = await problemsAfter((db) => {
      const row = db
        .prepare(`SELECT rowid AS id, ${column} AS cell FROM ${table} LIMIT 1`)
        .get() as {
        id: number;
        cell: Buffer;
      };
      const at = Math.floor(row.cell.length / 2);
      row.cell[at] = (row.cell[at] ?? 0) ^ 0x10;
      db.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(row.cell, row.id);
    });
    expect(problems.some((problem) => named.test(problem))).toBe(true);
  });

  it('a body that is missing, or was swapped with its hash, is found by the commitment in the log', async () => {
    const missing = await problemsAfter((db) => {
      db.exec('DELETE FROM body_chunk WHERE rowid = (SELECT min(rowid) FROM body_chunk)');
    });
    expect(missing).toEqual([expect.stringMatching(/^exchange .*damaged$/)]);
    const swapped = await problemsAfter((db) => {
      const rows = db.prepare('SELECT rowid AS id, cell, sha256 FROM body_chunk LIMIT 2').all() as {
        id: number;
        cell: Buffer;
        sha256: Buffer;
      }[];
      const [a, b] = rows;
      if (!a || !b) throw new Error('two bodies are needed');
      const set = db.prepare('UPDATE body_chunk SET cell = ?, sha256 = ? WHERE rowid = ?');
      set.run(b.cell, b.sha256, a.id);
      set.run(a.cell, a.sha256, b.id);
    });
    expect(swapped).toHaveLength(2);
  });
});

describe('the key file', () => {
  const unlockAfter = async (change: (keysFile: string) => void) => {
    const core = coreOn(copyWorkspace(folder));
    change(core.keysFile);
    const failure = await failureOf(core, 'workspace.unlock', { passphrase: PASSPHRASE });
    await core.close();
    return failure;
  };

  it('that is missing, cut, not JSON or has a short salt is a clear INTEGRITY error', async () => {
    const missing = await unlockAfter((file) => rmSync(file));
    expect(missing).toMatchObject({ code: 'INTEGRITY' });
    expect(missing.message).toMatch(/workspace\.keys\.json is missing/);
    const damaged = [
      '',
      '{',
      'null',
      '{"v":1,"keyId":1,"slots":[]}',
      JSON.stringify({
        v: 1,
        keyId: 1,
        slots: [
          {
            type: 'passphrase',
            kdf: 'argon2id',
            m: 65536,
            t: 3,
            p: 4,
            salt: 'AAAA',
            check: '00'.repeat(16),
            wrapped: 'A'.repeat(80),
          },
        ],
      }),
    ];
    for (const content of damaged) {
      const failure = await unlockAfter((file) => writeFileSync(file, content));
      expect(failure.code).toBe('INTEGRITY');
      expect(failure.message).toMatch(/workspace\.keys\.json is damaged/);
    }
  });

  it('answers a wrong passphrase with its own code, and a lock closes everything', async () => {
    const core: OpenCore = coreOn(copyWorkspace(folder));
    const wrong = await failureOf(core, 'workspace.unlock', { passphrase: 'not this one' });
    expect(wrong.code).toBe('WRONG_PASSPHRASE');
    await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
    await core.client.call('canary.reveal', { id: 'C-001' });
    await core.client.call('workspace.lock', {});
    for (const [name, input] of [
      ['canary.reveal', { id: 'C-001' }],
      ['canary.list', {}],
      ['secret.list', {}],
      ['custody.verify', {}],
      ['key.show', {}],
    ] as const)
      expect((await failureOf(core, name, input)).code).toBe('WORKSPACE_LOCKED');
    expect(await core.client.call('workspace.status', {})).toMatchObject({
      state: 'locked',
      counts: null,
      keyid: null,
    });
    await core.close();
  });
});
