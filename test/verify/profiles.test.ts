import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealBag } from '#shared/evidence/bag.ts';
import { fromUtf8, toBase64 } from '#shared/evidence/bytes.ts';
import { contentFor } from '#shared/evidence/content.ts';
import { PROFILES, type Profile } from '#shared/evidence/document.ts';
import { readBundle } from '#shared/evidence/dsse.ts';
import { DATA, STATEMENT } from '#shared/evidence/layout.ts';
import { NOT_IN_PUBLIC, verifyBag } from '#shared/evidence/verify.ts';
import { type Honest, honestDocument } from '../tamper/honest-document.ts';

let honest: Honest;
const bags = new Map<Profile, Map<string, Uint8Array>>();
const folders: string[] = [];

beforeAll(async () => {
  honest = await honestDocument();
  for (const profile of PROFILES)
    bags.set(profile, await sealBag(contentFor(honest.document, profile), honest.signer));
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const bagOf = (profile: Profile) => bags.get(profile) as Map<string, Uint8Array>;

function onDisk(files: ReadonlyMap<string, Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'profile-'));
  folders.push(folder);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

/** Every text that is a secret of the run, as it would stand in a file: plain, and inside base64 at each alignment. */
function secrets(): string[] {
  const texts = honest.document.canaries.flatMap(({ record }) => {
    const { messages, responses, expected } = JSON.parse(fromUtf8(record));
    return [
      ...messages.map(({ content }: { content: string }) => content),
      ...responses,
      ...expected,
    ];
  });
  return [...new Set(texts)].filter((text) => text.length > 8);
}

describe('a bag in each profile', () => {
  it.each(PROFILES)(
    '%s verifies, says its profile in the signed statement and by name',
    (profile) => {
      const report = verifyBag(bagOf(profile), { publicKeyPem: honest.signer.pem });
      expect(report.checks.filter(({ status }) => status === 'failed')).toEqual([]);
      expect(report.ok).toBe(true);
      expect(report.profile).toBe(profile);
      const statement = JSON.parse(
        fromUtf8(readBundle(bagOf(profile).get(STATEMENT) as Uint8Array).payload),
      );
      expect(statement.predicate.profile).toBe(profile);
      expect(fromUtf8(bagOf(profile).get(DATA.report) as Uint8Array)).toContain(`${profile}: `);
    },
  );
  it('counts what a public bag does not show as not checkable, and nothing else', () => {
    for (const profile of PROFILES) {
      const withheld = verifyBag(bagOf(profile))
        .checks.filter(({ status }) => status === 'withheld')
        .map(({ name }) => name);
      expect(withheld).toEqual(profile === 'public' ? [...NOT_IN_PUBLIC] : []);
    }
  });
  it('gives the same findings in every profile', () => {
    for (const profile of PROFILES)
      expect(verifyBag(bagOf(profile)).results?.evaluation).toEqual(honest.document.evaluation);
  });
  it('keeps every secret text, salt, key and address out of a public bag', () => {
    const all = [...bagOf('public').values()].map((bytes) => fromUtf8(bytes)).join('\n');
    for (const text of secrets()) {
      expect(all.includes(text), text).toBe(false);
      const inner = toBase64(new TextEncoder().encode(text)).slice(4, -4);
      if (inner.length > 12) expect(all.includes(inner), text).toBe(false);
    }
    expect(all).not.toContain('127.0.0.1:9');
    for (const { salt, key } of honest.document.canaries)
      for (const bytes of [salt, ...(key === null ? [] : [key])])
        expect(all.includes(Buffer.from(bytes).toString('hex'))).toBe(false);
    for (const { custodySalt } of honest.document.attempts)
      expect(all.includes(Buffer.from(custodySalt).toString('hex'))).toBe(false);
  });
  it('shows counsel this run, and lines of other matters as hashes under the same checkpoint', () => {
    const custody = fromUtf8(bagOf('counsel').get(DATA.custody) as Uint8Array);
    expect(custody).not.toContain('workspace.unlocked');
    expect(custody).toMatch(/^\{"leaf":"[0-9a-f]{64}","sha256":"[0-9a-f]{64}"\}$/m);
    expect(fromUtf8(bagOf('internal').get(DATA.custody) as Uint8Array)).toContain(
      'workspace.unlocked',
    );
    expect(bagOf('counsel').get(DATA.checkpoint)).toEqual(bagOf('internal').get(DATA.checkpoint));
  });
  it.each(PROFILES)('%s: VERIFY.md runs as written', (profile) => {
    const text = fromUtf8(bagOf(profile).get(DATA.verify) as Uint8Array);
    const blocks = [...text.matchAll(/```bash\n([\s\S]*?)```/g)]
      .map(([, block]) => block)
      .join('\n');
    const cwd = onDisk(bagOf(profile));
    const result = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', blocks], {
      cwd,
      encoding: 'utf8',
    });
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('files: complete, unchanged, none added');
    expect(result.stdout).toContain('signed as they stand');
  });
  it('prints on the first page a hash of the data that coreutils give too', () => {
    for (const profile of PROFILES) {
      const cwd = onDisk(bagOf(profile));
      const { stdout } = spawnSync(
        'bash',
        ['-c', 'grep -v " data/report\\." manifest-sha256.txt | sha256sum | cut -c1-64'],
        { cwd, encoding: 'utf8' },
      );
      const page = fromUtf8(bagOf(profile).get(DATA.report) as Uint8Array);
      expect(page).toContain(
        `<dt>Data files</dt><dd><span class="mono">${stdout.trim()}</span></dd>`,
      );
    }
  });
});

describe('a public bag of a laboratory that cheats', () => {
  const failed = (files: ReadonlyMap<string, Uint8Array>) =>
    verifyBag(files)
      .checks.filter(({ status }) => status === 'failed')
      .map(({ name }) => name);

  it('is refused when a seal, an attempt or a leaf is left out, or the profile is another word', async () => {
    const { document, signer } = honest;
    const content = contentFor(document, 'public');
    const edited = async (path: string, change: (text: string) => string) => {
      const before = fromUtf8(content.files.get(path) as Uint8Array);
      const files = new Map(content.files).set(path, new TextEncoder().encode(change(before)));
      expect(change(before)).not.toBe(before);
      return sealBag({ ...content, files }, signer);
    };
    const lines = (drop: number) => (text: string) =>
      text.split('\n').toSpliced(drop, 1).join('\n');
    expect(failed(await edited('data/attempts.jsonl', lines(3)))).toContain(
      'custody and transcripts',
    );
    expect(failed(await edited('data/scores.jsonl', lines(2)))).toContain('coverage');
    expect(failed(await edited('data/seals.jsonl', lines(0)))).toContain('seals');
    expect(
      failed(
        await edited('data/scores.jsonl', (text) =>
          text.replace(/"draw_index":\d+/g, '"draw_index":47'),
        ),
      ),
    ).toContain('evaluation');
    expect(
      failed(
        await edited(DATA.results, (text) =>
          text.replace('"profile":"public"', '"profile":"counsel"'),
        ),
      ),
    ).toContain('layout');
    expect(
      failed(
        await edited(DATA.custody, (text) =>
          text.replace(/"leaf":"./, '"leaf":"0').replace(/"leaf":"0(.)/, '"leaf":"f$1'),
        ),
      ),
    ).toContain('checkpoint');
  });
});
