import { afterAll, describe, expect, it } from 'vitest';
import type { SendOptions } from '#core/endpoints/types.ts';
import { answerJson, head, http, replies } from './cases/case.ts';
import { type Asked, ask } from './client.ts';
import { hostileServer } from './server.ts';
import { tally } from './tally.ts';

function expectCode(asked: Asked, code: string): void {
  tally.count(asked.code === code);
  expect(asked.code).toBe(code);
  expect(asked.tookMs).toBeLessThan(2_000);
}

describe('a redirect is an outcome and is never followed', () => {
  const rows = [
    { number: 29, status: '302 Found', host: '127.0.0.1', same: true },
    { number: 30, status: '307 Temporary Redirect', host: '127.0.0.1', same: false },
    { number: 31, status: '302 Found', host: '127.0.0.2', same: false },
  ];
  for (const row of rows) {
    it(`${row.number}: ${row.status} to ${row.same ? 'the same server' : row.host}`, async () => {
      const target = await hostileServer(replies(http(answerJson('x'))), { host: row.host });
      let port = target.port;
      const server = await hostileServer((socket) => {
        const location = `location: http://${row.host}:${port}/v1/chat/completions`;
        socket.end(http('moved', [location], row.status));
      });
      if (row.same) port = server.port;
      const asked = await ask({
        baseUrl: `http://127.0.0.1:${server.port}/v1`,
        keyName: 'k',
        send: { secret: 'sk-secret' },
      });
      expectCode(asked, 'REDIRECT_REFUSED');
      expect(asked.exchange.response?.statusCode).toBe(Number(row.status.slice(0, 3)));
      expect(Buffer.from(asked.exchange.response?.body ?? []).toString()).toBe('moved');
      expect(server.connections()).toBe(1);
      expect(target.connections()).toBe(0);
      await server.close();
      await target.close();
    });
  }

  it('32: 302 to a file', async () => {
    const server = await hostileServer(
      replies(head('HTTP/1.1 302 Found', 'location: file:///etc/passwd', 'content-length: 0')),
    );
    expectCode(await ask({ baseUrl: `http://127.0.0.1:${server.port}` }), 'REDIRECT_REFUSED');
    await server.close();
  });
});

describe('an address is refused before a connection is made', () => {
  const hosts: [number, string][] = [
    [54, '127.0.0.1'],
    [55, 'localhost'],
    [56, '0177.0.0.1'],
    [57, '2130706433'],
    [58, '[::ffff:169.254.169.254]'],
    [59, '[::1]'],
    [60, '169.254.169.254'],
  ];
  for (const [number, host] of hosts) {
    it(`${number}: ${host} without consent`, async () => {
      const server = await hostileServer(replies(http(answerJson('x'))));
      const asked = await ask({
        baseUrl: `http://${host}:${server.port}/v1`,
        send: { allowPrivate: false },
      });
      expectCode(asked, 'PRIVATE_ADDRESS');
      expect(server.connections()).toBe(0);
      expect(asked.exchange.requestSent).toBe(false);
      expect(asked.exchange.net?.addressUsed).toBeNull();
      await server.close();
    });
  }

  it('92: a name that answers otherwise the second time is asked once', async () => {
    const server = await hostileServer(replies(http(answerJson('x'))));
    let lookups = 0;
    const asked = await ask({
      baseUrl: `http://rebind.test:${server.port}/v1`,
      transport: {
        resolve: async () => {
          lookups++;
          return [{ address: lookups === 1 ? '127.0.0.1' : '203.0.113.7', family: 4 }];
        },
      },
    });
    tally.count(asked.code === 'accepted' && lookups === 1);
    expect(lookups).toBe(1);
    expect(asked.exchange.net?.addressUsed).toBe('127.0.0.1');
    await server.close();
  });

  it('93: one private address among public ones refuses the name', async () => {
    const asked = await ask({
      baseUrl: 'http://mixed.test/v1',
      transport: {
        resolve: async () => [
          { address: '203.0.114.7', family: 4 },
          { address: '10.0.0.1', family: 4 },
        ],
      },
      send: { allowPrivate: false },
    });
    expectCode(asked, 'PRIVATE_ADDRESS');
  });
});

describe('a URL is refused before anything else', () => {
  const rows: [number, string, Partial<SendOptions>, string][] = [
    [61, 'ftp://127.0.0.1/v1', {}, 'URL_SCHEME'],
    [62, 'file:///etc/passwd', {}, 'URL_SCHEME'],
    [63, 'http://user:pass@127.0.0.1/v1', {}, 'URL_CREDENTIALS'],
    [64, 'http://127.0.0.1/v1', { allowHttp: false }, 'URL_SCHEME'],
  ];
  for (const [number, url, send, code] of rows) {
    it(`${number}: ${url}`, async () => {
      const asked = await ask({ baseUrl: url, send });
      expectCode(asked, code);
      expect(JSON.stringify(asked.exchange)).not.toContain('pass@');
      expect(asked.exchange.requestSent).toBe(false);
    });
  }

  it('95: a key that would end its header is refused before a connection is made', async () => {
    const server = await hostileServer(replies(http(answerJson('x'))));
    for (const secret of ['sk-1\r\nx-evil: 1', 'sk-1\n', 'sk 1', 'sk-\u00e9', '']) {
      const asked = await ask({
        baseUrl: `http://127.0.0.1:${server.port}`,
        keyName: 'k',
        send: { secret },
      });
      expectCode(asked, 'AUTH_FAILED');
      if (secret !== '')
        expect(JSON.stringify(asked.exchange)).not.toContain(JSON.stringify(secret));
    }
    expect(server.connections()).toBe(0);
    await server.close();
  });
});

afterAll(() => tally.print());
