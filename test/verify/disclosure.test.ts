import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealBag } from '#shared/evidence/bag.ts';
import { fromUtf8, sha256Hex, toBase64, utf8 } from '#shared/evidence/bytes.ts';
import { contentFor } from '#shared/evidence/content.ts';
import { derive } from '#shared/evidence/derive.ts';
import { DISCLOSURE, disclosureFiles } from '#shared/evidence/disclosure.ts';
import { PROFILES, type Profile } from '#shared/evidence/document.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { verifyDisclosure } from '#shared/evidence/verify-disclosure.ts';
import { type Honest, honestDocument } from '../tamper/honest-document.ts';

type Files = Map<string, Uint8Array>;
let honest: Honest;
const bags = new Map<Profile, Files>();
let given: Files;
let folder: string;
let tried = 0;

beforeAll(async () => {
  honest = await honestDocument({ drawn: 6, n: 16 });
  for (const profile of PROFILES)
    bags.set(profile, await sealBag(contentFor(honest.document, profile), honest.signer));
  const derived = derive(honest.document);
  // One of each kind: a drawn one and a found one.
  const chosen = [
    derived.canaries.find(({ disclosed }) => disclosed.use === 'evidence'),
    derived.canaries.find(({ disclosed }) => disclosed.use === 'found'),
  ].map((canary) => canary?.record.id ?? '');
  given = disclosureFiles(honest.document, derived, new Set(chosen));
  folder = mkdtempSync(join(tmpdir(), 'disclosure-'));
  write('bag', bags.get('public') as Files);
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, files: Files): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), bytes);
  }
}

/** The commands of its README, on a folder of these files. */
function commands(files: Files) {
  rmSync(join(folder, 'beside'), { recursive: true, force: true });
  write('beside', files);
  const text = readFileSync(join(folder, 'beside', DISCLOSURE.readme), 'utf8');
  const [, script = ''] = /```bash\n([\s\S]*?)```/.exec(text) ?? [];
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: join(folder, 'beside'),
    encoding: 'utf8',
    env: { ...process.env, BAG: '../bag' },
  });
}

const failedOn = (files: Files, bag = bags.get('public') as Files) =>
  verifyDisclosure(bag, files)
    .filter(({ status }) => status !== 'passed')
    .map(({ name }) => name);

/** With its list of hashes written again, which anybody can do. */
function changed(path: string, edit: (text: string) => string): Files {
  const before = fromUtf8(given.get(path) as Uint8Array);
  const after = edit(before);
  expect(after, path).not.toBe(before);
  return summed(new Map(given).set(path, utf8(after)));
}

function summed(files: Files): Files {
  const own = new Map([...files].filter(([path]) => path !== DISCLOSURE.sums));
  return files.set(DISCLOSURE.sums, manifestBytes(own));
}

describe('canaries disclosed beside a bag', () => {
  it.each(PROFILES)('open their commitments in a %s bag', (profile) => {
    const checks = verifyDisclosure(bags.get(profile) as Files, given);
    expect(checks.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(checks).toHaveLength(12);
  });
  it('are checked by coreutils as its README says', () => {
    const result = commands(given);
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout.trim().split('\n')).toEqual([
      'files: complete, unchanged, none added',
      'every record and key is the committed one',
      'every exchange is the one that the custody log recorded',
    ]);
  });
  it('are those that were chosen and no word of another one', () => {
    const rows = fromUtf8(given.get(DISCLOSURE.rows) as Uint8Array)
      .trimEnd()
      .split('\n');
    expect(rows).toHaveLength(2);
    const all = [...given.values()].map((bytes) => Buffer.from(bytes).toString('latin1')).join('');
    for (const { salt, record } of honest.document.canaries) {
      const isChosen = rows.some((row) => row.includes(Buffer.from(salt).toString('hex')));
      expect(all.includes(Buffer.from(record).toString('latin1'))).toBe(isChosen);
    }
  });
  it('refuses a canary that was never asked', () => {
    expect(() =>
      disclosureFiles(honest.document, derive(honest.document), new Set(['C-9999'])),
    ).toThrow('not all of these');
  });
});

describe('a disclosure that was changed', () => {
  const line = (text: string) => text.slice(0, text.indexOf('\n') + 1);
  const CASES: readonly (readonly [string, string, (text: string) => string, boolean])[] = [
    ['another salt', DISCLOSURE.rows, (t) => t.replace(/"salt":"..../, '"salt":"0000'), true],
    ['another key', DISCLOSURE.rows, (t) => t.replace(/"key":"..../, '"key":"0000'), true],
    [
      'another draw',
      DISCLOSURE.rows,
      (t) => t.replace(/"draw_index":\d+/, '"draw_index":99'),
      false,
    ],
    ['another place', DISCLOSURE.rows, (t) => t.replace(/"order":\d+/, '"order":1000'), false],
    ['another use', DISCLOSURE.rows, (t) => t.replace('"use":"evidence"', '"use":"twin"'), false],
    ['a path cut short', DISCLOSURE.rows, (t) => t.replace(/,"[0-9a-f]{64}"\]/, ']'), false],
    ['an exchange left out', DISCLOSURE.exchanges, (t) => t.slice(line(t).length), false],
    ['an exchange twice', DISCLOSURE.exchanges, (t) => t + line(t), false],
    [
      'another answer',
      DISCLOSURE.exchanges,
      (t) => t.replace('"answer":"', '"answer":"No '),
      false,
    ],
    [
      'another response',
      DISCLOSURE.exchanges,
      (t) => {
        const bytes = utf8('{"choices":[{"message":{"content":"nothing"}}]}');
        return t.replace(
          /"response":\{"body":"[^"]*"(.*?)"sha256":"[0-9a-f]{64}"/,
          (_, rest) =>
            `"response":{"body":"${toBase64(bytes)}"${rest}"sha256":"${sha256Hex(bytes)}"`,
        );
      },
      true,
    ],
    [
      'another custody salt',
      DISCLOSURE.exchanges,
      (t) => t.replace(/"custody_salt":"..../, '"custody_salt":"0000'),
      true,
    ],
    [
      'another found set',
      DISCLOSURE.exchanges,
      (t) => t.replace(/"found":\[[^\]]*\]/, '"found":[7]'),
      false,
    ],
    ['another address', DISCLOSURE.targets, (t) => t.replace('127.0.0.1:9', '127.0.0.1:8'), true],
  ];
  it.each(CASES)('%s is refused', (_name, path, edit, byCommands) => {
    const files = changed(path, edit);
    tried++;
    expect(failedOn(files).length).toBeGreaterThan(0);
    if (byCommands) expect(commands(files).status).not.toBe(0);
  });
  it('is refused for every flipped, cut, missing and added file', () => {
    for (const [path, bytes] of given) {
      // The words of the README are for people; its hash alone is checked.
      const flip = bytes.slice();
      const at = bytes.length >> 1;
      flip[at] = (flip[at] ?? 0) ^ 1;
      for (const variant of [flip, bytes.slice(0, -1), null]) {
        const files = new Map(given);
        if (variant === null) files.delete(path);
        else files.set(path, variant);
        tried++;
        expect(failedOn(files).length, path).toBeGreaterThan(0);
        if (path !== DISCLOSURE.readme && path !== DISCLOSURE.sums) {
          tried++;
          expect(failedOn(summed(files)).length, path).toBeGreaterThan(0);
        }
      }
    }
    expect(failedOn(summed(new Map(given).set('extra', utf8('x'))))).toEqual(['disclosed files']);
  });
  it('is refused beside the bag of another run', async () => {
    const other = await honestDocument({ drawn: 6, n: 16, beacon: '22'.repeat(32) });
    const bag = await sealBag(contentFor(other.document, 'public'), other.signer);
    expect(failedOn(given, bag)).toContain('disclosed draws');
  });
  it('was tried many times', () => {
    process.stdout.write(`tamper: ${tried} changed disclosures refused\n`);
    expect(tried).toBeGreaterThan(30);
  });
});
