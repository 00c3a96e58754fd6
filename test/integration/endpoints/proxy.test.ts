import { createServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { writtenProxies } from '#core/endpoints/proxy.ts';
import { createSystemProxies } from '#core/endpoints/system-proxy.ts';
import type { SendOptions, TransportOptions } from '#core/endpoints/types.ts';
import { type ProxyOptions, type ProxyServer, proxyServer } from '../../helpers/proxy.ts';
import { answerJson, http, replies } from '../../hostile/cases/case.ts';
import { makeCertificates } from '../../hostile/certificates.ts';
import { type Asked, ask } from '../../hostile/client.ts';
import { type HostileServer, hostileServer } from '../../hostile/server.ts';

const certificates = makeCertificates();
const USER = 'analyst:pass-word-77';
const open: (HostileServer | ProxyServer)[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function target(tls = false): Promise<HostileServer> {
  const server = await hostileServer(
    replies(http(answerJson('through'))),
    tls ? { server: createServer(certificates.good) } : {},
  );
  open.push(server);
  return server;
}

async function proxy(options: ProxyOptions = {}): Promise<ProxyServer> {
  const server = await proxyServer(options);
  open.push(server);
  return server;
}

const through = (
  baseUrl: string,
  way: SendOptions['proxy'],
  send: Partial<SendOptions> = {},
  transport: TransportOptions = {},
): Promise<Asked> =>
  ask({
    baseUrl,
    transport,
    send: { extraCa: certificates.ca, ...(way === undefined ? {} : { proxy: way }), ...send },
  });

/** The request as the host saw it, without the port. */
const seen = (server: HostileServer) => server.received().replace(/127\.0\.0\.1:\d+/g, 'HOST');

describe('a manual proxy', () => {
  for (const tls of [false, true]) {
    it(`carries an ${tls ? 'https' : 'http'} request unchanged, with credentials only for itself`, async () => {
      const [host, straight] = [await target(tls), await target(tls)];
      const way = await proxy({ credentials: USER });
      const scheme = tls ? 'https' : 'http';
      const asked = await through(`${scheme}://127.0.0.1:${host.port}/v1`, {
        kind: 'manual',
        url: `http://${way.host}`,
        credentials: USER,
      });
      expect(asked.code).toBe('accepted');
      await through(`${scheme}://127.0.0.1:${straight.port}/v1`, undefined);
      expect(seen(host)).toBe(seen(straight));
      expect(way.tunnels).toHaveLength(1);
      expect(way.tunnels[0]?.authority).toBe(`127.0.0.1:${host.port}`);
      expect(way.plain()).toBe(0);
      expect(asked.exchange.net).toEqual({
        addresses: ['127.0.0.1'],
        addressUsed: '127.0.0.1',
        port: host.port,
        proxy: { kind: 'manual', host: way.host },
      });
      const recorded = JSON.stringify(asked.exchange);
      for (const secret of [USER, 'pass-word-77', Buffer.from(USER).toString('base64')]) {
        expect(recorded).not.toContain(secret);
        expect(host.received()).not.toContain(secret);
      }
      if (tls) expect(asked.exchange.tls?.protocol).toBe('TLSv1.3');
    });
  }

  it('may itself speak TLS, and is checked like a host', async () => {
    const host = await target(true);
    const way = await proxy({ tls: certificates.good });
    const url = `https://127.0.0.1:${host.port}/v1`;
    const asked = await through(url, { kind: 'manual', url: `https://${way.host}` });
    expect(asked.code).toBe('accepted');
    const wrong = await proxy({ tls: certificates.wrongName });
    const refused = await through(url, { kind: 'manual', url: `https://${wrong.host}` });
    expect(refused.code).toBe('PROXY_FAILED');
    expect(wrong.tunnels).toEqual([]);
  });

  it('is told from a host: refused credentials and a host it cannot reach have their own codes', async () => {
    const way = await proxy({ credentials: USER });
    const host = await target();
    const url = `http://127.0.0.1:${host.port}/v1`;
    const manual = { kind: 'manual', url: `http://${way.host}` } as const;
    const none = await through(url, manual);
    const wrong = await through(url, { ...manual, credentials: 'analyst:wrong-word' });
    expect([none.code, wrong.code]).toEqual(['PROXY_AUTH', 'PROXY_AUTH']);
    expect(wrong.exchange.requestSent).toBe(false);
    const gone = await through('http://127.0.0.1:1/v1', { ...manual, credentials: USER });
    expect(gone.code).toBe('PROXY_FAILED');
    const nowhere = await through(url, { kind: 'manual', url: 'http://127.0.0.1:1' });
    expect(nowhere.code).toBe('PROXY_FAILED');
    expect(host.connections()).toBe(0);
  });

  it('changes nothing in the check of the host: TLS as without, consent for what can be seen', async () => {
    const way = await proxy();
    const manual = { kind: 'manual', url: `http://${way.host}` } as const;
    const host = await target(true);
    const untrusted = await ask({
      baseUrl: `https://127.0.0.1:${host.port}/v1`,
      send: { proxy: manual },
    });
    expect(untrusted.code).toBe('TLS_CERT');
    const misdirected = await proxy({ to: host.port });
    const otherName = await through('https://model.test/v1', {
      kind: 'manual',
      url: `http://${misdirected.host}`,
    });
    expect(otherName.code).toBe('TLS_CERT');
    expect(host.received()).toBe('');
    for (const name of ['127.0.0.1', 'localhost', 'x.localhost', '10.1.1.1', '[::1]']) {
      const asked = await through(`https://${name}/v1`, manual, { allowPrivate: false });
      expect(asked.code).toBe('PRIVATE_ADDRESS');
    }
    expect(way.tunnels).toHaveLength(1);
  });

  it('lets the proxy resolve the name: nobody is asked here', async () => {
    const host = await target();
    const way = await proxy({ to: host.port });
    const names: string[] = [];
    const asked = await through(
      'http://model.test/v1',
      { kind: 'manual', url: `http://${way.host}` },
      { allowPrivate: false },
      {
        resolve: async (name) => {
          names.push(name);
          return [];
        },
      },
    );
    expect(asked.code).toBe('accepted');
    expect(names).toEqual([]);
    expect(way.tunnels[0]?.authority).toBe('model.test:80');
  });

  it('is sent nothing when the answer would hold its password', async () => {
    const host = await hostileServer(replies(http(answerJson('you are pass-word-77'))));
    open.push(host);
    const way = await proxy();
    const asked = await through(`http://127.0.0.1:${host.port}/v1`, {
      kind: 'manual',
      url: `http://${way.host}`,
      credentials: USER,
    });
    expect(asked.code).toBe('SECRET_ECHOED');
    expect(JSON.stringify(asked.exchange)).not.toContain('pass-word-77');
  });
});

describe('the proxy of the system', () => {
  it('is read from the variables at the time of the request, and only for a way that asks for it', async () => {
    const host = await target();
    const way = await proxy({ credentials: USER });
    const url = `http://127.0.0.1:${host.port}/v1`;
    const env: Record<string, string> = {};
    const viaSystem = () => through(url, { kind: 'system' }, {}, { env });
    expect((await viaSystem()).exchange.net?.proxy).toBeNull();
    env.HTTP_PROXY = `http://${USER}@${way.host}`;
    const asked = await viaSystem();
    expect(asked.code).toBe('accepted');
    expect(asked.exchange.net?.proxy).toEqual({ kind: 'system', host: way.host });
    expect(JSON.stringify(asked.exchange)).not.toContain('pass-word-77');
    expect((await through(url, { kind: 'none' }, {}, { env })).exchange.net?.proxy).toBeNull();
    expect(way.tunnels).toHaveLength(1);
    for (const exempt of ['*', '127.0.0.1', 'x.test, 127.0.0.0/8', `127.0.0.1:${host.port}`]) {
      env.no_proxy = exempt;
      expect((await viaSystem()).exchange.net?.proxy).toBeNull();
    }
    env.no_proxy = '127.0.0.1:1,10.0.0.0/8,.test';
    expect((await viaSystem()).exchange.net?.proxy).not.toBeNull();
  });

  it('takes small letters first, all_proxy last, and refuses what it cannot speak', async () => {
    const host = await target();
    const way = await proxy();
    const url = `http://127.0.0.1:${host.port}/v1`;
    const codeWith = async (env: Record<string, string>) =>
      (await through(url, { kind: 'system' }, {}, { env })).code;
    const dead = 'http://127.0.0.1:1';
    expect(await codeWith({ http_proxy: way.host, HTTP_PROXY: dead })).toBe('accepted');
    expect(await codeWith({ all_proxy: way.host, https_proxy: dead })).toBe('accepted');
    expect(way.tunnels).toHaveLength(2);
    expect(await codeWith({ all_proxy: 'socks5://127.0.0.1:1080' })).toBe('PROXY_FAILED');
  });
});

describe('the proxy settings of the system, asked by a port', () => {
  const asking = (resolve: (origin: string) => Promise<string>, env = {}) => ({
    system: createSystemProxies(env, { resolve }),
  });

  it('decide for each origin, in the order of their list, and the variables say nothing then', async () => {
    const host = await target();
    const way = await proxy();
    const url = `http://127.0.0.1:${host.port}/secret-path`;
    const origins: string[] = [];
    let list = `PROXY 127.0.0.1:1;PROXY ${way.host};DIRECT`;
    const settings = asking(
      async (origin) => {
        origins.push(origin);
        return list;
      },
      { http_proxy: 'http://127.0.0.1:2' },
    );
    const asked = await through(url, { kind: 'system' }, {}, settings);
    expect(asked.code).toBe('accepted');
    expect(asked.exchange.net?.proxy).toEqual({ kind: 'system', host: way.host });
    list = 'DIRECT';
    const direct = await through(url, { kind: 'system' }, {}, settings);
    expect([direct.code, direct.exchange.net?.proxy]).toEqual(['accepted', null]);
    expect(origins).toEqual(Array(2).fill(`http://127.0.0.1:${host.port}/`));
    await through(url, { kind: 'none' }, {}, settings);
    expect(origins).toHaveLength(2);
  });

  it('never lead around the list of hosts, nor directly where they are not known or not usable', async () => {
    const host = await target();
    const way = await proxy();
    const url = `http://127.0.0.1:${host.port}/v1`;
    const listed = { isConfigured: (origin: string) => origin === `127.0.0.1:${host.port}` };
    for (const list of [`PROXY ${way.host}`, `DIRECT;PROXY ${way.host}`]) {
      const settings = { ...asking(async () => list), ...listed };
      expect((await through(url, { kind: 'system' }, {}, settings)).code).toBe(
        'HOST_NOT_CONFIGURED',
      );
    }
    const unusable = [
      async () => 'SOCKS5 127.0.0.1:1080',
      async () => '',
      async () => Promise.reject(new Error('sk-leak')),
    ];
    for (const resolve of unusable) {
      const asked = await through(url, { kind: 'system' }, {}, asking(resolve));
      expect(asked.code).toBe('PROXY_FAILED');
      expect(JSON.stringify(asked.exchange)).not.toContain('sk-leak');
    }
    const silent = asking(() => new Promise<string>(() => {}));
    const late = { ...silent, limits: { connectMs: 60 } };
    expect((await through(url, { kind: 'system' }, {}, late)).code).toBe('TIMEOUT_CONNECT');
    expect([host.connections(), way.tunnels.length]).toEqual([0, 0]);
  });
});

describe('a proxy script', () => {
  const pac = (body: string): NonNullable<SendOptions['proxy']> => ({
    kind: 'pac',
    script: `function FindProxyForURL(url, host) { ${body} }`,
  });

  it('chooses by host, is told the origin only, and its list is tried in order', async () => {
    const host = await target();
    const way = await proxy();
    const url = `http://127.0.0.1:${host.port}/secret-path`;
    const connections: (string | null)[] = [];
    const asked = await through(
      url,
      pac(
        `if (url.indexOf('secret') >= 0 || host !== '127.0.0.1') return 'PROXY 127.0.0.1:9';
         return 'SOCKS 127.0.0.1:2; PROXY 127.0.0.1:1; PROXY ${way.host}; DIRECT';`,
      ),
      {},
      { onConnection: ({ proxy: used, code }) => connections.push(`${used} ${code}`) },
    );
    expect(asked.code).toBe('accepted');
    expect(asked.exchange.net?.proxy).toEqual({ kind: 'pac', host: way.host });
    expect(connections).toEqual(['127.0.0.1:1 PROXY_FAILED', `${way.host} null`]);
    const direct = await through(url, pac(`return 'PROXY 127.0.0.1:1; DIRECT';`));
    expect(direct.code).toBe('accepted');
    expect(direct.exchange.net?.proxy).toBeNull();
    const onlyDead = await through(url, pac(`return 'PROXY 127.0.0.1:1; PROXY 127.0.0.1:2';`));
    expect(onlyDead.code).toBe('PROXY_FAILED');
    expect(host.connections()).toBe(2);
  });

  it('has its names looked up by the resolver of the transport, and no other way to ask', async () => {
    const host = await target();
    const way = await proxy();
    const names: string[] = [];
    const asked = await through(
      `http://127.0.0.1:${host.port}/v1`,
      pac(
        `if (isInNet('inside.test', '10.0.0.0', '255.0.0.0') && dnsResolve('gone.test') === null
            && isResolvable('inside.test') && shExpMatch(host, '127.*.1') && /^\\d/.test(myIpAddress()))
           return 'PROXY ${way.host}';
         return 'DIRECT';`,
      ),
      {},
      {
        resolve: async (name) => {
          names.push(name);
          if (name === 'gone.test') throw new Error('no such name');
          return [{ address: '10.9.8.7', family: 4 }];
        },
      },
    );
    expect(asked.exchange.net?.proxy).toEqual({ kind: 'pac', host: way.host });
    expect(names).toEqual(['inside.test', 'gone.test']);
  });

  it('names only proxies that stand in its text as host:port; any other is refused by its own words', async () => {
    const host = await target();
    const way = await proxy();
    const url = `http://127.0.0.1:${host.port}/v1`;
    const port = way.host.split(':')[1] ?? '';
    const bodies = [
      `return 'PROXY 127.0.0.1:' + ${port};`,
      `return 'PROXY 127.0.0.' + '1:${port}';`,
      `return 'DIRECT; PROXY 127.0.0.1:' + ${port};`,
      `return 'PROXY ' + ['127.0.0.1', '${port}'].join(':');`,
      `return 'PROXY \\x3127.0.0.1:${port}';`,
      `return 'PROXY ' + atob('x');`.replace("atob('x')", `host + ':${port}'`),
    ];
    for (const body of bodies) {
      const { code, exchange } = await through(url, pac(body));
      expect([code, exchange.error?.detail], body).toEqual([
        'HOST_NOT_CONFIGURED',
        'the script names a proxy that does not stand in its text as host:port',
      ]);
    }
    expect([host.connections(), way.tunnels.length]).toEqual([0, 0]);
    const named = await through(url, pac(`var p = "${way.host}"; return 'PROXY ' + p;`));
    expect(named.code).toBe('accepted');
    const elsewhere = await through(
      url,
      pac(`return 'PROXY ${way.host}';`),
      {},
      { isConfigured: (origin) => origin !== way.host },
    );
    expect(elsewhere.code).toBe('HOST_NOT_CONFIGURED');
  });

  it('has the proxies of its text found, and nothing else for one', () => {
    const script = `
      // if (a ? b:80 : c) { port:8080 } http://page.example:8081/ at 12:30
      function FindProxyForURL(url, host) {
        var a = "A.example:80", b = 'b.example:3128', c = \`c.example:1\`;
        if (shExpMatch(url, 'http://not.example:8080/*')) return "PROXY d.example:2;HTTPS e.example:443; DIRECT";
        return 'HTTP [2001:db8::1]:3;SOCKS s.example:1080; proxy f.example:65536; PROXY no-port.example';
      }`;
    expect([...writtenProxies(script)].sort()).toEqual([
      '[2001:db8::1]:3',
      'a.example:80',
      'b.example:3128',
      'c.example:1',
      'd.example:2',
      'e.example:443',
    ]);
    const start = performance.now();
    writtenProxies(`${'proxy '.repeat(50_000)}${'"'.repeat(50_000)}${'a'.repeat(200_000)}`);
    writtenProxies(`proxy${' '.repeat(300_000)}`);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});
