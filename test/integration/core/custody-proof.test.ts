import { afterAll, describe, expect, it } from 'vitest';
import { fromHex } from '#shared/evidence/bytes.ts';
import { CUSTODY_KINDS } from '#shared/evidence/custody.ts';
import { verifyConsistency } from '#shared/evidence/merkle.ts';
import { closeAfterEach } from '../../helpers/closing.ts';
import { makeAuthority, serveAuthority } from '../../helpers/timestamp-authority.ts';
import {
  copyWorkspace,
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

const closeLater = closeAfterEach();
afterAll(removeTempFolders);

const DAY_MS = 86_400_000;
let aheadMs = 0;
const clock = {
  nowMs: () => Date.now() + aheadMs,
  monotonicNs: () => process.hrtime.bigint(),
};

async function keep(core: OpenCore): Promise<OpenCore> {
  closeLater(() => core.close());
  return core;
}
const checkpoints = async (core: OpenCore) =>
  (await core.client.call('stamp.list', { kind: 'checkpoint' })).items;

describe('a checkpoint a day', () => {
  it('is made at unlock, once the last one is older, and proves that it continues it', async () => {
    aheadMs = 0;
    const made = await newWorkspace({ ports: { clock } });
    expect(await checkpoints(made)).toEqual([]);
    await made.close();
    const again = await openWorkspace(made.folder, { ports: { clock } });
    expect(await checkpoints(again)).toEqual([]);
    await again.close();
    for (const days of [1, 2, 3]) {
      aheadMs = days * DAY_MS + 60_000;
      const core = await openWorkspace(made.folder, { ports: { clock } });
      expect(await checkpoints(core)).toHaveLength(days);
      await core.close();
      const soon = await openWorkspace(made.folder, { ports: { clock } });
      expect(await checkpoints(soon)).toHaveLength(days);
      await soon.close();
    }
    const core = await keep(await openWorkspace(made.folder, { ports: { clock } }));
    expect(await core.client.call('custody.verify', {})).toMatchObject({
      ok: true,
      checkpoints: 3,
      consistencyProofs: 2,
      stampedCheckpoints: 0,
      keys: 1,
    });
    const sizes = (await checkpoints(core)).map(({ subject }) => Number(subject));
    const [first = 0, , last = 0] = sizes;
    const proof = await core.client.call('custody.proof', { first });
    expect(proof.second).toBe(last);
    const given = {
      first: proof.first,
      second: proof.second,
      firstRoot: fromHex(proof.firstRoot),
      secondRoot: fromHex(proof.secondRoot),
      proof: proof.proof.map(fromHex),
    };
    expect(verifyConsistency(given)).toBe(true);
    expect(verifyConsistency({ ...given, firstRoot: given.secondRoot })).toBe(false);
    for (const wrong of [{ first: first + 1 }, { first: last, second: first }])
      expect((await failureOf(core, 'custody.proof', wrong)).code).toBe('NOT_FOUND');
  });

  it('is stamped, and a slow authority does not keep the workspace closed', async () => {
    aheadMs = 0;
    const authority = makeAuthority('ec');
    const server = await serveAuthority(authority);
    closeLater(server.close);
    const made = await newWorkspace();
    const { url } = server;
    await made.client.call('authority.add', {
      name: 'tsa',
      url,
      rootsPem: authority.rootPem,
      allowPrivate: true,
      allowHttp: true,
    });
    await made.close();
    // The workspace looks a day older than it is, so that the clock itself stays right.
    withDatabase(made.database, (db) =>
      db
        .prepare('UPDATE workspace SET created_utc = ?')
        .run(new Date(Date.now() - 2 * DAY_MS).toISOString()),
    );
    const core = await keep(await openWorkspace(made.folder));
    expect((await checkpoints(core))[0]?.state).toBe('stamped');
    const check = await core.client.call('custody.verify', {});
    expect(check).toMatchObject({ ok: true, stampedCheckpoints: 1, stamps: 1 });
  });

  it('says in the log when no key may sign it', async () => {
    aheadMs = 0;
    const made = await newWorkspace({ ports: { clock } });
    await made.client.call('key.rotate', {
      expiresUtc: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await made.close();
    aheadMs = 2 * DAY_MS;
    const core = await keep(await openWorkspace(made.folder, { ports: { clock } }));
    const { events } = await core.client.call('custody.list', { kind: 'custody.unsigned' });
    expect(events[0]?.data).toEqual({ reason: 'CONFLICT' });
    aheadMs = 0;
  });
});

describe('the list', () => {
  it('filters by kind, time and text, and knows every kind it shows', async () => {
    const core = await keep(await newWorkspace());
    await core.client.call('secret.set', { name: 'needle', value: 'sk-1' });
    await core.client.call('secret.set', { name: 'other', value: 'sk-2' });
    const all = await core.client.call('custody.list', {});
    for (const { kind } of all.events) expect(Object.keys(CUSTODY_KINDS)).toContain(kind);
    const found = await core.client.call('custody.list', { text: 'NEEDLE' });
    expect(found).toMatchObject({ total: 1, size: all.size });
    expect(found.events[0]?.data).toEqual({ name: 'needle' });
    const byHash = await core.client.call('custody.list', { text: all.events[1]?.hash ?? '' });
    expect(byHash.events[0]?.seq).toBe(all.events[0]?.seq);
    const at = found.events[0]?.at ?? '';
    expect(
      (await core.client.call('custody.list', { from: at })).events.map(({ seq }) => seq),
    ).toContain(found.events[0]?.seq);
    expect(
      (await core.client.call('custody.list', { to: at })).events.map(({ seq }) => seq),
    ).not.toContain(found.events[0]?.seq);
    expect((await core.client.call('custody.list', { from: '2999-01-01' })).total).toBe(0);
    expect((await core.client.call('custody.list', { kind: 'secret', text: '%' })).total).toBe(0);
    expect((await failureOf(core, 'custody.list', { from: 'yesterday' })).code).toBe('BAD_INPUT');
  });

  it('shows that another version of the program came', async () => {
    const made = await newWorkspace();
    await made.close();
    const runtime = {
      ...(await import('../../../electron/hosts/common/node-ports.ts')).nodePorts({
        workspace: made.folder,
        resources: 'resources',
        host: 'cli',
        version: '9.9.9-test',
        verbose: false,
      }).runtime,
    };
    const core = await keep(await openWorkspace(made.folder, { ports: { runtime } }));
    const { events } = await core.client.call('custody.list', { kind: 'tool.upgraded' });
    expect(events[0]?.data).toEqual({ from: '0.0.0-test', version: '9.9.9-test' });
    expect((await core.client.call('custody.list', { kind: 'db.migrated' })).total).toBe(0);
  });
});

describe('verify-all', () => {
  it('finds a stamp that was changed, a stamp moved, and a key statement that was swapped', async () => {
    const authority = makeAuthority('ec');
    const server = await serveAuthority(authority);
    closeLater(server.close);
    const made = await newWorkspace();
    await made.client.call('authority.add', {
      name: 'tsa',
      url: server.url,
      rootsPem: authority.rootPem,
      allowPrivate: true,
      allowHttp: true,
    });
    await made.client.call('stamp.add', { kind: 'key' });
    await made.client.call('key.rotate', {});
    expect((await made.client.call('custody.verify', {})).problems).toEqual([]);
    expect(() =>
      withDatabase(made.database, (db) => db.exec("UPDATE stamp SET subject = 'x'")),
    ).toThrow(/append-only/);
    await made.close();
    const changes: readonly (readonly [string, RegExp])[] = [
      [
        "UPDATE stamp SET facts = replace(facts, '20', '19') WHERE id = 1",
        /stamp 1: it is not what was received/,
      ],
      ['UPDATE stamp SET tsr = substr(tsr, 1, 100) WHERE id = 1', /stamp 1: .*cut short/],
      ["UPDATE stamp SET data = x'00' WHERE id = 2", /stamp 2: the time stamp is about other data/],
      [
        'UPDATE key_statement SET sigstore = (SELECT sigstore FROM key_statement ORDER BY rowid LIMIT 1)',
        /signing keys: .*not signed by the key before it|signing keys: /,
      ],
      ['DELETE FROM key_statement WHERE rowid = 2', /signing keys: /],
    ];
    for (const [sql, message] of changes) {
      const folder = copyWorkspace(made.folder);
      const core = await openWorkspace(folder);
      withDatabase(core.database, (db) => {
        db.exec('DROP TRIGGER stamp_no_update; DROP TRIGGER stamp_no_delete');
        db.exec(sql);
      });
      const { ok, problems } = await core.client.call('custody.verify', {});
      expect(ok, sql).toBe(false);
      expect(problems.join('\n'), sql).toMatch(message);
      const failed = await core.client.call('custody.list', { kind: 'integrity.failed' });
      expect(failed.total).toBe(1);
      await core.close();
    }
  });
});
