import { beforeAll, describe, expect, it } from 'vitest';
import { sealBag } from '#shared/evidence/bag.ts';
import { type BagContent, contentFor } from '#shared/evidence/content.ts';
import type { Profile } from '#shared/evidence/document.ts';
import { DATA, WITHHELD } from '#shared/evidence/layout.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { type Honest, honestDocument } from './honest-document.ts';

// A laboratory edits one file of its bag and signs the bag again with its own key: no hash and no signature can show it.

let honest: Honest;
const contents = new Map<Profile, BagContent>();
let tried = 0;

beforeAll(async () => {
  honest = await honestDocument({ oneSuspect: true, drawn: 24 });
  for (const profile of ['internal', 'counsel', 'public'] as const)
    contents.set(profile, contentFor(honest.document, profile));
});

type Edit = (lines: string[]) => string[];

const EDITS: Readonly<Record<string, Edit>> = {
  'drops the first line': (lines) => lines.slice(1),
  'drops a line in the middle': (lines) => lines.toSpliced(lines.length >> 1, 1),
  'drops the last line': (lines) => lines.slice(0, -1),
  'lists a line twice': (lines) => [...lines, lines[0] ?? ''],
  'swaps two lines': ([a = '', b = '', ...rest]) => [b, a, ...rest],
  'reverses the lines': (lines) => lines.toReversed(),
};

async function failures(profile: Profile, path: string, change: (text: string) => string) {
  const content = contents.get(profile) as BagContent;
  const before = Buffer.from(content.files.get(path) as Uint8Array).toString('latin1');
  const after = change(before);
  if (after === before) return null;
  tried++;
  const files = new Map(content.files).set(path, new Uint8Array(Buffer.from(after, 'latin1')));
  const bag = await sealBag({ ...content, files }, honest.signer);
  const report = verifyBag(bag, { publicKeyPem: honest.signer.pem });
  const byName = new Map(report.checks.map(({ name, status }) => [name, status]));
  for (const name of ['manifest', 'tag manifest', 'signature', 'statement'])
    expect(byName.get(name), name).toBe('passed');
  expect(report.ok).toBe(false);
  const failed = report.checks.filter(({ status }) => status === 'failed');
  for (const { detail } of failed) expect(detail).not.toBe('');
  return failed.map(({ name }) => name);
}

const LINES: readonly (readonly [Profile, string])[] = [
  ...[
    DATA.disclosures,
    DATA.transcripts,
    DATA.adjudications,
    DATA.seals,
    DATA.notAsked,
    DATA.custody,
  ].flatMap(
    (path) =>
      [
        ['internal', path],
        ['counsel', path],
      ] as const,
  ),
  ...[WITHHELD.scores, WITHHELD.attempts, WITHHELD.seals, WITHHELD.notAsked, WITHHELD.custody].map(
    (path) => ['public', path] as const,
  ),
];

describe('a bag that its own laboratory edited and signed again', { timeout: 200_000 }, () => {
  it.each(LINES)(
    '%s: %s with lines dropped, doubled or moved is refused',
    async (profile, path) => {
      for (const [name, edit] of Object.entries(EDITS)) {
        // Leaves that were not asked have no order.
        if (path === DATA.notAsked && /swaps|reverses/.test(name)) continue;
        const failed = await failures(profile, path, (text) => {
          const changed = edit(text.trimEnd().split('\n'));
          return changed.length === 0 ? '' : `${changed.join('\n')}\n`;
        });
        if (failed !== null) expect(failed.length, name).toBeGreaterThan(0);
      }
    },
  );

  const VALUES: readonly (readonly [string, Profile, string, RegExp, string, string])[] = [
    ['a higher E', 'internal', DATA.results, /"logE":\d+/, '"logE":9', 'evaluation'],
    ['a higher E', 'public', DATA.results, /"logE":\d+/, '"logE":9', 'evaluation'],
    [
      'another label',
      'public',
      DATA.results,
      /"label":"report-grade"/,
      '"label":"lead"',
      'evaluation',
    ],
    ['another end', 'internal', DATA.results, /"state":"complete"/, '"state":"stopped"', 'writing'],
    ['another address', 'internal', DATA.targets, /127\.0\.0\.1:9/, '127.0.0.1:8', 'plan seal'],
    ['another model', 'counsel', DATA.targets, /model-guilty/, 'model-gilded', 'plan seal'],
    ['another plan', 'public', DATA.plan, /samples: 1/, 'samples: 2', 'plan seal'],
    ['another role', 'public', WITHHELD.panel, /"role":"control"/, '"role":"reference"', 'panel'],
    [
      'notes that are not printed',
      'internal',
      DATA.presentation,
      /"notes":""/,
      '"notes":"x"',
      'report page',
    ],
    [
      'a method of another wording',
      'internal',
      DATA.method,
      /at most 1\/x/,
      'at most 2/x',
      'file contents',
    ],
    [
      'commands that check less',
      'internal',
      DATA.verify,
      /--strict --quiet/,
      '--quiet',
      'file contents',
    ],
    [
      'another scale',
      'counsel',
      DATA.scale,
      /"words":"[^"]+"/,
      '"words":"certain"',
      'file contents',
    ],
    [
      'another archive',
      'internal',
      DATA.warc,
      /outcome: answered/,
      'outcome: refused!',
      'file contents',
    ],
    ['an early opening', 'public', DATA.seals, /"opened_utc":"2/, '"opened_utc":"1', 'seals'],
    [
      'another time of an attempt',
      'public',
      WITHHELD.attempts,
      /"ended_utc":"[^"]+"/,
      '"ended_utc":null',
      'custody and transcripts',
    ],
    [
      'a hit that was a miss',
      'public',
      WITHHELD.scores,
      /"found":\[\]/g,
      '"found":[1,2]',
      'evaluation',
    ],
    ['another use', 'public', WITHHELD.scores, /"use":"twin"/g, '"use":"evidence"', 'evaluation'],
    [
      'a dispute that becomes a consent',
      'internal',
      DATA.adjudications,
      /"verdict":"dispute"/,
      '"verdict":"confirm"',
      'adjudications',
    ],
    [
      'a verdict by somebody else',
      'counsel',
      DATA.adjudications,
      /"actor":"Analyst A"/,
      '"actor":"Analyst B"',
      'adjudications',
    ],
    [
      'a verdict before the opening',
      'internal',
      DATA.adjudications,
      /"created_utc":"2/,
      '"created_utc":"1',
      'adjudications',
    ],
    [
      'a verdict on an answer that was never asked for',
      'internal',
      DATA.adjudications,
      /"k":1/,
      '"k":2',
      'adjudications',
    ],
    ['fewer disputes', 'public', WITHHELD.panel, /"dispute":1/, '"dispute":0', 'adjudications'],
    [
      'another clock',
      'internal',
      DATA.results,
      /"signer_clock_offset_ms":12/,
      '"signer_clock_offset_ms":0',
      'predicate',
    ],
    ['another leaf', 'public', WITHHELD.scores, /"leaf_index":\d+/, '"leaf_index":0', 'coverage'],
  ];
  it.each(VALUES)('%s (%s, %s) is refused', async (_, profile, path, from, to, check) => {
    const failed = await failures(profile, path, (text) => text.replace(from, to));
    expect(failed).not.toBeNull();
    if (check === 'writing') expect(failed?.length).toBeGreaterThan(0);
    else if (check !== '') expect(failed).toContain(check);
  });

  it('a registration that is hidden, first or last, is refused', async () => {
    for (const gone of ['0001', '0002']) {
      const content = contents.get('public') as BagContent;
      const files = new Map(
        [...content.files].filter(([path]) => !path.includes(`registrations/${gone}/`)),
      );
      tried++;
      const report = verifyBag(await sealBag({ ...content, files }, honest.signer));
      expect(report.ok).toBe(false);
    }
  });
  it('was tried many times', () => {
    process.stdout.write(`tamper: ${tried} bags edited and signed again refused\n`);
    expect(tried).toBeGreaterThan(100);
  });
});
