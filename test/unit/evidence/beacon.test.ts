import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildBag } from '#shared/evidence/bag.ts';
import {
  type BeaconRound,
  findChain,
  firstRoundAfter,
  readDrandAnswer,
  roundTimeMs,
  verifyBeaconRound,
} from '#shared/evidence/beacon.ts';
import type { EvidenceDocument, RegistryDraw } from '#shared/evidence/document.ts';
import { DRAND_CHAINS, type DrandChain } from '#shared/evidence/drand-chains.ts';
import { grindingCost, grindingSentence } from '#shared/evidence/grinding.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { MAINNET_ROUNDS, QUICKNET_ROUNDS, relayAnswer } from '../../helpers/drand-rounds.ts';
import { honestDocument } from '../../tamper/honest-document.ts';

const [ONE, TWO, THREE] = QUICKNET_ROUNDS;
const chain = (name: string): DrandChain => {
  const found = findChain(name);
  if (found === null) throw new Error(`no chain ${name}`);
  return found;
};

describe('the pinned chains', () => {
  it.each(DRAND_CHAINS.map((one) => [one.name, one] as const))(
    '%s has the hash that its own data give, and the file beside it says the same',
    (name, pinned) => {
      const head = Buffer.alloc(12);
      head.writeUInt32BE(pinned.periodSeconds);
      head.writeBigInt64BE(BigInt(pinned.genesisTime), 4);
      const hash = createHash('sha256')
        .update(head)
        .update(Buffer.from(pinned.publicKey, 'hex'))
        .update(Buffer.from(pinned.groupHash, 'hex'))
        .update(name === 'default' ? '' : name)
        .digest('hex');
      expect(hash).toBe(pinned.hash);
      const file = join(import.meta.dirname, '../../../resources/beacons', `${name}.json`);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
        ...pinned,
        relays: expect.arrayContaining([expect.stringMatching(/^https:\/\//)]),
      });
    },
  );

  it('publish their rounds on time', () => {
    const quicknet = chain('quicknet');
    expect(new Date(roundTimeMs(quicknet, 1)).toISOString()).toBe('2023-08-23T15:09:27.000Z');
    expect(roundTimeMs(quicknet, 1001) - roundTimeMs(quicknet, 1)).toBe(3_000_000);
    for (const at of [-5_000, -1, 0, 1, 2_999, 3_000, 86_400_000]) {
      const time = roundTimeMs(quicknet, 1) + at;
      const next = firstRoundAfter(quicknet, time);
      expect(roundTimeMs(quicknet, next)).toBeGreaterThan(time);
      if (next > 1) expect(roundTimeMs(quicknet, next - 1)).toBeLessThanOrEqual(time);
    }
  });
});

describe('a published round', () => {
  it.each([...QUICKNET_ROUNDS, ...MAINNET_ROUNDS].map((round) => [round.round, round] as const))(
    '%i verifies and gives the published randomness',
    (_, round) => {
      expect(verifyBeaconRound(round)).toBe(round.randomness);
      expect(readDrandAnswer(chain(round.chain), relayAnswer(round)).randomness).toBe(
        round.randomness,
      );
    },
  );

  const mainnet = MAINNET_ROUNDS[1] as BeaconRound;
  const flip = (hex: string, at: number): string =>
    hex.slice(0, at) + (Number.parseInt(hex.charAt(at), 16) ^ 1).toString(16) + hex.slice(at + 1);
  it.each<[string, BeaconRound, RegExp]>([
    ['the signature of another round', { ...ONE, signature: TWO.signature }, /does not verify/],
    ['another number', { ...ONE, round: 4 }, /does not verify/],
    ['a flipped bit', { ...ONE, signature: flip(ONE.signature, 50) }, /does not verify/],
    ['the point at infinity', { ...ONE, signature: `c0${'00'.repeat(47)}` }, /does not verify/],
    ['no point at all', { ...ONE, signature: 'ff'.repeat(48) }, /does not verify/],
    ['another chain', { ...ONE, chain: mainnet.chain }, /96 bytes/],
    ['a chain that is not pinned', { ...ONE, chain: 'ab'.repeat(32) }, /not one whose/],
    ['a name for the hash', { ...ONE, chain: 'quicknet' }, /not one whose/],
    [
      'a signature before it that quicknet has not',
      { ...ONE, previousSignature: 'ab'.repeat(32) },
      /names no/,
    ],
    ['no signature before it', { ...mainnet, previousSignature: null }, /round before/],
    [
      'another signature before it',
      { ...mainnet, previousSignature: 'ab'.repeat(96) },
      /does not verify/,
    ],
  ])('with %s is refused', (_, round, words) => {
    expect(() => verifyBeaconRound(round)).toThrow(words);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '<html>busy</html>'],
    ['a list', '[]'],
    ['no signature', '{"round":1}'],
    ['a round that is text', '{"round":"1","signature":"00"}'],
    ['a signature in capitals', relayAnswer({ ...ONE, signature: ONE.signature.toUpperCase() })],
    ['a short signature', relayAnswer({ ...ONE, signature: 'b5' })],
    ['another randomness', relayAnswer({ ...ONE, randomness: TWO.randomness })],
    ['a megabyte', `{"round":1,"pad":"${'x'.repeat(1_000_000)}"}`],
  ])('that a relay answers with %s is refused, quoting nothing of it', (_, text) => {
    expect(() => readDrandAnswer(chain('quicknet'), text)).toThrow(/^(?!.*(?:html|xxx)).*answer/);
  });
});

describe('a bag that was drawn with announced rounds', () => {
  const check = async (
    change: (document: EvidenceDocument) => EvidenceDocument = (document) => document,
  ) => {
    const honest = await honestDocument({ drand: [ONE, TWO] });
    const files = await buildBag(change(honest.document), honest.signer);
    return verifyBag(files, { publicKeyPem: honest.signer.pem });
  };
  const drawn =
    (change: (draw: RegistryDraw) => RegistryDraw) =>
    (document: EvidenceDocument): EvidenceDocument => ({
      ...document,
      registrations: document.registrations.map((registration, index) =>
        index > 0 || registration.draw === null
          ? registration
          : { ...registration, draw: change(registration.draw) },
      ),
    });

  it('verifies offline, and says that round and signature were checked', async () => {
    const report = await check();
    expect(report.checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(report.checks.find(({ name }) => name === 'draws')?.detail).toMatch(
      /drand quicknet round 1, signature verified, announced beforehand/,
    );
  });

  it.each<[string, (draw: RegistryDraw) => RegistryDraw, RegExp]>([
    ['leaves the signature out', ({ drand: _, ...draw }) => draw, /shows no signature/],
    ['shows another round', (draw) => ({ ...draw, drand: THREE }), /another beacon round/],
    [
      'shows a signature that is not of the round',
      (draw) => ({ ...draw, drand: { ...ONE, signature: TWO.signature } }),
      /does not verify/,
    ],
    [
      'was drawn before its round was out',
      (draw) => ({ ...draw, drawnUtc: '2023-08-23T15:05:00.000Z' }),
      /before its beacon round/,
    ],
    [
      'was drawn without it',
      ({ drand: _, ...draw }) => ({ ...draw, beacon: null }),
      /drawn without one/,
    ],
  ])('is refused when it %s', async (_, change, words) => {
    const draws = (await check(drawn(change))).checks.find(({ name }) => name === 'draws');
    expect(draws).toMatchObject({ status: 'failed', detail: expect.stringMatching(words) });
  });
});

describe('the cost of grinding', () => {
  it('is the one METHOD 4.5 gives', () => {
    const tries = (n: number, count: number, hits: number): number =>
      grindingCost(Array.from({ length: count }, () => n)).rows[hits - 1]?.tries ?? 0;
    expect(tries(256, 10, 3)).toBeCloseTo(1 / 7.00724178776e-6, 0);
    expect(tries(256, 10, 3) / 1.43e5).toBeCloseTo(1, 2);
    expect(tries(256, 10, 4) / 2.1e7).toBeCloseTo(1, 1);
    expect(tries(256, 10, 5) / 4.4e9).toBeCloseTo(1, 1);
    expect(tries(1024, 20, 3) / 9.5e5).toBeCloseTo(1, 2);
    expect(tries(1024, 20, 4) / 2.3e8).toBeCloseTo(1, 1);
  });
  it('is told in one sentence for the registry at hand', () => {
    const sentence = grindingSentence(grindingCost([256, 256, 256, 1024]));
    expect(sentence).toMatch(
      /^With 4 canaries of 256 to 1024 candidates, .*3 after about 9\.\d\u202f×\u202f10⁶/,
    );
    expect(grindingSentence(grindingCost([]))).toBeNull();
    expect(grindingSentence(grindingCost([2]))).toMatch(/1 after about 2 \(less than a second\)/);
  });
});
