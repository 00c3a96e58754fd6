import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBag } from '#shared/evidence/bag.ts';
import { beaconCaveats } from '#shared/evidence/beacon-words.ts';
import { fromUtf8, sha256Hex } from '#shared/evidence/bytes.ts';
import { checkpointOf, custodyLineBytes, ZERO_HASH } from '#shared/evidence/custody.ts';
import type { EvidenceDocument } from '#shared/evidence/document.ts';
import { readBundle, signStatement, withStamps } from '#shared/evidence/dsse.ts';
import { DATA, registrationPath, STATEMENT } from '#shared/evidence/layout.ts';
import { checkpointStatement } from '#shared/evidence/statements.ts';
import type { TimestampFacts } from '#shared/evidence/timestamp.ts';
import { timestampRequest } from '#shared/evidence/timestamp-request.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { timeOrder } from '#shared/evidence/verify-time-order.ts';
import { QUICKNET_ROUNDS } from '../helpers/drand-rounds.ts';
import { makeAuthority } from '../helpers/timestamp-authority.ts';
import { removeTempFolders } from '../helpers/workspace.ts';
import { type Honest, honestDocument } from './honest-document.ts';

// A laboratory that hides, re-draws or uses twice, and whose own log says so; and clocks that time stamps contradict.

interface Event {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at?: string;
}

let honest: Honest;
let [first, second] = ['', ''];

beforeAll(async () => {
  honest = await honestDocument({ drand: [QUICKNET_ROUNDS[0], QUICKNET_ROUNDS[1]] });
  [first = '', second = ''] = honest.document.registrations.map(({ registration }) =>
    sha256Hex(registration),
  );
});

/** The log written anew from its first line, chained and signed, as whoever holds the key can do. */
async function withLog(edit: (events: readonly Event[]) => readonly Event[]) {
  const { document, signer } = honest;
  const old = document.custody.lines.map((line) => JSON.parse(fromUtf8(line as Uint8Array)));
  const lines: Uint8Array[] = [];
  for (const [index, { kind, data, at }] of edit(old).entries()) {
    const last = lines.at(-1);
    lines.push(
      custodyLineBytes({
        ...old[0],
        seq: index + 1,
        prev: last === undefined ? ZERO_HASH : sha256Hex(last),
        at: at ?? old[0].at,
        mono_ns: String(index * 1_000_000),
        kind,
        data: { ...data },
      }),
    );
  }
  const checkpointSigstore = await signStatement(checkpointStatement(checkpointOf(lines)), signer);
  return { ...document, custody: { lines, checkpointSigstore } };
}

async function check(document: EvidenceDocument) {
  const report = verifyBag(await buildBag(document, honest.signer));
  const failed = report.checks.filter(({ status }) => status === 'failed');
  return { failed, found: report.checks.find(({ name }) => name === 'custody and registries') };
}

const committed = (registry: number, registration_sha256: string): Event => ({
  kind: 'registry.committed',
  data: { registry, registration_sha256 },
});
const drawn = (registry: number, beacon: string): Event => ({
  kind: 'registry.drawn',
  data: { registry, beacon },
});
function story(): Event[] {
  const { plan, run, registrations } = honest.document;
  return [
    committed(1, first),
    committed(2, second),
    drawn(1, registrations[0]?.draw?.beacon ?? ''),
    drawn(2, registrations[1]?.draw?.beacon ?? ''),
    { kind: 'plan.sealed', data: { plan: 'p', plan_sha256: sha256Hex(plan.yaml) } },
    { kind: 'audit.started', data: { audit: run.id, plan: 'p', stamps_sha256: [] } },
  ];
}

describe('the log against the registries', () => {
  it('passes where it tells the same story', async () => {
    const { failed, found } = await check(await withLog((events) => [...story(), ...events]));
    expect(failed).toEqual([]);
    expect(found?.detail).toContain('the log names 2 of 2 registrations and 0 other runs');
  });
  const other = 'ab'.repeat(32);
  const stories: readonly [string, (told: Event[], own: string) => Event[], string][] = [
    [
      'a registry that the bag hides',
      (told) => [...told, committed(3, other)],
      'commits registry 3',
    ],
    ['another registration', (told) => told.with(1, committed(2, other)), 'commits registry 2'],
    ['one committed twice', (told) => [committed(1, first), ...told], 'commits registry 1 twice'],
    ['a second draw', (told) => [...told, drawn(1, other)], 'draws registry 1 twice'],
    ['another beacon', (told) => told.with(2, drawn(1, other)), 'with another beacon'],
    [
      'a draw before the commitment',
      (told) => [told[2] as Event, ...told.toSpliced(2, 1)],
      'before it commits it',
    ],
    [
      'a draw after the start',
      (told) => [...told.toSpliced(2, 1), told[2] as Event],
      'after the run began',
    ],
    [
      'another plan',
      (told) => told.with(4, { kind: 'plan.sealed', data: { plan: 'p', plan_sha256: other } }),
      'another plan',
    ],
    [
      'a plan sealed after the start',
      (told) => [...told.toSpliced(4, 1), told[4] as Event],
      'after the run began',
    ],
    ['two starts', (told) => [...told, told[5] as Event], 'begins this run twice'],
    [
      'a canary of another run',
      (told, canary) => [
        { kind: 'attempt.started', data: { audit: 'an earlier run', attempt: 'x', canary } },
        ...told,
      ],
      '1 canaries of this run were also asked in another run',
    ],
  ];
  it.each(stories)('refuses %s', async (_, edit, words) => {
    const canary = honest.document.seals[0]?.canaryId ?? '';
    const { failed } = await check(
      await withLog((events) => [...edit(story(), canary), ...events]),
    );
    expect(failed.map(({ name }) => name)).toEqual(['custody and registries']);
    expect(failed[0]?.detail).toContain(words);
  });
  it('refuses an answer that the log records after the seal', async () => {
    const document = await withLog((events) => {
      const last = events.findLast(({ kind }) => kind === 'attempt.recorded') as Event;
      const left = events.filter((event) => event !== last);
      const end = left.findIndex(({ kind }) => kind === 'run.ended');
      return left.toSpliced(end, 0, last);
    });
    const { failed } = await check(document);
    expect(failed.map(({ name }) => name)).toEqual(['custody and transcripts']);
    expect(failed[0]?.detail).toContain('after the canary was sealed');
  });
});

const fact = (genTime: string, anchor: TimestampFacts['anchor'] = 'trusted'): TimestampFacts => ({
  genTime,
  anchor,
  accuracyMs: null,
  policy: '1.2.3',
  serial: '01',
  imprintHash: 'SHA-256',
  signer: 'Example TSA',
  signerSha256: '',
  signerNotAfter: '2040-01-01T00:00:00.000Z',
  rootSha256: null,
});
const registration = (number: number) => registrationPath(number, 'registration.sigstore.json');
/** Before the first round of quicknet, and after it. */
const [BEFORE, AFTER] = ['2023-08-23T15:05:00.000Z', '2026-11-21T00:00:00.000Z'];

describe('time stamps against the times of the bag', () => {
  const order = async (...facts: [string, TimestampFacts[]][]) =>
    timeOrder(await buildBag(honest.document, honest.signer), new Map(facts));

  it('shows that a registration came before its round only by a trusted stamp of before it', async () => {
    const both = (one: TimestampFacts, two: TimestampFacts) =>
      order([registration(1), [one]], [registration(2), [two]]);
    const proven = await both(fact(BEFORE), fact(BEFORE));
    expect(proven.status).toBe('passed');
    expect(proven.detail).toContain('registry 1, registry 2: stamped before the announced round');
    // Announced, signed, and committed with a clock put back: nothing but a stamp can tell.
    for (const late of [fact(AFTER), fact(BEFORE, 'copy'), fact(BEFORE, 'none')]) {
      const found = await both(fact(BEFORE), late);
      expect(found.status).toBe('unproven');
      expect(found.detail).toContain(
        'registry 2: no trusted stamp from before the announced round',
      );
    }
  });
  it('is unproven without a stamp', async () => {
    const found = await order();
    expect(found.status).toBe('unproven');
    expect(found.detail).toContain('no stamp to compare with');
  });
  it.each([STATEMENT, DATA.planSeal, DATA.checkpoint, registration(1)])(
    'does not pass a stamp over %s that is older than it says of itself',
    async (path) => {
      const found = await order([path, [fact('2020-01-01T00:00:00.000Z')]]);
      expect(found.status).toBe('unproven');
      expect(found.detail).toContain(`${path} says that it was made at`);
      expect(found.detail).not.toContain('agree');
    },
  );
  it('refuses a run whose clock was put back behind a stamp that it names', async () => {
    const stamp = Uint8Array.of(0x30, 3, 2, 1, 0);
    const told = story().with(5, {
      kind: 'audit.started',
      data: { audit: honest.document.run.id, plan: 'p', stamps_sha256: [sha256Hex(stamp)] },
    });
    const document = await withLog((events) => [...told, ...events]);
    const registrations = document.registrations.map((own) => ({
      ...own,
      registrationSigstore: withStamps(own.registrationSigstore, [stamp]),
    }));
    const files = await buildBag({ ...document, registrations }, honest.signer);
    const facts = (genTime: string) => new Map([[registration(1), [fact(genTime)]]]);
    const began = JSON.parse(fromUtf8(document.custody.lines[5] as Uint8Array)).at as string;
    expect(timeOrder(files, facts(began)).detail).toContain('1 stamps agree');
    expect(() => timeOrder(files, facts('2040-01-01T00:00:00.000Z'))).toThrow(
      'its clock was wrong',
    );
  });
});

describe('what a report says of an announced round', () => {
  afterAll(removeTempFolders);
  const caveats = (genTime: string | null) => {
    const [own] = honest.document.registrations;
    if (own === undefined) throw new Error('the fixture has no registration');
    const authority = makeAuthority();
    const { signature } = readBundle(own.registrationSigstore);
    const query = Buffer.from(timestampRequest(signature, new Uint8Array(16).fill(7)));
    const stamps = genTime === null ? [] : [authority.forge(query, { genTime: new Date(genTime) })];
    const registrationSigstore = withStamps(own.registrationSigstore, stamps);
    return beaconCaveats([
      { number: 1, registration: { ...own, registrationSigstore }, listLengths: [48, 48, 48, 48] },
    ]);
  };
  it('says nothing where a stamp is from before the round', () => {
    expect(caveats(BEFORE)).toEqual([]);
  });
  it.each([null, AFTER])('tells the cost of a clock put back where the stamp is %s', (genTime) => {
    const [first, second] = caveats(genTime);
    expect(first).toContain('no time stamp says that it existed before that round was published');
    expect(second).toContain('Registry 1, if it was not: With 4 canaries of 48 candidates each');
  });
});
