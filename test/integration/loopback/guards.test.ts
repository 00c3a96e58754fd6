import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { exchange, type Fields, type Rig, request, startRig, type Visitor, visit } from './wire.ts';

let rig: Rig;
let visitor: Visitor;
beforeAll(async () => {
  rig = await startRig();
  visitor = await visit(rig);
});
afterEach(() => expect(rig.calls, 'no refused call may reach the core').toEqual([]));
afterAll(() => rig.stop());

const home = (fields: Fields) => rig.get('/', { cookie: visitor.cookie, ...fields });

describe('host', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]'])('%s with our port is us', async (name) => {
    expect((await home({ host: `${name}:${rig.port}` })).status).toBe(200);
  });

  test.each([
    ['a name that was rebound to 127.0.0.1', () => `evil.example:${rig.port}`],
    ['a wildcard DNS name', () => `127.0.0.1.nip.io:${rig.port}`],
    ['the unspecified address', () => `0.0.0.0:${rig.port}`],
    ['another loopback address', () => `127.0.0.2:${rig.port}`],
    ['the address as one number', () => `2130706433:${rig.port}`],
    ['no port', () => '127.0.0.1'],
    ['another port', () => `127.0.0.1:${rig.port + 1}`],
    ['a port with more digits', () => `127.0.0.1:${rig.port}0`],
    ['a user name before it', () => `127.0.0.1:${rig.port}@evil.example`],
    ['a dot after it', () => `localhost.:${rig.port}`],
    ['an empty host', () => ''],
    ['no host', () => null],
  ])('%s is refused with 421', async (_what, host) => {
    const answer = await home({ host: host() });
    expect(answer.status).toBe(421);
    expect(answer.body).not.toContain('Pages');
  });

  test('two Host headers are refused, the right one first or last', async () => {
    for (const order of [
      ['host', 'Host'],
      ['Host', 'host'],
    ] as const) {
      const fields = { [order[0]]: rig.host, [order[1]]: 'evil.example' };
      const answer = await exchange(
        rig.port,
        request('GET /', { cookie: visitor.cookie, ...fields }),
      );
      expect(answer.status).toBe(421);
    }
  });

  test.each([
    ['absolute form', () => `GET http://evil.example/`],
    ['absolute form of our own address', () => `GET ${rig.server.origin}/`],
    ['a path that reads like a host', () => 'GET //evil.example/'],
    ['the asterisk form', () => 'OPTIONS *'],
  ])('%s is refused', async (_what, line) => {
    const fields = { host: rig.host, cookie: visitor.cookie };
    expect((await exchange(rig.port, request(line(), fields))).status).toBe(400);
  });
});

describe('origin', () => {
  test.each([
    ['null', () => 'null'],
    ['another site', () => 'https://evil.example'],
    ['another port', () => `http://127.0.0.1:${rig.port + 1}`],
    ['https of us', () => `https://127.0.0.1:${rig.port}`],
    ['another name of us', () => `http://localhost:${rig.port}`],
    ['ours with a path', () => `${rig.server.origin}/`],
    ['an empty one', () => ''],
  ])('%s is refused, for pages and for calls', async (_what, origin) => {
    expect((await home({ origin: origin() })).status).toBe(403);
    const call = await visitor.call('workspace.status', {}, { origin: origin() });
    expect(call.status).toBe(403);
  });

  test('two origins are refused', async () => {
    const answer = await home({ origin: rig.server.origin, Origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
  });

  test.each(['cross-site', 'same-site', 'anything'])(
    'Sec-Fetch-Site %s is refused',
    async (site) => {
      expect((await home({ 'sec-fetch-site': site })).status).toBe(403);
      const call = await visitor.call('workspace.status', {}, { 'sec-fetch-site': site });
      expect(call.status).toBe(403);
    },
  );

  test('a preflight gets no permission', async () => {
    const answer = await exchange(
      rig.port,
      request('OPTIONS /rpc/workspace.status', {
        host: rig.host,
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
      }),
    );
    expect(answer.status).toBe(403);
    expect(Object.keys(answer.headers).join()).not.toContain('access-control');
  });
});

describe('calls', () => {
  test.each<[string, number, Fields]>([
    ['no origin', 403, { origin: null }],
    ['no CSRF token', 403, { 'x-trapstreet-csrf': null }],
    ['another CSRF token', 403, { 'x-trapstreet-csrf': 'A'.repeat(43) }],
    ['an empty CSRF token', 403, { 'x-trapstreet-csrf': '' }],
    ['no content type', 415, { 'content-type': null }],
    ['a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['plain text, which needs no preflight', 415, { 'content-type': 'text/plain' }],
    ['JSON of another kind', 415, { 'content-type': 'application/json-patch+json' }],
    ['JSON in another character set', 415, { 'content-type': 'application/json; charset=utf-7' }],
    ['a compressed body', 415, { 'content-encoding': 'gzip' }],
  ])('with %s are refused with %i', async (_what, status, change) => {
    const answer = await visitor.call('workspace.status', {}, change);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).ok).toBe(false);
  });

  test('two CSRF tokens are refused', async () => {
    const answer = await visitor.call(
      'workspace.status',
      {},
      { 'X-Trapstreet-Csrf': visitor.csrf },
    );
    expect(answer.status).toBe(403);
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH'])('by %s are refused', async (method) => {
    const fields = {
      host: rig.host,
      cookie: visitor.cookie,
      origin: rig.server.origin,
      'x-trapstreet-csrf': visitor.csrf,
    };
    const answer = await exchange(rig.port, request(`${method} /rpc/workspace.status`, fields));
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
  });

  test.each([
    '',
    '__proto__',
    'workspace',
    'workspace.status/',
    'workspace%2estatus',
    '../session',
    'a.b?x=1',
  ])('of the method "%s" are not found', async (name) => {
    expect((await visitor.call(name, {})).status).toBe(404);
  });

  test.each([
    ['not JSON', Buffer.from('{"a":')],
    ['empty', Buffer.alloc(0)],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ])('whose body is %s are refused', async (_what, body) => {
    const head = request('POST /rpc/workspace.status', {
      host: rig.host,
      origin: rig.server.origin,
      cookie: visitor.cookie,
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-trapstreet-csrf': visitor.csrf,
    });
    const answer = await exchange(rig.port, Buffer.concat([Buffer.from(head), body]));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error.code).toBe('BAD_INPUT');
  });

  test('a body that says it is larger than 64 MiB is refused before it is read', async () => {
    const answer = await visitor.call(
      'workspace.status',
      {},
      {
        'content-length': String(64 * 1024 * 1024 + 1),
      },
    );
    expect(answer.status).toBe(413);
  });

  test('a body that grows past 64 MiB without saying so is refused', async () => {
    const head = request('POST /rpc/workspace.status', {
      host: rig.host,
      origin: rig.server.origin,
      cookie: visitor.cookie,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
      'x-trapstreet-csrf': visitor.csrf,
    });
    const size = 64 * 1024 * 1024 + 1;
    const chunk = Buffer.concat([
      Buffer.from(`${head}${size.toString(16)}\r\n`),
      Buffer.alloc(size, 0x20),
    ]);
    expect((await exchange(rig.port, chunk)).status).toBe(413);
  });
});

describe('the wire', () => {
  test('headers above 16 KiB are refused with 431', async () => {
    expect((await home({ 'x-long': 'a'.repeat(17 * 1024) })).status).toBe(431);
  });

  test.each([
    ['an upgrade', 'GET /', { upgrade: 'websocket', connection: 'Upgrade' }],
    ['a tunnel', 'CONNECT 127.0.0.1:22', {}],
  ])('%s is refused', async (_what, line, fields) => {
    const answer = await exchange(
      rig.port,
      request(line, { host: rig.host, cookie: visitor.cookie, ...fields }),
    );
    expect(answer.status).toBe(403);
  });

  test('a length beside chunks is refused', async () => {
    const answer = await visitor.call('workspace.status', {}, { 'transfer-encoding': 'chunked' });
    expect(answer.status).toBe(400);
  });
});

describe('files', () => {
  test('a page of the build is served with its type', async () => {
    const answer = await rig.get('/assets/main-a1.js?v=1', { cookie: visitor.cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(answer.body).toBe('export const page = 1;');
  });

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/assets/..;/../secret.txt',
    '/./index.html',
    '/index.html/',
    '/index.html%00.js',
    '/assets',
    '/assets/',
    '/link.txt',
    '/.hidden',
    '/secret.txt',
    '/INDEX.HTML',
    '/__proto__',
    '/etc/passwd',
    '/C:/Windows/win.ini',
  ])('%s is not found', async (path) => {
    const answer = await rig.get(path, { cookie: visitor.cookie });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('outside');
  });

  test('a POST to a page is refused', async () => {
    const fields = { host: rig.host, cookie: visitor.cookie, 'content-length': '0' };
    expect((await exchange(rig.port, request('POST /', fields))).status).toBe(405);
  });
});

describe('every answer', () => {
  test.each([
    ['a page', () => home({})],
    ['the page without a session', () => rig.get('/')],
    ['a refused host', () => home({ host: 'evil.example' })],
    ['a page that is not there', () => rig.get('/nothing', { cookie: visitor.cookie })],
    ['a refused call', () => visitor.call('workspace.status', {}, { origin: null })],
    ['an opening', () => rig.get('/open?token=x', { cookie: visitor.cookie })],
  ])('has the locks: %s', async (_what, ask) => {
    const { headers } = await ask();
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types default",
    );
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
