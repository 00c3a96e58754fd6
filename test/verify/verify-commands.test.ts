import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildBag } from '#shared/evidence/bag.ts';
import { type Honest, honestDocument } from '../tamper/honest-document.ts';

let folder: string;
let honest: Honest;

function write(root: string, files: ReadonlyMap<string, Uint8Array>): void {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
}

/** The fenced bash blocks of VERIFY.md, one after the other, as a reader would paste them. */
function commands(root: string): string {
  const text = readFileSync(join(root, 'data/VERIFY.md'), 'utf8');
  return [...text.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n');
}

function runCommands(root: string) {
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', commands(root)], {
    cwd: root,
    encoding: 'utf8',
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bag-'));
  honest = await honestDocument();
  write(folder, await buildBag(honest.document, honest.signer));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('VERIFY.md', () => {
  it('runs as written on a fresh bag', () => {
    const result = runCommands(folder);
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout).toContain('files: complete, unchanged, none added');
    expect(result.stdout).toContain('the statement is about this manifest');
    expect(result.stdout).toContain('plan, registries and custody log: signed as they stand');
    expect(result.stdout).toContain('every record is the committed one');
    expect(result.stdout.match(/Verified OK/g)).toHaveLength(5);
    const fingerprints = result.stdout.match(/SHA256:[A-Za-z0-9+/]{43}/g) ?? [];
    expect(fingerprints.length).toBeGreaterThanOrEqual(2);
    expect(new Set(fingerprints)).toEqual(new Set([honest.signer.keyid]));
  });
  it.each([
    'data/results.json',
    'data/canaries/1-1.record',
    'attestation/report.sigstore.json',
    'bagit.txt',
  ])('fails when one byte of %s is changed', (path) => {
    const bytes = readFileSync(join(folder, path));
    const changed = Buffer.from(bytes);
    changed[60 % changed.length] = (changed[60 % changed.length] ?? 0) ^ 1;
    writeFileSync(join(folder, path), changed);
    expect(runCommands(folder).status).not.toBe(0);
    writeFileSync(join(folder, path), bytes);
  });
  it('fails when a file is added and when the manifests are written again', () => {
    writeFileSync(join(folder, 'data/extra.txt'), 'x');
    expect(runCommands(folder).status).not.toBe(0);
    const rewrite = [
      'find data -type f | LC_ALL=C sort | xargs sha256sum > manifest-sha256.txt',
      'sha256sum attestation/report.sigstore.json attestation/signer.pub.pem bagit.txt manifest-sha256.txt > tagmanifest-sha256.txt',
    ];
    execFileSync('bash', ['-e', '-c', rewrite.join('\n')], { cwd: folder });
    const result = runCommands(folder);
    expect(result.stdout).toContain('files: complete');
    expect(result.status).not.toBe(0);
    rmSync(join(folder, 'data/extra.txt'));
  });
});
