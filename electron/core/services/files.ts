import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { AppError } from '#shared/contract/errors.ts';

const MAX_FILES = 100_000;
const MAX_TOTAL_BYTES = 2 * 1024 * 1024 * 1024;

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

/** Writes a whole folder under another name and renames it; a killed export leaves no folder with a valid name. */
export function writeFolderDurably(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  const beside = `${folder}.writing`;
  rmSync(beside, { recursive: true, force: true });
  try {
    mkdirSync(beside, { recursive: true });
    const folders = new Set([beside]);
    for (const [name, bytes] of files) {
      const file = join(beside, name);
      mkdirSync(dirname(file), { recursive: true });
      folders.add(dirname(file));
      writeAndSync(file, bytes, 0o644);
    }
    for (const made of folders) syncFolder(made);
    renameSync(beside, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    throw error;
  }
}

/** Reads a folder into memory: plain files only, bounded in number and size; a link or device is refused. */
export function readFolder(folder: string): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  const refuse = (why: string): never => {
    throw new AppError('INTEGRITY', `The folder cannot be a bundle: ${why}.`);
  };
  const visit = (at: string): void => {
    const entries = readdirSync(at, { withFileTypes: true });
    if (entries.length === 0)
      refuse(`${JSON.stringify(relative(folder, at) || '.')} is an empty folder`);
    for (const entry of entries) {
      const path = join(at, entry.name);
      const name = relative(folder, path).split(sep).join('/');
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) {
        total += lstatSync(path).size;
        if (files.size >= MAX_FILES || total > MAX_TOTAL_BYTES) refuse('it is too large');
        files.set(name, new Uint8Array(readFileSync(path)));
      } else refuse(`${JSON.stringify(name)} is neither a file nor a folder`);
    }
  };
  visit(folder);
  return files;
}
