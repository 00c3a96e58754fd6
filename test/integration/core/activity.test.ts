import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditHalted, planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { PASSPHRASE, withDatabase } from '../../helpers/workspace.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await newBench();
});
afterAll(async () => {
  await bench.close();
});

const list = (input: Parameters<typeof bench.core.client.call<'activity.list'>>[1] = {}) =>
  bench.core.client.call('activity.list', input);

describe('the list of connections', () => {
  it('has every one of an audit: as many as the server saw, with host, address and bytes', async () => {
    const server = await bench.serve(() => 'no idea');
    const number = await bench.registry(3);
    const { status } = await runAudit(
      bench.core.client,
      planText({ panel: SMALL, registries: [{ number }] }),
    );
    expect(status.audit.state).toBe('complete');
    expect((await list()).stored).toBe(true);
    const { total, connections, hosts } = await list({ reason: 'audit' });
    expect(total).toBe(server.log.length);
    expect(connections).toHaveLength(total);
    for (const one of connections) {
      expect(one).toMatchObject({
        host: server.host,
        address: '127.0.0.1',
        proxy: null,
        code: null,
      });
      expect(one.bytesOut).toBeGreaterThan(100);
      expect(one.bytesIn).toBeGreaterThan(100);
    }
    const totals = hosts.find(({ host }) => host === server.host);
    expect(totals).toMatchObject({ connections: total, failed: 0 });
    expect(totals?.bytesOut).toBe(connections.reduce((sum, one) => sum + one.bytesOut, 0));
    expect(await list({ host: 'nobody.test:443' })).toMatchObject({ total: 0, hosts: [] });
    const page = await list({ reason: 'audit', offset: 1, limit: 2 });
    expect(page.connections.map(({ seq }) => seq)).toEqual(
      connections.slice(1, 3).map(({ seq }) => seq),
    );
  });

  it('has the failed and the refused ones, and outlives lock and unlock', async () => {
    const server = await bench.serve(() => 'ready');
    const before = (await list()).total;
    const secure = `https://${server.host}/v1`;
    const target = { name: 'secure', baseUrl: secure, model: 'm', allowPrivate: true };
    await bench.core.client.call('target.add', { target });
    await bench.core.client.call('target.test', { name: 'secure' });
    await server.goDown();
    await bench.core.client.call('target.test', { name: 'suspect' });
    await bench.core.client.call('workspace.lock', {});
    expect(await list()).toMatchObject({ stored: false, total: 0 });
    await bench.core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
    const { total, connections } = await list({ limit: 2 });
    expect(total).toBe(before + 2);
    expect(connections.map(({ host, code, address }) => [host, code, address])).toEqual([
      [server.host, 'CONNECT_FAILED', null],
      [server.host, 'TLS_PROTOCOL', '127.0.0.1'],
    ]);
  });

  it('cannot be changed or shortened', () => {
    withDatabase(bench.core.database, (db) => {
      expect(() => db.exec("UPDATE connection SET host = 'x'")).toThrow(/append-only/);
      expect(() => db.exec('DELETE FROM connection')).toThrow(/append-only/);
    });
  });

  it('knows no path, header or body', () => {
    withDatabase(bench.core.database, (db) => {
      const rows = JSON.stringify(db.prepare('SELECT * FROM connection').all());
      expect(rows).toContain('127.0.0.1');
      expect(rows).not.toMatch(/chat|Bearer|house|street|\/v1/);
    });
  });
});

describe('the door', () => {
  it('opens for what is configured and closes when a target is removed; a sealed plan keeps its hosts', async () => {
    const first = await bench.serve(() => 'ready');
    const target = (name: string, baseUrl: string) => ({
      target: { name, baseUrl, model: 'm', allowPrivate: true, allowHttp: true },
      replace: true,
    });
    await bench.core.client.call('target.add', target('gone', first.baseUrl));
    const second = await bench.serve(() => 'ready');
    // The panel moved to the second server: only `gone` names the first.
    expect((await bench.core.client.call('target.test', { name: 'gone' })).ok).toBe(true);
    await bench.core.client.call('target.remove', { name: 'gone' });
    const seen = first.log.length;
    const hosts = async () => (await bench.core.client.call('activity.allowed', {})).hosts;
    expect((await hosts()).map(({ host }) => host)).not.toContain(first.host);
    const refused = await bench.core.client.call('target.test', { name: 'gone' });
    expect(refused).toMatchObject({ ok: false, code: 'HOST_NOT_CONFIGURED' });
    expect(first.log).toHaveLength(seen);
    const [latest] = (await list({ limit: 1 })).connections;
    expect(latest).toMatchObject({ host: first.host, code: 'HOST_NOT_CONFIGURED', bytesOut: 0 });

    const number = await bench.registry(2);
    const { plan } = await bench.core.client.call('plan.seal', {
      text: planText({ panel: SMALL, registries: [{ number }] }),
    });
    for (const { name } of SMALL) await bench.core.client.call('target.remove', { name });
    // Nothing but the sealed plan names the second server now, and the list says so.
    expect((await hosts()).find(({ host }) => host === second.host)?.uses).toEqual([
      `sealed plan ${plan.name}`,
    ]);
    const { auditId } = await bench.core.client.call('audit.start', { planId: plan.planId });
    expect((await auditHalted(bench.core.client, auditId)).audit.state).toBe('complete');
    expect(second.log).toHaveLength(2 * SMALL.length);
  });
});
