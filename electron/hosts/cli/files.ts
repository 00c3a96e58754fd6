import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError } from './exit.ts';
import type { Io } from './io.ts';

const MAX_BYTES = 64 * 1024 * 1024;

/** All of standard input as UTF-8. */
export async function readStdin(io: Io): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > MAX_BYTES) throw tooLarge('standard input');
    parts.push(part);
  }
  return decode(Buffer.concat(parts), 'standard input');
}

const PART_BYTES = 1024 * 1024;

/** Reads to the end, or one part past the limit: a device or a pipe has no size that could be asked for before. */
function readBounded(path: string): Buffer {
  const handle = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let size = 0; size <= MAX_BYTES; ) {
      const part = Buffer.allocUnsafe(PART_BYTES);
      const count = readSync(handle, part);
      if (count === 0) break;
      parts.push(part.subarray(0, count));
      size += count;
    }
    return Buffer.concat(parts);
  } finally {
    closeSync(handle);
  }
}

/** A whole file as bytes. */
export function readBytes(io: Io, file: string): Buffer {
  let bytes: Buffer;
  try {
    bytes = readBounded(resolve(io.cwd, file));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : 'cannot be read';
    throw new CliError(`${file} ${why}. Check the path.`, { code: 'NOT_FOUND' });
  }
  if (bytes.length > MAX_BYTES) throw tooLarge(file);
  return bytes;
}

/** A text file, or standard input for `-`. */
export async function readText(io: Io, file: string): Promise<string> {
  if (file === '-') return readStdin(io);
  return decode(readBytes(io, file), file);
}

const tooLarge = (file: string): CliError =>
  new CliError(`${file} is larger than 64 MiB. Split it.`);

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CliError(`${file} is not UTF-8 text. Save it as UTF-8.`);
  }
}

/** Refuses before any work is done, so that nothing is written over by mistake. */
export function refuseExisting(io: Io, file: string, isForced: boolean): void {
  if (!isForced && existsSync(resolve(io.cwd, file)))
    throw new CliError(`${file} exists already. Choose another name, or add --force.`, {
      code: 'CONFLICT',
    });
}

/** Writes a file that only its owner can read: most of what is written here holds secrets. */
export function writeText(
  io: Io,
  file: string,
  text: string | Uint8Array,
  isForced: boolean,
): string {
  const path = resolve(io.cwd, file);
  try {
    writeFileSync(path, text, { mode: 0o600, flag: isForced ? 'w' : 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'its folder is not there'
        : code === 'EEXIST'
          ? 'it exists already'
          : code === 'EISDIR'
            ? 'it is a folder'
            : 'the system refuses it';
    throw new CliError(`${file} cannot be written: ${why}. Choose another path.`);
  }
  return path;
}
