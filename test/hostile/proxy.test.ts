import { createServer } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import type { SendOptions } from '#core/endpoints/types.ts';
import { proxyServer } from '../helpers/proxy.ts';
import { answerJson, head, http, replies } from './cases/case.ts';
import { makeCertificates } from './certificates.ts';
import { type Asked, ask } from './client.ts';
import { type Answer, drip, flood, hostileServer } from './server.ts';
import { tally } from './tally.ts';

const certificates = makeCertificates();
const PASSWORD = 'proxy-pass-word';

interface Row {
  readonly name: string;
  readonly answer: Answer;
  readonly expected: readonly string[];
  /** For an https host too. */
  readonly tls?: readonly string[];
}

const ok = 'HTTP/1.1 200 OK\r\n\r\n';
const rows: readonly Row[] = [
  {
    name: '200 and garbage at once',
    answer: (socket) => socket.write(`${ok}${'\u0000garbage'.repeat(10)}`),
    expected: ['PROXY_FAILED'],
    tls: ['PROXY_FAILED'],
  },
  {
    name: '200, and an answer of its own before it is asked',
    answer: (socket) => socket.write(Buffer.concat([Buffer.from(ok), http(answerJson('mine'))])),
    expected: ['PROXY_FAILED'],
    tls: ['PROXY_FAILED'],
  },
  {
    name: '200, then garbage in place of the host',
    answer: (socket) => {
      socket.write(ok);
      socket.once('data', () => socket.write('\u0000\u0001garbage\r\n\r\n'));
    },
    expected: ['HTTP_PROTOCOL'],
    tls: ['TLS_PROTOCOL'],
  },
  {
    name: '200 with a body length, as if it were an answer',
    answer: (socket) => socket.write(http(answerJson('mine'))),
    expected: ['PROXY_FAILED'],
  },
  {
    name: '407',
    answer: replies(head('HTTP/1.1 407 Proxy Authentication Required', 'content-length: 0')),
    expected: ['PROXY_AUTH'],
    tls: ['PROXY_AUTH'],
  },
  {
    name: '407 with a page',
    answer: replies(
      http(
        '<html>sign in</html>',
        ['content-type: text/html'],
        '407 Proxy Authentication Required',
      ),
    ),
    expected: ['PROXY_AUTH'],
    tls: ['PROXY_AUTH'],
  },
  {
    name: 'a redirect',
    answer: replies(
      head('HTTP/1.1 302 Found', 'location: http://127.0.0.1:9/', 'content-length: 0'),
    ),
    expected: ['PROXY_FAILED'],
  },
  {
    name: 'interim answers for ever',
    answer: (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n', 20),
    expected: ['PROXY_FAILED'],
  },
  {
    name: 'endless headers',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      flood(socket, Buffer.alloc(64 * 1024, 97));
    },
    expected: ['PROXY_FAILED'],
  },
  {
    name: 'headers one byte at a time',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx: ');
      drip(socket, 'a', 20);
    },
    expected: ['PROXY_FAILED', 'TIMEOUT_CONNECT', 'TIMEOUT_TOTAL'],
  },
  {
    name: 'silence',
    answer: () => {},
    expected: ['PROXY_FAILED', 'TIMEOUT_CONNECT', 'TIMEOUT_TOTAL'],
  },
  { name: 'an SSH banner', answer: replies('SSH-2.0-x\r\n\r\n'), expected: ['PROXY_FAILED'] },
  { name: 'the end', answer: (socket) => socket.end(), expected: ['PROXY_FAILED'] },
  { name: 'a reset', answer: (socket) => socket.resetAndDestroy(), expected: ['PROXY_FAILED'] },
];

const throughProxy = (port: number, baseUrl: string): Promise<Asked> =>
  ask({
    baseUrl,
    keyName: 'k',
    send: {
      secret: 'sk-for-the-host',
      proxy: { kind: 'manual', url: `http://127.0.0.1:${port}`, credentials: `u:${PASSWORD}` },
      extraCa: certificates.ca,
    },
  });

describe('a hostile proxy', () => {
  for (const { name, answer, expected, tls } of rows) {
    for (const [scheme, codes] of [
      ['http', expected],
      ['https', tls ?? []],
    ] as const) {
      if (codes.length === 0) continue;
      it(`that says ${name} (${scheme} host) -> ${codes.join(' or ')}`, async () => {
        const proxy = await hostileServer(answer);
        const before = process.memoryUsage.rss();
        const asked = await throughProxy(proxy.port, `${scheme}://model.test/v1`);
        tally.count(codes.includes(asked.code));
        expect(codes).toContain(asked.code);
        expect(asked.tookMs).toBeLessThan(2_000);
        expect((process.memoryUsage.rss() - before) / 1024 / 1024).toBeLessThan(100);
        expect(proxy.connections()).toBe(1);
        // Neither canary nor key, unless the tunnel stood.
        if (asked.code !== 'HTTP_PROTOCOL')
          expect(proxy.received()).not.toMatch(/canary|sk-for-the-host/);
        const record = JSON.stringify({ ...asked.exchange, response: null });
        expect(record).not.toMatch(/proxy-pass-word|garbage|SSH/);
        await proxy.close();
      });
    }
  }

  it('cannot stand in for an https host, whatever tunnel it grants', async () => {
    const imposter = await hostileServer(replies(http(answerJson('mine'))), {
      server: createServer(certificates.second.good),
    });
    const proxy = await proxyServer({ to: imposter.port });
    const asked = await throughProxy(proxy.port, 'https://127.0.0.1/v1');
    tally.count(asked.code === 'TLS_CERT');
    expect(asked.code).toBe('TLS_CERT');
    expect(imposter.received()).toBe('');
    await proxy.close();
    await imposter.close();
  });
});

describe('a hostile proxy script', () => {
  const find = (body: string) => `function FindProxyForURL(url, host) { ${body} }`;
  const scripts: readonly (readonly [name: string, script: string])[] = [
    ['loops for ever', find('for (;;) {}')],
    [
      'loops for ever and catches what ends it',
      find('for (;;) { try { for (;;) {} } catch (e) {} }'),
    ],
    ['loops while it is read', 'for (;;) {}'],
    [
      'backtracks for ever',
      find(
        "return /^(a+)+$/.test('a'.repeat(50) + 'b') ? 'DIRECT' : 'DIRECT';".replace('50', '5000'),
      ),
    ],
    ['recurses for ever', find('return FindProxyForURL(url, host);')],
    ['eats memory', find("var a = []; for (;;) a.push(new Array(1e6).fill('x'));")],
    ['eats memory by doubling', find("var a = 'x'; for (;;) a += a;")],
    ['throws', find("throw new Error('sk-leak');")],
    ['is no script', 'this is (no script'],
    ['has no function', 'var x = 1;'],
    ['returns a number', find('return 42;')],
    ['returns nothing', find('')],
    [
      'returns nonsense',
      find("return 'go away; PROXY; PROXY a b; PROXY http://x/; PROXY user:pw@x:1';"),
    ],
    ['returns a flood', find("return 'PROXY x:1;'.repeat(100000);")],
    ['returns SOCKS only', find("return 'SOCKS5 127.0.0.1:1080';")],
    ['returns a promise that never ends', find('return new Promise(function () {});')],
    [
      'keeps jobs running for ever',
      find('function f() { Promise.resolve().then(f); } f(); return new Promise(function () {});'),
    ],
    ['reaches for the network', find("fetch('http://127.0.0.1:PORT/'); return 'DIRECT';")],
    ['reaches for the request', find("new XMLHttpRequest(); return 'DIRECT';")],
    ['reaches for modules', find("require('net').connect(PORT); return 'DIRECT';")],
    ['imports modules', `import net from 'node:net'; ${find("return 'DIRECT';")}`],
    [
      'imports late',
      find("return import('node:net').then(function (n) { n.connect(PORT); return 'DIRECT'; });"),
    ],
    ['reaches through constructors', find("return alert.constructor('return process')().exit(1);")],
    [
      'asks for names without end',
      find(
        "for (var i = 0; ; i++) { if (i > 100) return 'DIRECT'; dnsResolve('n' + i + '.test'); }",
      ),
    ],
  ];
  for (const [name, script] of scripts) {
    it(`that ${name} -> PROXY_FAILED, and nobody is asked`, async () => {
      const host = await hostileServer(replies(http(answerJson('x'))));
      const names: string[] = [];
      const before = process.memoryUsage.rss();
      const proxy: SendOptions['proxy'] = {
        kind: 'pac',
        script: script.replaceAll('PORT', `${host.port}`),
      };
      const asked = await ask({
        baseUrl: `http://127.0.0.1:${host.port}/v1`,
        send: { proxy },
        transport: {
          limits: { connectMs: 4_000, totalMs: 5_000 },
          resolve: async (asks) => {
            names.push(asks);
            return [];
          },
        },
      });
      tally.count(asked.code === 'PROXY_FAILED');
      expect(asked.code).toBe('PROXY_FAILED');
      expect(asked.tookMs).toBeLessThan(4_000);
      expect((process.memoryUsage.rss() - before) / 1024 / 1024).toBeLessThan(600);
      expect(host.connections()).toBe(0);
      expect(names).toEqual([]);
      expect(JSON.stringify(asked.exchange)).not.toMatch(/sk-leak|user:pw/);
      await host.close();
    });
  }

  it('that matches shell patterns badly takes no time of ours', async () => {
    const host = await hostileServer(replies(http(answerJson('x'))));
    const script = find(
      "return shExpMatch('a'.repeat(2000), '*a'.repeat(500) + 'b') ? 'PROXY x:1' : 'DIRECT';",
    );
    const asked = await ask({
      baseUrl: `http://127.0.0.1:${host.port}/v1`,
      // The time is the script's, not a busy machine's.
      transport: { limits: { connectMs: 10_000, totalMs: 20_000 } },
      send: { proxy: { kind: 'pac', script } },
    });
    tally.count(asked.code === 'accepted');
    expect(asked.code).toBe('accepted');
    expect(asked.exchange.net?.proxy).toBeNull();
    await host.close();
  });
});

afterAll(() => tally.print());
