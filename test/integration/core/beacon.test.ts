import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '#core/ports.ts';
import { addTargets, auditHalted, exportAndVerify, planText } from '../../helpers/audit.ts';
import { SMALL } from '../../helpers/bench.ts';
import { drawnCanaries, jsonl, servedAnswers } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import {
  MAINNET_ROUNDS,
  type PublishedRound,
  QUICKNET_ROUNDS,
  relayAnswer,
} from '../../helpers/drand-rounds.ts';
import { type DrandServer, drandServer } from '../../helpers/drand-server.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
} from '../../helpers/workspace.ts';

const [ONE, TWO, THREE] = QUICKNET_ROUNDS;
const GENESIS_MS = Date.parse('2023-08-23T15:09:27.000Z');
const HASH = ONE.chain;

/** A clock that stands where it is put. */
function standingClock(): Clock & { set(ms: number): void } {
  let nowMs = GENESIS_MS - 60_000;
  let ticks = 0n;
  return {
    nowMs: () => nowMs,
    monotonicNs: () => {
      ticks += 1_000n;
      return ticks;
    },
    set: (ms) => {
      nowMs = ms;
    },
  };
}

let clock: ReturnType<typeof standingClock>;
let core: OpenCore;
const servers: DrandServer[] = [];

beforeEach(async () => {
  clock = standingClock();
  core = await newWorkspace({ ports: { clock } });
});
afterEach(async () => {
  await core.close();
  for (const server of servers.splice(0)) await server.close();
});
afterAll(removeTempFolders);

async function relay(answer: Parameters<typeof drandServer>[0]): Promise<DrandServer> {
  const server = await drandServer(answer);
  servers.push(server);
  return server;
}
const says = (body: string, status = 200) =>
  relay((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
const configure = (...urls: string[]) =>
  core.client.call('beacon.configure', {
    relays: urls.map((url) => ({ url, allowPrivate: true, allowHttp: true })),
  });
const commit = async (announce: { chain: 'quicknet' | 'default'; round?: number } | null) => {
  await core.client.call('canary.import', {
    format: 'jsonl',
    text: jsonl(drawnCanaries(`B${await drafts()}`, 5, 300)),
  });
  return core.client.call('registry.commit', { announce });
};
const drafts = async (): Promise<number> => (await core.client.call('canary.list', {})).total;
const given = ({ round, signature, previousSignature }: PublishedRound) => ({
  chain: 'quicknet' as const,
  round,
  signature,
  previousSignature,
});

describe('an announced round', () => {
  it('is fetched when it is out, checked, and is the only one that the registry can be drawn with', async () => {
    const server = await relay((path, response) => {
      const round = QUICKNET_ROUNDS.find((one) => path === `/${HASH}/public/${one.round}`);
      response.writeHead(round ? 200 : 404).end(round ? relayAnswer(round) : '');
    });
    const registry = await commit({ chain: 'quicknet', round: 2 });
    expect(registry).toMatchObject({
      beaconState: 'pending',
      announced: { chain: 'quicknet', round: 2, publishedUtc: '2023-08-23T15:09:30.000Z' },
      grinding: null,
    });
    const { number } = registry;
    expect(
      (await failureOf(core, 'beacon.fetch', { chain: 'quicknet', round: 2 })).message,
    ).toMatch(/No relay is configured/);
    await configure(server.url);
    const early = await failureOf(core, 'beacon.fetch', { chain: 'quicknet', round: 2 });
    expect(early).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('is published at 2023-08-23T15:09:30.000Z'),
    });
    expect(server.asked).toEqual([]);
    clock.set(GENESIS_MS + 10_000);
    const fetched = await core.client.call('beacon.fetch', { chain: 'quicknet', round: 2 });
    expect(fetched).toMatchObject({ randomness: TWO.randomness, relay: server.url });
    expect(server.asked).toEqual([`/${HASH}/public/2`]);

    const refused = async (input: object): Promise<string> =>
      (await failureOf(core, 'registry.draw', { number, ...input })).message;
    expect(await refused({ beacon: null })).toMatch(/announced round 2 of quicknet/);
    expect(await refused({ beacon: '5c'.repeat(32) })).toMatch(/announced round 2/);
    expect(await refused({ round: given(THREE) })).toMatch(/announced round 2.*not round 3/);
    expect(await refused({ round: { ...given(TWO), signature: ONE.signature } })).toMatch(
      /does not verify/,
    );
    expect(await refused({ round: given(TWO), beacon: TWO.randomness })).toMatch(/not both/);

    const drawn = await core.client.call('registry.draw', { number, round: given(TWO) });
    expect(drawn).toMatchObject({
      state: 'drawn',
      beacon: TWO.randomness,
      beaconState: 'verified',
      beaconSource: 'drand quicknet round 2',
      round: { chain: 'quicknet', round: 2 },
      grinding: null,
    });
    const { events } = await core.client.call('custody.list', { kind: 'beacon.fetched' });
    expect(events[0]?.data).toMatchObject({ round: 2, randomness: TWO.randomness, refused: 0 });
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
  });

  it('is the first one ten minutes after the commitment unless it is named', async () => {
    const { announced } = await commit({ chain: 'quicknet' });
    expect(announced?.publishedUtc).toBe('2023-08-23T15:18:30.000Z');
    expect((await commit({ chain: 'default' })).announced?.chain).toBe('default');
  });

  it('that is out already cannot be announced', async () => {
    clock.set(GENESIS_MS + 3_000);
    await core.client.call('canary.import', {
      format: 'jsonl',
      text: jsonl(drawnCanaries('L', 2)),
    });
    const failure = await failureOf(core, 'registry.commit', {
      announce: { chain: 'quicknet', round: 2 },
    });
    expect(failure).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringMatching(/must come after the commitment/),
    });
    expect((await core.client.call('registry.list', {})).registries).toEqual([]);
  });
});

describe('a bundle of an audit that was drawn with an announced round', () => {
  it('carries the round, and verifies without anybody being asked', async () => {
    const registry = await commit({ chain: 'quicknet', round: 3 });
    clock.set(GENESIS_MS + 30_000);
    const { number } = await core.client.call('registry.draw', {
      number: registry.number,
      round: given(THREE),
    });
    const answers = await servedAnswers(core.client, number);
    const server = await chatServer(({ prompt }) => answers.get(prompt) ?? 'no');
    try {
      await addTargets(core.client, server.baseUrl, SMALL);
      const text = planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });
      const { plan, summary } = await core.client.call('plan.seal', { text });
      expect(summary.beacon).toBe('given');
      expect(summary.warnings.join()).not.toMatch(/beacon/);
      const { auditId } = await core.client.call('audit.start', { planId: plan.planId });
      await auditHalted(core.client, auditId);
      const { ok, failed } = await exportAndVerify(core.client, auditId);
      expect(failed).toEqual([]);
      expect(ok).toBe(true);
      const [bundle] = (await core.client.call('bundle.list', {})).bundles;
      const folder = join(bundle?.path ?? '', 'data/registrations/0001');
      expect(JSON.parse(readFileSync(join(folder, 'draw.json'), 'utf8'))).toMatchObject({
        beacon: THREE.randomness,
        drand: { chain: HASH, round: 3, signature: THREE.signature, previous_signature: null },
      });
      expect(JSON.parse(readFileSync(join(folder, 'protocol.json'), 'utf8'))).toMatchObject({
        beacon: { chain: HASH, round: 3 },
      });
    } finally {
      await server.close();
    }
  });
});

describe('a round that was not announced', () => {
  it('counts only when it came after the commitment, and the cost of choosing stays told', async () => {
    clock.set(GENESIS_MS + 4_000);
    const { number, grinding } = await commit(null);
    expect(grinding).toMatchObject({ canaries: 5 });
    clock.set(GENESIS_MS + 60_000);
    const past = await failureOf(core, 'registry.draw', { number, round: given(TWO) });
    expect(past.message).toMatch(/before the commitment .* Only a later round counts/);
    const drawn = await core.client.call('registry.draw', { number, round: given(THREE) });
    expect(drawn).toMatchObject({ beaconState: 'verified', announced: null });
    expect(drawn.grinding?.sentence).toMatch(/a laboratory that tries keys/);
    expect(drawn.grinding?.canaries).toBe(4);
  });

  it('whose time has not come by the clock of this computer is refused', async () => {
    const { number } = await commit(null);
    const failure = await failureOf(core, 'registry.draw', { number, round: given(ONE) });
    expect(failure.message).toMatch(/Correct the clock/);
  });

  it('typed in as a bare value stays unverified, and none stays none', async () => {
    const { number } = await commit(null);
    const value = await core.client.call('registry.draw', { number, beacon: '5c'.repeat(32) });
    expect(value).toMatchObject({ beaconState: 'unverified', round: null });
    expect(value.grinding).not.toBeNull();
    const next = await commit(null);
    const none = await core.client.call('registry.draw', { number: next.number });
    expect(none).toMatchObject({ beaconState: 'none', beacon: null });
  });

  it('from a file is checked for both chains', async () => {
    const mainnet = MAINNET_ROUNDS[1] as PublishedRound;
    expect(
      await core.client.call('beacon.check', { chain: 'quicknet', text: `${relayAnswer(ONE)}\n` }),
    ).toMatchObject({ round: 1, randomness: ONE.randomness });
    expect(
      await core.client.call('beacon.check', { chain: 'default', text: relayAnswer(mainnet) }),
    ).toMatchObject({ round: 2, randomness: mainnet.randomness });
    for (const [chain, text] of [
      ['quicknet', relayAnswer(mainnet)],
      ['default', relayAnswer(ONE)],
      ['quicknet', 'SECRETWORD'],
    ] as const) {
      const failure = await failureOf(core, 'beacon.check', { chain, text });
      expect(failure.code).toBe('CONFLICT');
      expect(failure.message).not.toContain('SECRETWORD');
    }
  });
});

describe('a hostile relay', () => {
  it.each<[string, string, number, RegExp]>([
    ['a page', '<h1>hello</h1>', 200, /not JSON/],
    ['another round, well signed', relayAnswer(TWO), 200, /answers with round 2/],
    [
      'a wrong signature',
      relayAnswer({ ...ONE, signature: TWO.signature }),
      200,
      /does not verify/,
    ],
    [
      'another randomness',
      relayAnswer({ ...ONE, randomness: TWO.randomness }),
      200,
      /not the hash/,
    ],
    [
      'the other chain',
      relayAnswer(MAINNET_ROUNDS[0] as PublishedRound),
      200,
      /48 bytes|right length/,
    ],
    ['an error', relayAnswer(ONE), 500, /status 500/],
    ['a redirect', '', 302, /status 302|no answer/],
    ['far too much', `{"pad":"${'x'.repeat(50_000)}"}`, 200, /too long/],
    ['bytes that are no text', '\u00ff\u00fe'.repeat(3), 200, /not JSON|not text/],
  ])('that answers with %s is passed over for the next one', async (_, body, status, words) => {
    const hostile = await says(body, status);
    const honest = await says(relayAnswer(ONE));
    clock.set(GENESIS_MS + 1_000);
    await configure(hostile.url);
    const failure = await failureOf(core, 'beacon.fetch', { chain: 'quicknet', round: 1 });
    expect(failure).toMatchObject({
      code: 'TARGET_UNREACHABLE',
      message: expect.stringMatching(words),
    });
    await configure(hostile.url, honest.url);
    const fetched = await core.client.call('beacon.fetch', { chain: 'quicknet', round: 1 });
    expect(fetched).toMatchObject({ relay: honest.url, randomness: ONE.randomness });
  });

  it('that cuts the connection is passed over too', async () => {
    const cut = await relay((_, response, request) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{');
      request.socket.destroy();
    });
    clock.set(GENESIS_MS + 1_000);
    await configure(cut.url);
    const failure = await failureOf(core, 'beacon.fetch', { chain: 'quicknet', round: 1 });
    expect(failure.code).toBe('TARGET_UNREACHABLE');
  });
});

describe('the relays', () => {
  it('are asked only after they were configured, with consent to each plain or private address', async () => {
    expect((await core.client.call('beacon.list', {})).relays).toEqual([]);
    const plain = await failureOf(core, 'beacon.configure', {
      relays: [{ url: 'http://127.0.0.1:9' }],
    });
    expect(plain.message).toMatch(/plain http/);
    const twice = await failureOf(core, 'beacon.configure', {
      relays: [{ url: 'https://relay.example' }, { url: 'https://relay.example/' }],
    });
    expect(twice.message).toMatch(/twice/);
    const login = await failureOf(core, 'beacon.configure', {
      relays: [{ url: 'https://user:pass@relay.example' }],
    });
    expect(login.message).toMatch(/plain URL/);
    const server = await says(relayAnswer(ONE));
    clock.set(GENESIS_MS + 1_000);
    await core.client.call('beacon.configure', { relays: [{ url: server.url, allowHttp: true }] });
    const failure = await failureOf(core, 'beacon.fetch', { chain: 'quicknet', round: 1 });
    expect(failure.code).toBe('TARGET_UNREACHABLE');
    expect(server.asked).toEqual([]);
    const list = await core.client.call('beacon.list', {});
    expect(list.chains.map(({ name, nextRound }) => [name, nextRound])).toEqual([
      ['quicknet', 2],
      ['default', expect.any(Number)],
    ]);
    expect((await core.client.call('beacon.configure', { relays: [] })).relays).toEqual([]);
  });
});
