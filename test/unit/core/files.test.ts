import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolders, writeFolderDurably } from '#core/services/files.ts';
import { removeTempFolders, tempFolder } from '../../helpers/workspace.ts';

afterAll(removeTempFolders);

const NOTHING = new Map([['a/b.txt', new Uint8Array([1])]]);

describe('folders for an export', () => {
  it('are made one below the other, with the mode asked for', () => {
    const at = join(tempFolder(), 'one/two/three');
    makeFolders(at, 0o700);
    makeFolders(at, 0o700);
    expect(statSync(at).isDirectory()).toBe(true);
    if (process.platform !== 'win32') expect(statSync(at).mode & 0o777).toBe(0o700);
  });
  it('fail at once below a file', () => {
    const file = join(tempFolder(), 'file');
    writeFileSync(file, '');
    expect(() => makeFolders(join(file, 'x/y'))).toThrow('ENOTDIR');
  });
  // Node's own recursive mkdir never returns there.
  it.runIf(process.platform === 'linux')('fail at once below /proc', () => {
    for (const path of ['/proc/not-there/x/y', '/proc/self/not-there', '/sys/not-there/x']) {
      expect(() => makeFolders(path)).toThrow();
      expect(() => writeFolderDurably(path, NOTHING)).toThrow('It could not be written');
      expect(existsSync(path)).toBe(false);
    }
  });
  it('hold what was written, and nothing half', () => {
    const at = join(tempFolder(), 'new/bag');
    writeFolderDurably(at, NOTHING);
    expect(existsSync(join(at, 'a/b.txt'))).toBe(true);
    expect(existsSync(`${at}.writing`)).toBe(false);
    rmSync(at, { recursive: true });
  });
});
