import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exchange, type Rig, request, startRig, visit } from './wire.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const openPath = () => rig.server.url.slice(rig.server.origin.length);

describe('opening', () => {
  test('binds the loopback address only, on a port of its own', () => {
    expect(rig.server.origin).toBe(`http://127.0.0.1:${rig.port}`);
    expect(rig.port).toBeGreaterThan(1023);
  });

  test('the printed address carries a token of 256 bits and leads to / with a strict cookie', async () => {
    const token = new URL(rig.server.url).searchParams.get('token') ?? '';
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const answer = await rig.get(openPath(), { 'sec-fetch-site': 'none' });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^trapstreet-${rig.port}=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    );
    expect(answer.headers['set-cookie']).not.toContain(token);
  });

  test('the token is dead after its first use', async () => {
    await visit(rig);
    const again = await rig.get(openPath());
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.body).toContain('trapstreet serve');
  });

  test('a browser that is in may follow its old address again, and gets no new cookie', async () => {
    const visitor = await visit(rig);
    const again = await rig.get(openPath(), { cookie: visitor.cookie });
    expect(again.status).toBe(303);
    expect(again.headers['set-cookie']).toBeUndefined();
  });

  test('a HEAD request does not spend the token', async () => {
    const head = await exchange(rig.port, request(`HEAD ${openPath()}`, { host: rig.host }));
    expect(head.status).toBe(403);
    expect((await rig.get(openPath())).status).toBe(303);
  });

  test.each([
    ['no token', '/open'],
    ['an empty token', '/open?token='],
    ['a wrong token', `/open?token=${'A'.repeat(43)}`],
    ['a token and more', 'MORE'],
  ])('%s opens nothing and spends nothing', async (_what, path) => {
    const answer = await rig.get(path === 'MORE' ? `${openPath()}&x=1` : path);
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect((await rig.get(openPath())).status).toBe(303);
  });

  test('a link on another site cannot spend the token', async () => {
    expect((await rig.get(openPath(), { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await rig.get(openPath())).status).toBe(303);
  });

  test('a token that is too old opens nothing', async () => {
    const late = await startRig({ openTokenTtlMs: -1 });
    const answer = await late.get(late.server.url.slice(late.server.origin.length));
    await late.stop();
    expect(answer.status).toBe(403);
  });

  test('before anybody opened it, no cookie is right, an empty one neither', async () => {
    const answer = await rig.get('/', { cookie: `trapstreet-${rig.port}=` });
    expect(answer.status).toBe(403);
  });
});

describe('a session', () => {
  test('survives a reload: the cookie gives the pages and the token again', async () => {
    const visitor = await visit(rig);
    const page = await rig.get('/', { cookie: visitor.cookie });
    expect(page.status).toBe(200);
    expect(page.body).toContain('<title>Pages</title>');
    const session = await rig.get('/session', {
      cookie: visitor.cookie,
      'sec-fetch-site': 'same-origin',
    });
    expect(JSON.parse(session.body)).toEqual({ csrf: visitor.csrf });
  });

  test.each([
    ['no cookie', () => null],
    ['a cookie of another value', () => `trapstreet-${rig.port}=${'A'.repeat(43)}`],
    ['the cookie of another port', (own: string) => own.replace(`-${rig.port}=`, '-1=')],
    ['half the cookie', (own: string) => own.slice(0, -20)],
    ['the cookie with a letter more', (own: string) => `${own}A`],
  ])('%s gives nothing but the page that says how to open it', async (_what, change) => {
    const visitor = await visit(rig);
    const cookie = change(visitor.cookie);
    for (const path of ['/', '/index.html', '/assets/main-a1.js', '/nothing']) {
      const answer = await rig.get(path, { cookie });
      expect(answer.status, path).toBe(403);
      expect(answer.body, path).toContain('Trapstreet is not open in this browser');
    }
    for (const path of ['/session', '/events']) {
      const answer = await rig.get(path, { cookie, 'sec-fetch-site': 'same-origin' });
      expect(answer.status, path).toBe(403);
    }
    const call = await visitor.call('workspace.status', {}, { cookie });
    expect(call.status).toBe(403);
    expect(rig.calls).toEqual([]);
  });

  test('a second cookie of the same name, as another local server could set, changes nothing', async () => {
    const visitor = await visit(rig);
    const cookie = `trapstreet-${rig.port}=planted; ${visitor.cookie}`;
    expect((await rig.get('/', { cookie })).status).toBe(200);
  });

  test('its token is read by our own page only', async () => {
    const { cookie } = await visit(rig);
    expect((await rig.get('/session', { cookie, 'sec-fetch-site': 'none' })).status).toBe(403);
    expect((await rig.get('/session', { cookie })).status).toBe(403);
    expect((await rig.get('/session', { cookie, origin: rig.server.origin })).status).toBe(200);
  });
});

test('a port that is taken is an error, not a second server', async () => {
  await expect(startRig({ port: rig.port })).rejects.toThrow(/EADDRINUSE/);
});

test('after close, nothing answers', async () => {
  const other = await startRig();
  await other.stop();
  await expect(other.get('/')).rejects.toThrow(/ECONNREFUSED/);
});
