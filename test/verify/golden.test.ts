import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromUtf8 } from '#shared/evidence/bytes.ts';
import { PROFILES } from '#shared/evidence/document.ts';
import { ATTACHED } from '#shared/evidence/layout.ts';
import { rescoreBag } from '#shared/evidence/rescore.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { verifyStamps } from '#shared/evidence/verify-time.ts';
import { stampedBag } from '../tamper/stamped-bag.ts';

// Bags that earlier versions made. They are never written again: every later version must still verify them.
// GOLDEN=write adds those of this version under a new name; an existing file is kept.

const FOLDER = join(import.meta.dirname, '../fixtures/bags');
/** Another version than the program's, so that reworded pages do not count. */
const MADE_BY = '0.1.0-3';

function read(name: string): Map<string, Uint8Array> {
  const lines = gunzipSync(readFileSync(join(FOLDER, name)))
    .toString('utf8')
    .trimEnd()
    .split('\n');
  return new Map(
    lines.map((line) => {
      const [path = '', base64 = ''] = line.split(' ');
      return [path, new Uint8Array(Buffer.from(base64, 'base64'))];
    }),
  );
}

async function writeGoldens(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const profile of PROFILES) {
    const { files } = await stampedBag({ drawn: 4, n: 8 }, { profile, version: MADE_BY });
    const lines = [...files].map(
      ([path, bytes]) => `${path} ${Buffer.from(bytes).toString('base64')}\n`,
    );
    writeFileSync(join(FOLDER, `${MADE_BY}-${profile}.bag.gz`), gzipSync(lines.join('')), {
      flag: 'wx',
    });
  }
}

if (process.env.GOLDEN === 'write') await writeGoldens();

const names = readdirSync(FOLDER).filter((name) => name.endsWith('.bag.gz'));

describe('bags of earlier versions', () => {
  it('are there, one for each profile', () => {
    for (const profile of PROFILES)
      expect(names.some((name) => name.endsWith(`-${profile}.bag.gz`))).toBe(true);
  });
  it.each(names)('%s still verifies', (name) => {
    const report = verifyBag(read(name));
    expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(report.ok).toBe(true);
    expect(name).toContain(`-${report.profile}.bag.gz`);
  });
  it.each(names)('%s: its stamps hold, under their root and without', async (name) => {
    const bag = read(name);
    const tsaRootsPem = fromUtf8(bag.get(ATTACHED.roots) ?? new Uint8Array());
    const given = await verifyStamps(bag, { tsaRootsPem });
    expect(given.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(given.filter(({ status }) => status === 'passed').length).toBeGreaterThan(6);
    const without = await verifyStamps(bag);
    expect(new Set(without.map(({ status }) => status))).toEqual(new Set(['unproven']));
  });
  it.each(names.filter((name) => !name.includes('public')))('%s scores as it did', (name) => {
    expect(rescoreBag(read(name)).differences).toEqual([]);
  });
  it.each(names)('%s is refused with one byte changed', (name) => {
    const bag = read(name);
    const results = (bag.get('data/results.json') as Uint8Array).slice();
    results[40] = (results[40] ?? 0) ^ 1;
    expect(verifyBag(bag.set('data/results.json', results)).ok).toBe(false);
  });
});
