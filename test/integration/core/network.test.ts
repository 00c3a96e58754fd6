import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTargets, type Member, planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench } from '../../helpers/bench.ts';
import { type ProxyServer, proxyServer } from '../../helpers/proxy.ts';

const LOGIN = 'analyst:pass-word-4711';
const AWS = 'AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY:session-token-4711';

let bench: Bench;
let proxy: ProxyServer;
beforeAll(async () => {
  bench = await newBench();
  proxy = await proxyServer({ credentials: LOGIN });
  await bench.core.client.call('secret.set', { name: 'login', value: LOGIN });
  await bench.core.client.call('secret.set', { name: 'aws', value: AWS });
});
afterAll(async () => {
  await bench.close();
  await proxy.close();
});

describe('an audit through a proxy, with signed requests', () => {
  it('sends, records and verifies; credentials and keys stay in the vault', async () => {
    const server = await bench.serve(() => 'no idea', []);
    const panel: readonly Member[] = [
      {
        name: 'suspect',
        role: 'suspect',
        draft: {
          key: 'aws',
          auth: { kind: 'sigv4', region: 'eu-central-1', service: 'bedrock' },
          network: { proxy: { kind: 'manual', url: `http://${proxy.host}`, key: 'login' } },
        },
      },
      {
        name: 'control-1',
        role: 'control',
        draft: {
          network: {
            proxy: {
              kind: 'pac',
              script: `function FindProxyForURL() { return 'PROXY ${proxy.host}'; }`,
              key: 'login',
            },
          },
        },
      },
    ];
    await addTargets(bench.core.client, server.baseUrl, panel);
    const number = await bench.registry(3);
    const ran = await runAudit(bench.core.client, planText({ panel, registries: [{ number }] }));
    expect(ran.status.audit.state).toBe('complete');
    expect(server.log).toHaveLength(6);
    expect(proxy.tunnels).toHaveLength(6);
    expect(new Set(proxy.tunnels.map(({ authority }) => authority))).toEqual(
      new Set([server.host]),
    );
    for (const { model, headers } of server.log) {
      expect(headers['proxy-authorization']).toBeUndefined();
      if (model !== 'suspect') continue;
      expect(headers.authorization).toMatch(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-/,
      );
      expect(headers['x-amz-security-token']).toBe('session-token-4711');
    }
    await bench.expectVerified(ran.auditId);
    const { connections } = await bench.core.client.call('activity.list', {});
    expect(connections).toHaveLength(6);
    for (const one of connections)
      expect(one).toMatchObject({ host: server.host, proxy: proxy.host, code: null });
    await bench.core.client.call('workspace.lock', {});
    const stored = readFileSync(bench.core.database).toString('latin1');
    for (const secret of [
      'pass-word-4711',
      Buffer.from(LOGIN).toString('base64'),
      'wJalrXUtnFEMI',
      'session-token-4711',
    ])
      expect(stored).not.toContain(secret);
  });
});
