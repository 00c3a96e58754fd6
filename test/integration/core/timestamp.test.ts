import { afterAll, describe, expect, it } from 'vitest';
import { fromBase64 } from '#shared/evidence/bytes.ts';
import { closeAfterEach } from '../../helpers/closing.ts';
import {
  type Answer,
  der,
  makeAuthority,
  send,
  serveAuthority,
} from '../../helpers/timestamp-authority.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
} from '../../helpers/workspace.ts';

const authority = makeAuthority('ec');
const closeLater = closeAfterEach();
afterAll(removeTempFolders);

async function serve(answer?: Answer, made = authority) {
  const server = await serveAuthority(made, answer);
  closeLater(server.close);
  return server;
}

async function workspace(options: Parameters<typeof newWorkspace>[0] = {}): Promise<OpenCore> {
  const core = await newWorkspace(options);
  closeLater(() => core.close());
  return core;
}

const add = (core: OpenCore, url: string, name = 'tsa', rootsPem = authority.rootPem) =>
  core.client.call('authority.add', { name, url, rootsPem, allowPrivate: true, allowHttp: true });

describe('authorities', () => {
  it('are added, listed, tested and removed; only a hash is sent', async () => {
    const server = await serve();
    const core = await workspace();
    const item = await add(core, server.url);
    expect(item.roots[0]?.subject).toContain('Example root');
    expect(server.requests()).toBe(0);
    const tested = await core.client.call('authority.test', { name: 'tsa' });
    expect(tested).toMatchObject({ policy: '1.2.3.4.1', signer: 'O=Example, CN=Example TSA' });
    expect(Math.abs(tested.clockOffsetMs)).toBeLessThan(5_000);
    expect(server.seen[0]?.contentType).toBe('application/timestamp-query');
    expect(server.seen[0]?.query.length).toBeLessThan(80);
    const { events } = await core.client.call('custody.list', { kind: 'clock.checked' });
    expect(events[0]?.data).toMatchObject({ authority: 'tsa', offset_ms: tested.clockOffsetMs });
    expect((await core.client.call('stamp.list', {})).clockOffsetMs).toBe(tested.clockOffsetMs);
    await core.client.call('authority.remove', { name: 'tsa' });
    expect((await core.client.call('authority.list', {})).authorities).toEqual([]);
    expect((await failureOf(core, 'authority.test', { name: 'tsa' })).code).toBe('NOT_FOUND');
    expect((await failureOf(core, 'stamp.add', {})).message).toContain('authority add');
  });

  it('need roots that are roots, and consent to plain http', async () => {
    const core = await workspace();
    const base = { name: 'tsa', url: 'http://127.0.0.1:9/', allowPrivate: true };
    const rootsPem = authority.rootPem;
    expect((await failureOf(core, 'authority.add', { ...base, rootsPem })).message).toContain(
      'http',
    );
    for (const wrong of ['', 'no certificate', rootsPem.replaceAll('CERTIFICATE', 'PRIVATE KEY')])
      expect(
        await failureOf(core, 'authority.add', { ...base, allowHttp: true, rootsPem: wrong }),
      ).toMatchObject({ code: 'IMPORT_REJECTED' });
    expect(
      (
        await failureOf(core, 'authority.add', {
          ...base,
          url: 'http://u:p@127.0.0.1/',
          allowHttp: true,
          rootsPem,
        })
      ).message,
    ).toContain('vault');
  });
});

describe('an authority that answers wrongly gives no stamp', () => {
  const other = makeAuthority('rsa');
  let stale: Buffer | null = null;
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ['down', (_query, response) => response.destroy(), /no whole answer/],
    ['status 503', (_query, response) => response.writeHead(503).end('busy'), /status 503/],
    [
      'other content type',
      (query, response) => send(response, authority.reply(query), 'text/html'),
      /type/,
    ],
    [
      'truncated',
      (query, response) => send(response, authority.reply(query).subarray(0, 200)),
      /cut short/,
    ],
    [
      'wrong nonce',
      (query, response) =>
        send(response, authority.forge(query, { nonce: der(2, Buffer.from([9])) })),
      /nonce/,
    ],
    [
      'an older answer again',
      (query, response) => {
        stale ??= authority.reply(query);
        send(response, stale);
      },
      /other data|nonce/,
    ],
    [
      'wrong hash',
      (query, response) => send(response, authority.forge(query, { hash: Buffer.alloc(32) })),
      /other data/,
    ],
    [
      'unknown root',
      (query, response) => send(response, other.reply(query)),
      /roots you configured/,
    ],
    [
      'old time',
      (query, response) =>
        send(response, authority.forge(query, { genTime: new Date(Date.now() - 1_200_000) })),
      /not valid|set the clock/,
    ],
    [
      'wrong usage',
      (query, response) =>
        send(response, authority.forge(query, { signer: authority.variant('server-usage') })),
      /time stamping/,
    ],
    [
      'rejected',
      (_query, response) => send(response, der(0x30, der(0x30, Buffer.from([2, 1, 2])))),
      /PKIStatus 2/,
    ],
    [
      'redirect',
      (_query, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      /REDIRECT/,
    ],
    [
      'endless body',
      (_query, response) => {
        response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
        const piece = Buffer.alloc(1 << 20, 0x30);
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
        };
        response.on('drain', more);
        more();
      },
      /BODY_TOO_LARGE/,
    ],
  ];
  it('each named by its reason, and everything stays unstamped', async () => {
    const server = await serve();
    const core = await workspace();
    await add(core, server.url);
    await core.client.call('key.history', {});
    // The first request of an old answer must be another one.
    stale = authority.reply(
      (await import('#shared/evidence/timestamp-request.ts')).timestampRequest(
        Buffer.from('earlier'),
        Buffer.alloc(16, 7),
      ),
    );
    for (const [name, answer, message] of cases) {
      server.answerWith(answer);
      const { items, failures } = await core.client.call('stamp.add', { kind: 'key' });
      expect(failures, name).toHaveLength(1);
      expect(failures[0]?.message, name).toMatch(message);
      expect(items[0], name).toMatchObject({ state: 'unstamped', stamps: [] });
      expect(items[0]?.text, name).toContain('UNSTAMPED');
    }
    const refused = await core.client.call('custody.list', { kind: 'stamp.refused' });
    expect(refused.total).toBe(cases.length);
    server.answerWith(null);
    const { items, failures } = await core.client.call('stamp.add', { kind: 'key' });
    expect(failures).toEqual([]);
    expect(items[0]?.state).toBe('stamped');
  });

  it('a clock that is far off is named, and measured all the same', async () => {
    const server = await serve();
    const ahead = 3_600_000;
    const core = await workspace({
      ports: {
        clock: { nowMs: () => Date.now() + ahead, monotonicNs: () => process.hrtime.bigint() },
      },
    });
    await add(core, server.url);
    expect(await failureOf(core, 'authority.test', { name: 'tsa' })).toMatchObject({
      code: 'INTEGRITY',
      message: expect.stringContaining('set the clock right'),
    });
    const { clockOffsetMs } = await core.client.call('stamp.list', {});
    expect(clockOffsetMs).toBeLessThan(-ahead + 10_000);
  });
});

describe('stamps', () => {
  it('of two authorities are kept whole, and openssl accepts them', async () => {
    const second = makeAuthority('rsa');
    const one = await serve();
    const two = await serve(undefined, second);
    const core = await workspace();
    await core.client.call('key.history', {});
    await add(core, one.url);
    await add(core, two.url, 'second', second.rootPem);
    const { items } = await core.client.call('stamp.add', { kind: 'key' });
    const stamps = items[0]?.stamps ?? [];
    expect(stamps.map((stamp) => stamp.authority).sort()).toEqual(['second', 'tsa']);
    for (const { id, authority: name } of stamps) {
      const { tsrBase64, dataBase64 } = await core.client.call('stamp.get', { id });
      const made = name === 'tsa' ? authority : second;
      expect(made.opensslAccepts(fromBase64(tsrBase64), fromBase64(dataBase64))).toBe(true);
    }
    // Nobody is asked twice for the same.
    await core.client.call('stamp.add', { kind: 'key' });
    expect([one.requests(), two.requests()]).toEqual([1, 1]);
    expect((await failureOf(core, 'stamp.add', { subject: 'nothing' })).code).toBe('NOT_FOUND');
    expect((await failureOf(core, 'stamp.get', { id: 99 })).code).toBe('NOT_FOUND');
  });

  it('whose certificate ends soon are due, and a newer stamp over them settles it', async () => {
    const short = makeAuthority('ec', { days: 30 });
    const server = await serve(undefined, short);
    const core = await workspace();
    await core.client.call('key.history', {});
    await add(core, server.url, 'short', short.rootPem);
    const { items } = await core.client.call('stamp.add', { kind: 'key' });
    const old = items[0]?.stamps[0];
    expect(old?.renewalDue).toBe(true);
    const long = await serve();
    await core.client.call('authority.remove', { name: 'short' });
    await add(core, long.url);
    expect(await core.client.call('stamp.renew', {})).toEqual({ renewed: 1, failures: [] });
    const after = await core.client.call('stamp.list', { kind: 'key' });
    expect(after.renewalsDue).toBe(0);
    const [newer = 0] = after.items[0]?.stamps[0]?.renewedBy ?? [];
    const renewal = await core.client.call('stamp.get', { id: newer });
    expect(renewal.stamp.renewalDue).toBe(false);
    const oldStamp = await core.client.call('stamp.get', { id: old?.id ?? 0 });
    expect(renewal.dataBase64).toBe(oldStamp.tsrBase64);
    expect(
      authority.opensslAccepts(fromBase64(renewal.tsrBase64), fromBase64(oldStamp.tsrBase64)),
    ).toBe(true);
    expect(await core.client.call('stamp.renew', {})).toEqual({ renewed: 0, failures: [] });
  });
});
