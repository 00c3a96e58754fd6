import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  opendirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';

const MAX_FILES = 100_000;
const MAX_DEPTH = 8;
const MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024;

const STORAGE_WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left there',
  EDQUOT: 'your share of the disk is used up',
  EFBIG: 'the files are larger than that place allows',
  EROFS: 'that file system is read-only',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  ENOENT: 'the folder above it is gone',
  EEXIST: 'a file stands in the way',
  ENOTDIR: 'what stands above it is not a folder',
  EIO: 'the disk reports an error',
  ENAMETOOLONG: 'its name is too long',
};

/** What a failed write means for a person. The name never stands for half a result, so nothing has to be cleaned up. */
export function storageError(error: unknown): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = STORAGE_WORDS[code] ?? 'it failed';
  return new AppError(
    'CONFLICT',
    `It could not be written: ${why}. Nothing was left behind; choose another place and try again.`,
  );
}

/**
 * Makes a folder and those above it, one by one. Node's own `recursive` never returns where a new folder is "not found"
 * although the one above it is there, as below /proc. Errors: those of the file system.
 */
export function makeFolders(folder: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.push(at);
  for (const at of missing.reverse()) {
    try {
      mkdirSync(at, { mode });
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (!existsSync(at)) throw error;
    }
  }
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function writeAndSync(file: string, bytes: Uint8Array, mode: number): void {
  const handle = openSync(file, 'wx', mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes beside, syncs, renames, syncs the folder: the name never stands for half a file. */
export function writeFileDurably(file: string, bytes: Uint8Array, mode: number): void {
  const beside = `${file}.writing`;
  rmSync(beside, { force: true });
  writeAndSync(beside, bytes, mode);
  renameSync(beside, file);
  syncFolder(dirname(file));
}

/**
 * Writes a whole folder under another name and renames it; a killed export leaves no folder with a valid name.
 * Errors: CONFLICT when the place is full, read-only or gone.
 */
export function writeFolderDurably(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const beside = `${folder}.writing`;
  try {
    rmSync(beside, { recursive: true, force: true });
    makeFolders(beside);
    const folders = new Set([beside]);
    for (const [name, bytes] of files) {
      const file = join(beside, name);
      makeFolders(dirname(file));
      folders.add(dirname(file));
      writeAndSync(file, bytes, 0o644);
    }
    for (const made of folders) syncFolder(made);
    renameSync(beside, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    try {
      rmSync(beside, { recursive: true, force: true });
    } catch {
      // The place is gone or read-only: what is left has a name that no reader takes for a bundle.
    }
    throw storageError(error);
  }
}

/** A name a bag of this product can have; all else is refused before a byte is read. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/;

const shown = (name: string) => JSON.stringify(name.slice(0, 100));

/**
 * Reads a folder into memory: plain files only, bounded in number, depth and size. A link, a device, a name that is not
 * plain and two names that differ in case alone are refused. Errors: INTEGRITY.
 */
export function readFolder(folder: string): Map<string, Uint8Array> {
  const paths = new Map<string, string>();
  const folded = new Set<string>();
  let total = 0;
  let seen = 0;
  const refuse = (why: string): never => {
    throw new AppError('INTEGRITY', `The folder cannot be a bundle: ${why}.`);
  };
  const take = (path: string, name: string): void => {
    if (folded.has(name.toLowerCase()))
      refuse(`${shown(name)} differs from another name in case alone`);
    folded.add(name.toLowerCase());
    total += lstatSync(path).size;
    if (total > MAX_TOTAL_BYTES) refuse('it is too large');
    paths.set(name, path);
  };
  const visit = (at: string, depth: number): void => {
    if (depth > MAX_DEPTH) refuse('its folders are too deep');
    // One entry after the other: a folder of a million files is refused without being listed whole.
    const handle = opendirSync(at);
    let entries = 0;
    try {
      for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
        entries++;
        if (++seen > MAX_FILES) refuse(`it has more than ${MAX_FILES} files`);
        if (!PLAIN_NAME.test(entry.name)) refuse(`the name ${shown(entry.name)} is not plain`);
        const path = join(at, entry.name);
        const name = relative(folder, path).split(sep).join('/');
        if (entry.isDirectory()) visit(path, depth + 1);
        else if (entry.isFile()) take(path, name);
        else refuse(`${shown(name)} is neither a file nor a folder`);
      }
    } finally {
      handle.closeSync();
    }
    if (entries === 0) refuse(`${shown(relative(folder, at) || '.')} is an empty folder`);
  };
  // Nothing is read before everything is known to be plain and within bounds.
  visit(folder, 0);
  return new Map(
    [...paths].map(([name, path]) => [name, new Uint8Array(readFileSync(path))] as const),
  );
}
