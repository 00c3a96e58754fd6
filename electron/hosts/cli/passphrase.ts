import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MIN_PASSPHRASE, passphraseHint, passphraseProblem } from '#shared/util/passphrase.ts';
import { CliError, EXIT } from './exit.ts';
import type { Io } from './io.ts';

const PASSPHRASE_VARIABLE = 'TRAPSTREET_PASSPHRASE';

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

function firstLine(io: Io, file: string, what: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, file), 'utf8');
  } catch {
    throw new CliError(`The ${what} file ${file} cannot be read. Check its path.`);
  }
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line === '') throw new CliError(`The ${what} file ${file} has an empty first line.`);
  return line;
}

/** From the file, else from the environment; null when neither is given. */
export function givenPassphrase(io: Io, file: string | undefined): string | null {
  if (file !== undefined) return firstLine(io, file, 'passphrase');
  const value = io.env[PASSPHRASE_VARIABLE];
  return value === undefined || value === '' ? null : value;
}

/** The recovery code from the first line of a file. */
export const givenRecoveryCode = (io: Io, file: string): string =>
  firstLine(io, file, 'recovery code');

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

/** A new passphrase; at a terminal it is asked twice, and told how strong it looks. */
async function chosenPassphrase(io: Io, given: string | null): Promise<string> {
  let passphrase = given;
  if (passphrase === null) {
    if (!isInteractive(io)) throw nobodyToAsk();
    passphrase = await askHidden(io, `New passphrase (${MIN_PASSPHRASE} characters or more): `);
    const { strength, text } = passphraseHint(passphrase);
    if (strength !== 'short') io.stderr.write(`This looks ${strength}. ${text}\n`);
    if (passphrase !== (await askHidden(io, 'Again: ')))
      throw new CliError('The two passphrases differ. Nothing was changed.');
  }
  const problem = passphraseProblem(passphrase);
  if (problem !== null)
    throw new CliError(
      `The passphrase is too short. ${problem} It cannot be recovered, and it guards every canary.`,
    );
  return passphrase;
}

/** The passphrase of a new workspace. */
export const passphraseToCreate = (io: Io, file: string | undefined): Promise<string> =>
  chosenPassphrase(io, givenPassphrase(io, file));

/** The passphrase that is to replace another one. */
export const passphraseToChange = (io: Io, file: string | undefined): Promise<string> =>
  chosenPassphrase(io, file === undefined ? null : firstLine(io, file, 'new passphrase'));
