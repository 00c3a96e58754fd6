import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, EXIT } from './exit.ts';
import type { Io } from './io.ts';

const PASSPHRASE_VARIABLE = 'TRAPSTREET_PASSPHRASE';
const MIN_CHARACTERS = 12;

/** Reads one line from a terminal without showing it. */
export function askHidden(io: Io, question: string): Promise<string> {
  const { stdin, stderr } = io;
  return new Promise((done, fail) => {
    let typed = '';
    const finish = (act: () => void): void => {
      stdin.off('data', read);
      stdin.setRawMode?.(false);
      stdin.pause();
      stderr.write('\n');
      act();
    };
    const read = (chunk: Buffer | string): void => {
      const text = String(chunk);
      for (const [at, character] of [...text].entries()) {
        if (character === '\r' || character === '\n') {
          const rest = [...text].slice(at + 1).join('');
          finish(() => done(typed));
          if (rest !== '') stdin.unshift(rest);
          return;
        }
        if (character === '\u0003' || character === '\u0004') {
          const interrupted = { exit: EXIT.interrupted, code: 'INTERRUPTED' };
          finish(() => fail(new CliError('Interrupted.', interrupted)));
          return;
        }
        if (character === '\u007f' || character === '\b') typed = [...typed].slice(0, -1).join('');
        else if (character >= ' ') typed += character;
      }
    };
    stderr.write(question);
    stdin.setEncoding('utf8');
    stdin.setRawMode?.(true);
    stdin.on('data', read);
    stdin.resume();
  });
}

/** From the file, else from the environment; null when neither is given. */
export function givenPassphrase(io: Io, file: string | undefined): string | null {
  if (file !== undefined) {
    let text: string;
    try {
      text = readFileSync(resolve(io.cwd, file), 'utf8');
    } catch {
      throw new CliError(`The passphrase file ${file} cannot be read. Check its path.`);
    }
    const line = text.split(/\r?\n/, 1)[0] ?? '';
    if (line === '') throw new CliError(`The passphrase file ${file} has an empty first line.`);
    return line;
  }
  const value = io.env[PASSPHRASE_VARIABLE];
  return value === undefined || value === '' ? null : value;
}

const isInteractive = (io: Io): boolean => io.stdin.isTTY === true && io.stderr.isTTY === true;

const nobodyToAsk = (): CliError =>
  new CliError(
    `No passphrase is given. Use --passphrase-file FILE, set ${PASSPHRASE_VARIABLE}, or run it in a terminal.`,
    { code: 'WORKSPACE_LOCKED' },
  );

/** The passphrase of a workspace that exists. */
export async function passphraseToUnlock(io: Io, file: string | undefined): Promise<string> {
  const given = givenPassphrase(io, file);
  if (given !== null) return given;
  if (!isInteractive(io)) throw nobodyToAsk();
  return askHidden(io, 'Passphrase: ');
}

/** The passphrase of a new workspace; at a terminal it is asked twice. */
export async function passphraseToCreate(io: Io, file: string | undefined): Promise<string> {
  let passphrase = givenPassphrase(io, file);
  if (passphrase === null) {
    if (!isInteractive(io)) throw nobodyToAsk();
    passphrase = await askHidden(io, `New passphrase (${MIN_CHARACTERS} characters or more): `);
    if (passphrase !== (await askHidden(io, 'Again: ')))
      throw new CliError('The two passphrases differ. Nothing was created.');
  }
  if (passphrase.length < MIN_CHARACTERS)
    throw new CliError(
      `The passphrase is too short. Use at least ${MIN_CHARACTERS} characters: it cannot be recovered, and it guards every canary.`,
    );
  return passphrase;
}
