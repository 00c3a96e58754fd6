import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTargets, planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { failureOf, openWorkspace, PASSPHRASE } from '../../helpers/workspace.ts';

let bench: Bench;
let auditId: string;
beforeAll(async () => {
  bench = await newBench();
  const number = await bench.registry(4);
  await bench.serve(() => 'no');
  const plan = planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });
  auditId = (await runAudit(bench.core.client, plan)).auditId;
});
afterAll(() => bench.close());

/** A server whose answers wait until `release`. */
async function slowServer(text: string) {
  const gate = Promise.withResolvers<void>();
  const server = await bench.serve(async () => {
    await gate.promise;
    return text;
  });
  return { server, release: gate.resolve };
}
const unlock = () => bench.core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
const lock = () => bench.core.client.call('workspace.lock', {});

describe('a lock while something waits for an answer', () => {
  it('a test call: its answer comes upon a closed workspace, which is told as that', async () => {
    const { server, release } = await slowServer('fine');
    const answer = failureOf(bench.core, 'target.test', { name: 'suspect' });
    await server.seen(1);
    await lock();
    release();
    expect(await answer).toMatchObject({
      code: 'WORKSPACE_LOCKED',
      message: expect.stringMatching(/was locked before this was done/),
    });
    await unlock();
    const { connections } = await bench.core.client.call('activity.list', { reason: 'test' });
    expect(connections).toHaveLength(1);
  });

  it('a probe: nothing more is asked', async () => {
    const { server, release } = await slowServer('fine');
    const answer = failureOf(bench.core, 'target.probe', { name: 'suspect', calls: 6 });
    await server.seen(1);
    await lock();
    release();
    expect((await answer).code).toBe('WORKSPACE_LOCKED');
    expect(server.log).toHaveLength(1);
    await unlock();
  });

  it('a re-scoring: it is cancelled, and shows nobody another canary', async () => {
    const { client } = bench.core;
    const { server, release } = await slowServer('1');
    await addTargets(client, server.baseUrl, [{ name: 'judge', role: 'reference' }]);
    const scorer = { kind: 'judge', target: 'judge', consent: true, seed: 3 } as const;
    const { rescoreId } = await client.call('rescore.start', { auditId, scorer });
    await server.seen(1);
    await lock();
    release();
    await unlock();
    let state = 'running';
    while (state === 'running') {
      await new Promise(setImmediate);
      ({ state } = await client.call('rescore.get', { rescoreId }));
    }
    expect(state).toBe('cancelled');
    expect(server.log).toHaveLength(1);
    expect((await client.call('rescore.list', { auditId })).results).toEqual([]);
    // And the next one runs.
    const again = await client.call('rescore.start', { auditId, scorer });
    do {
      await new Promise(setImmediate);
      ({ state } = await client.call('rescore.get', again));
    } while (state === 'running');
    expect(state).toBe('complete');
  });

  it('an export: no folder is left that the log does not know', async () => {
    const { client, folder } = bench.core;
    const exports = join(folder, 'exports');
    const before = existsSync(exports) ? readdirSync(exports) : [];
    const answer = failureOf(bench.core, 'bundle.export', { auditId });
    await lock();
    expect((await answer).code).toBe('WORKSPACE_LOCKED');
    expect(existsSync(exports) ? readdirSync(exports) : []).toEqual(before);
    await unlock();
    expect((await client.call('custody.verify', {})).problems).toEqual([]);
    await bench.expectVerified(auditId);
  });

  it('a disclosure: nothing is revealed', async () => {
    const { client } = bench.core;
    const { items } = await client.call('canary.list', { limit: 1 });
    const canary = items[0]?.id ?? '';
    const out = join(bench.core.folder, '..', 'disclosed-never');
    const input = { auditId, canaries: [canary], out };
    const answer = failureOf(bench.core, 'bundle.disclose', input);
    await lock();
    expect((await answer).code).toBe('WORKSPACE_LOCKED');
    expect(existsSync(out)).toBe(false);
    await unlock();
    const { events } = await client.call('custody.list', { kind: 'canary.revealed' });
    expect(events.filter(({ data }) => 'disclosure' in data)).toEqual([]);
  });
});

describe('a key that another process changed', () => {
  it('is told as that, and not as damage', async () => {
    const other = await openWorkspace(bench.core.folder);
    await other.client.call('vault.rotate', { passphrase: PASSPHRASE });
    await other.close();
    for (const method of ['secret.list', 'plan.list', 'custody.list'] as const)
      expect(await failureOf(bench.core, method, {})).toMatchObject({
        code: 'WORKSPACE_LOCKED',
        message: expect.stringMatching(
          /key of the workspace was changed by another process.*Lock it and unlock/,
        ),
      });
    await lock();
    await unlock();
    await bench.expectVerified(auditId);
  });
});
