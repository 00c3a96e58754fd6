import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Ports } from '#core/ports.ts';
import { addTargets, auditHalted, auditUntil, startAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL, smallPlan } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { type ProxyServer, proxyServer } from '../../helpers/proxy.ts';
import { failureOf, openWorkspace, PASSPHRASE } from '../../helpers/workspace.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await newBench();
});
afterAll(() => bench.close());

/** The runtime of the test with other variables and options. */
function runtimeWith(
  env: Readonly<Record<string, string>>,
  execArgv: readonly string[] = [],
): Ports['runtime'] {
  return {
    version: '0.0.0-test',
    node: process.versions.node,
    openssl: process.versions.openssl,
    platform: 'test',
    host: 'cli',
    actor: 'tester',
    env,
    execArgv,
  };
}

describe('an audit that goes on in another environment', () => {
  it('leaves a trace of it, and does not go on in one that weakens the record', async () => {
    const number = await bench.registry(4);
    const server = await bench.serve(() => 'no');
    const auditId = await startAudit(bench.core.client, smallPlan(number));
    await auditUntil(bench.core.client, auditId, ({ canariesDone }) => canariesDone >= 1);
    await bench.core.client.call('audit.pause', { auditId });
    expect((await auditHalted(bench.core.client, auditId)).audit.state).toBe('paused');
    const asked = server.log.length;
    await bench.core.client.call('workspace.lock', {});

    const inspected = { ports: { runtime: runtimeWith({}, ['--inspect=127.0.0.1:0']) } };
    const weak = await openWorkspace(bench.core.folder, inspected);
    const refused = await failureOf(weak, 'audit.resume', { auditId });
    expect(refused.code).toBe('UNSAFE_ENVIRONMENT');
    expect(refused.message).toContain('node --inspect');
    await weak.close();
    expect(server.log).toHaveLength(asked);

    const env = { https_proxy: 'http://127.0.0.1:9', NODE_OPTIONS: '--use-openssl-ca' };
    const runtime = runtimeWith(env, ['--trace-tls']);
    const other = await openWorkspace(bench.core.folder, { ports: { runtime } });
    const hazards = ['NODE_OPTIONS --use-openssl-ca', 'https_proxy', 'node --trace-tls'];
    await other.client.call('audit.resume', { auditId });
    expect((await auditHalted(other.client, auditId)).audit.state).toBe('complete');
    const { events } = await other.client.call('custody.list', { kind: 'audit.resumed' });
    expect(events.map(({ data }) => data)).toEqual([{ audit: auditId, from: 'paused', hazards }]);

    const told = await other.client.call('target.test', { name: 'suspect' });
    const warnings = hazards.map((name) => `environment:${name}`);
    expect(told.warnings).toEqual(expect.arrayContaining(warnings));
    const { lastTest } = await other.client.call('target.get', { name: 'suspect' });
    expect(lastTest?.result.warnings).toEqual(told.warnings);
    await other.close();
  });
});

describe('the proxy settings of the system', () => {
  const proxies: ProxyServer[] = [];
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
  });

  it('are shown before they are used, used by an audit, and asked anew each time', async () => {
    const [first, second] = [await proxyServer(), await proxyServer()];
    proxies.push(first, second);
    await bench.core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
    const host = await bench.serve(() => 'no');
    await bench.core.client.call('workspace.lock', {});
    let list = `PROXY ${first.host}; DIRECT`;
    const asked: string[] = [];
    const systemProxy = {
      resolve: async (origin: string) => {
        asked.push(origin);
        return list;
      },
    };
    const core = await openWorkspace(bench.core.folder, { ports: { systemProxy } });
    const network = { proxy: { kind: 'system' as const } };
    const panel = SMALL.map((member) => ({ ...member, draft: { network } }));
    await addTargets(core.client, host.baseUrl, panel);

    const target = { name: 'a', baseUrl: host.baseUrl, model: 'm', network };
    expect((await core.client.call('target.preview', { target })).way).toBe(
      `by the proxy ${first.host}, else directly, as the system says at present`,
    );
    const usesOf = async (proxy: ProxyServer) => {
      const { hosts } = await core.client.call('activity.allowed', {});
      return hosts.find((one) => one.host === proxy.host)?.uses;
    };
    expect(await usesOf(first)).toEqual(SMALL.map(({ name }) => `proxy of target ${name}`));
    expect(first.tunnels).toHaveLength(0);

    const number = await addRegistry(core.client, drawnCanaries('SYS', 2), { heldOut: 0 });
    const auditId = await startAudit(core.client, smallPlan(number));
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
    expect(first.tunnels).toHaveLength(2 * SMALL.length);

    list = `PROXY ${second.host}`;
    expect(await core.client.call('target.test', { name: 'suspect' })).toMatchObject({
      code: null,
      proxy: second.host,
    });
    expect(await usesOf(first)).toBeUndefined();
    expect(await usesOf(second)).toBeDefined();
    list = 'SOCKS 127.0.0.1:9';
    expect((await core.client.call('target.preview', { target })).way).toBe(
      'not at all: PROXY_FAILED: the list of proxies names no usable way',
    );
    expect((await core.client.call('target.test', { name: 'suspect' })).code).toBe('PROXY_FAILED');
    expect(new Set(asked)).toEqual(new Set([`http://${host.host}/`]));
    await core.close();
  });

  it('are the variables where the host has none to ask; a script shows what it may name', async () => {
    const runtime = runtimeWith({ http_proxy: 'http://user:zqpw@proxy.example:3128' });
    const core = await openWorkspace(bench.core.folder, { ports: { runtime } });
    const way = async (proxy: object) => {
      const target = { name: 'a', baseUrl: 'http://m.example/v1', model: 'm', network: { proxy } };
      return (await core.client.call('target.preview', { target: target as never })).way;
    };
    expect(await way({ kind: 'system' })).toBe(
      'by the proxy proxy.example:3128, as the system says at present',
    );
    expect(await way({ kind: 'none' })).toBe('directly');
    expect(await way({ kind: 'manual', url: 'http://m.example:1' })).toBe(
      'by the proxy m.example:1',
    );
    const script = 'function FindProxyForURL() { return "PROXY a.example:1; PROXY b.example:2"; }';
    const proxy = { kind: 'pac' as const, script };
    expect(await way(proxy)).toBe('as the proxy script says, by a.example:1 or b.example:2');
    const target = { name: 'scripted', baseUrl: 'https://m.example/v1', model: 'm' };
    await core.client.call('target.add', { target: { ...target, network: { proxy } } });
    const { hosts, scripts } = await core.client.call('activity.allowed', {});
    for (const host of ['a.example:1', 'b.example:2'])
      expect(hosts).toContainEqual({ host, uses: ['proxy of target scripted'] });
    expect(scripts).toEqual(['target scripted']);
    await core.close();
  });
});
