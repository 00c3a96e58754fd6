import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildBag, tagFiles } from '#shared/evidence/bag.ts';
import { fromUtf8, utf8 } from '#shared/evidence/bytes.ts';
import { DATA, MANIFEST, TAG_MANIFEST } from '#shared/evidence/layout.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { QUICKNET_ROUNDS } from '../helpers/drand-rounds.ts';
import { honestDocument } from '../tamper/honest-document.ts';

const SCRIPT = join(import.meta.dirname, 'verify_bag.py');
const python = spawnSync('python3', ['--version']).status === 0;

function secondOpinion(files: ReadonlyMap<string, Uint8Array>) {
  const folder = mkdtempSync(join(tmpdir(), 'bag-py-'));
  try {
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), bytes);
    }
    const result = spawnSync('python3', [SCRIPT, folder], { encoding: 'utf8' });
    expect(result.stderr).toBe('');
    return { status: result.status, ...JSON.parse(result.stdout) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function withChange(
  bag: ReadonlyMap<string, Uint8Array>,
  path: string,
  edit: (text: string) => string,
) {
  const changed = new Map(bag);
  const before = fromUtf8(bag.get(path) as Uint8Array);
  expect(edit(before)).not.toBe(before);
  changed.set(path, utf8(edit(before)));
  changed.set(
    MANIFEST,
    manifestBytes(new Map([...changed].filter(([name]) => name.startsWith('data/')))),
  );
  changed.set(TAG_MANIFEST, manifestBytes(tagFiles(changed)));
  return changed;
}

describe.skipIf(!python)('the second verifier, in Python', () => {
  it('computes the same E for everybody from the same bag', async () => {
    for (const options of [
      {},
      { oneSuspect: true, drawn: 24 },
      { rule: 'fixed' as const, beacon: null },
      { profile: 'counsel' as const },
      { drand: [QUICKNET_ROUNDS[0], QUICKNET_ROUNDS[1]] as const },
    ]) {
      const { document: made, signer } = await honestDocument(options);
      const document = 'profile' in options ? { ...made, profile: options.profile } : made;
      const opinion = secondOpinion(await buildBag(document, signer));
      expect(opinion.ok, opinion.problem).toBe(true);
      expect(opinion.canaries).toBe(document.canaries.length);
      expect(opinion.adjudicated).toBe(2);
      const { suspects, others } = document.evaluation;
      for (const [index, own] of [...suspects, ...others].entries()) {
        expect(opinion.results[index]).toMatchObject({
          target: own.target,
          hits: own.hits,
          asked: own.asked,
        });
        expect(opinion.results[index].logE).toBeCloseTo(own.logE, 9);
      }
    }
  });
  it('refuses changed data whose manifests were written again', async () => {
    const { document, signer } = await honestDocument();
    const bag = await buildBag(document, signer);
    const cases: [string, (text: string) => string][] = [
      [
        DATA.disclosures,
        (text) => text.replace(/"salt":"./, '"salt":"0').replace(/"salt":"0(.)/, '"salt":"f$1'),
      ],
      [
        DATA.disclosures,
        (text) => text.replace(/"draw_index":(\d+)/, (_, n) => `"draw_index":${Number(n) + 1}`),
      ],
      [
        DATA.seals,
        (text) =>
          text
            .split('\n')
            .toSpliced(0, 1)
            .join('\n')
            .replace(/"sha256":"..../, '"sha256":"0000'),
      ],
      [DATA.results, (text) => text.replace(/"hits":\d+,"inheritance"/, '"hits":99,"inheritance"')],
      [DATA.adjudications, (text) => text.replace('"verdict":"dispute"', '"verdict":"confirm"')],
      [DATA.adjudications, (text) => text.replace(/"canary":"[^"]+"/, '"canary":"C-9"')],
      [DATA.adjudications, (text) => text.slice(text.indexOf('\n') + 1)],
      [DATA.transcripts, (text) => text.replace('"answer":"It is ', '"answer":"It was ')],
    ];
    for (const [path, edit] of cases) {
      const opinion = secondOpinion(withChange(bag, path, edit));
      expect(opinion.ok, path).toBe(false);
      expect(opinion.status).toBe(50);
    }
  });
});
