import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyFolder } from '#core/services/bundle/verify.ts';
import { readFolder, storageError, writeFolderDurably } from '#core/services/files.ts';
import { AppError } from '#shared/contract/errors.ts';
import { buildBag } from '#shared/evidence/bag.ts';
import { ROOT, removeTempFolders, tempFolder } from '../../helpers/workspace.ts';
import { honestDocument } from '../../tamper/honest-document.ts';

afterAll(removeTempFolders);

const where = { resources: join(ROOT, 'resources') };

function made(files: Record<string, string>): string {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

async function refusal(folder: string): Promise<string> {
  const result = await verifyFolder(
    { path: folder, publicKeyPem: null, tsaRootsPem: null, disclosure: null },
    where,
  );
  expect(result.ok).toBe(false);
  return result.checks.map(({ detail }) => detail).join(' ');
}

describe('a hostile folder', () => {
  it('with a link to a file or a folder is refused, and the link is not followed', async () => {
    const outside = made({ 'secret.txt': 'outside' });
    for (const to of [join(outside, 'secret.txt'), outside]) {
      const folder = made({ 'bagit.txt': 'x', 'data/a.txt': 'x' });
      symlinkSync(to, join(folder, 'data/link.txt'));
      expect(await refusal(folder)).toContain('neither a file nor a folder');
    }
  });
  it('with a pipe in it is refused and does not hang', async () => {
    const folder = made({ 'bagit.txt': 'x' });
    expect(spawnSync('mkfifo', [join(folder, 'pipe')]).status).toBe(0);
    expect(await refusal(folder)).toContain('neither a file nor a folder');
  });
  it('with names that differ in case, are hidden, or could climb is refused by name', async () => {
    expect(await refusal(made({ 'data/A.txt': '1', 'data/a.txt': '2' }))).toContain('case alone');
    for (const name of ['.hidden', 'data/a b.txt', 'data/..x', 'data/\u202etxt', 'data/a\\..\\b'])
      expect(await refusal(made({ 'bagit.txt': 'x', [name]: 'x' })), name).toContain(
        'is not plain',
      );
  });
  it('that is too deep, or has an empty folder, is refused', async () => {
    expect(await refusal(made({ [`${'d/'.repeat(9)}a.txt`]: 'x' }))).toContain('too deep');
    const folder = made({ 'bagit.txt': 'x' });
    mkdirSync(join(folder, 'data'));
    expect(await refusal(folder)).toContain('empty folder');
  });
  it('with too many files is refused after a bounded number', async () => {
    const folder = tempFolder();
    const inner = join(folder, 'data');
    mkdirSync(inner);
    // Links of one file are cheap to make: the names are what is counted.
    const script = `import { linkSync, writeFileSync } from 'node:fs';
      for (const f of 'ab') writeFileSync(f, ''); process.chdir('data');
      for (let i = 0; i < 100_001; i++) linkSync(i % 2 ? '../a' : '../b', 'f' + i);`;
    expect(
      spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: folder }).status,
    ).toBe(0);
    expect(await refusal(folder)).toContain('more than 100000 files');
  }, 120_000);
  it('that is no folder is not found', async () => {
    const folder = made({ 'a.txt': 'x' });
    await expect(
      verifyFolder(
        { path: join(folder, 'a.txt'), publicKeyPem: null, tsaRootsPem: null, disclosure: null },
        where,
      ),
    ).rejects.toThrow('no such folder');
  });
});

describe('writing a bundle', () => {
  it('leaves nothing with a valid name when the process is killed while it writes', async () => {
    const { document, signer } = await honestDocument({ drawn: 4, n: 8 });
    const files = await buildBag(document, signer);
    const folder = tempFolder();
    const source = join(folder, 'bag.json');
    writeFileSync(
      source,
      JSON.stringify(
        [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]),
      ),
    );
    const script = `import { readFileSync } from 'node:fs';
      import { writeFolderDurably } from ${JSON.stringify(join(ROOT, 'electron/core/services/files.ts'))};
      const files = new Map(JSON.parse(readFileSync(${JSON.stringify(source)}, 'utf8')).map(([p, b]) => [p, Buffer.from(b, 'base64')]));
      writeFolderDurably(${JSON.stringify(join(folder, 'out/bag'))}, files);`;
    mkdirSync(join(folder, 'out'));
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: ROOT });
    const watcher = watch(join(folder, 'out'), () => child.kill('SIGKILL'));
    const code = await new Promise((done) => child.on('close', (_, signal) => done(signal)));
    watcher.close();
    expect(code).toBe('SIGKILL');
    expect(existsSync(join(folder, 'out/bag'))).toBe(false);
    writeFolderDurably(join(folder, 'out/bag'), files);
    expect(readdirSync(join(folder, 'out'))).toEqual(['bag']);
    expect(
      (
        await verifyFolder(
          {
            path: join(folder, 'out/bag'),
            publicKeyPem: signer.pem,
            tsaRootsPem: null,
            disclosure: null,
          },
          where,
        )
      ).ok,
    ).toBe(true);
  });
  it('is refused in words where a file may not grow, and leaves nothing', () => {
    const folder = tempFolder();
    const script = `import { writeFolderDurably } from ${JSON.stringify(join(ROOT, 'electron/core/services/files.ts'))};
      try { writeFolderDurably('bag', new Map([['a.txt', new Uint8Array(10)], ['data/b.bin', new Uint8Array(1e6)]])); }
      catch (error) { console.log(error.code, error.message); }`;
    writeFileSync(join(folder, 'w.mjs'), script);
    const limited = spawnSync(
      'bash',
      ['-c', 'trap "" XFSZ; ulimit -f 100; exec "$0" w.mjs', process.execPath],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(limited.stdout).toContain('CONFLICT It could not be written: the files are larger');
    expect(readdirSync(folder)).toEqual(['w.mjs']);
  });
  it('is refused in words where the place is no folder or is gone', () => {
    const folder = made({ 'file.txt': 'x' });
    const write = (to: string) => () =>
      writeFolderDurably(to, new Map([['a.txt', new Uint8Array(1)]]));
    expect(write(join(folder, 'file.txt/bag'))).toThrow('is not a folder');
    expect(readdirSync(folder)).toEqual(['file.txt']);
  });
  it('has words for a full and a read-only disk', () => {
    for (const [code, words] of [
      ['ENOSPC', 'no space left'],
      ['EROFS', 'read-only'],
      ['EACCES', 'may not write'],
    ]) {
      const error = storageError(Object.assign(new Error('x'), { code }));
      expect(error).toBeInstanceOf(AppError);
      expect(error.message).toContain(words);
    }
  });
  it('is read back as it was written', () => {
    const folder = join(tempFolder(), 'bag');
    const files = new Map([
      ['bagit.txt', new Uint8Array([1])],
      ['data/a.bin', new Uint8Array([2, 3])],
    ]);
    writeFolderDurably(folder, files);
    expect(new Map([...readFolder(folder)].sort())).toEqual(files);
  });
});
