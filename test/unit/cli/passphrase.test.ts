import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliError } from '../../../electron/hosts/cli/exit.ts';
import { passphraseToCreate, passphraseToUnlock } from '../../../electron/hosts/cli/passphrase.ts';
import { fakeIo } from './fake-io.ts';

const SECRET = 'correct horse battery';

const refusal = (call: Promise<unknown>): Promise<CliError> =>
  call.then(
    () => Promise.reject(new Error('it was accepted')),
    (error: unknown) => {
      if (error instanceof CliError) return error;
      throw error;
    },
  );

describe('the passphrase', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'trapstreet-passphrase-'));
    writeFileSync(join(folder, 'pass'), `${SECRET}\r\nanother line\n`);
    writeFileSync(join(folder, 'empty'), '\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('is the first line of the file, before the environment', async () => {
    const { io } = fakeIo({ isTerminal: false, cwd: folder, env: { TRAPSTREET_PASSPHRASE: 'no' } });
    expect(await passphraseToUnlock(io, 'pass')).toBe(SECRET);
    expect(await passphraseToUnlock(io, undefined)).toBe('no');
    expect((await refusal(passphraseToUnlock(io, 'empty'))).message).toContain('empty first line');
    expect((await refusal(passphraseToUnlock(io, 'absent'))).exit).toBe(64);
  });

  test('is an error with exit 64 where nobody can be asked', async () => {
    const { io } = fakeIo({ isTerminal: false });
    const error = await refusal(passphraseToUnlock(io, undefined));
    expect(error).toMatchObject({ exit: 64, code: 'WORKSPACE_LOCKED' });
    expect(error.message).toContain('TRAPSTREET_PASSPHRASE');
  });

  test('is asked for without being shown, with corrections', async () => {
    const terminal = fakeIo({ isTerminal: true });
    const asked = passphraseToUnlock(terminal.io, undefined);
    terminal.stdin.write('correct horsf');
    terminal.stdin.write('\u007fe battery\r');
    expect(await asked).toBe(SECRET);
    expect(terminal.stderr()).toBe('Passphrase: \n');
    expect(terminal.stdout()).toBe('');
    expect(terminal.raw).toEqual([true, false]);
  });

  test('is asked for twice when a workspace is made, and both must agree', async () => {
    const same = fakeIo({ isTerminal: true });
    const created = passphraseToCreate(same.io, undefined);
    same.stdin.write(`${SECRET}\n${SECRET}\n`);
    expect(await created).toBe(SECRET);
    const other = fakeIo({ isTerminal: true });
    const refused = refusal(passphraseToCreate(other.io, undefined));
    other.stdin.write(`${SECRET}\n${SECRET}!\n`);
    expect((await refused).message).toContain('differ');
  });

  test('is refused when it is short, and never quoted', async () => {
    const { io } = fakeIo({ isTerminal: false, env: { TRAPSTREET_PASSPHRASE: 'short' } });
    const error = await refusal(passphraseToCreate(io, undefined));
    expect(error.exit).toBe(64);
    expect(error.message).not.toMatch(/"?short"\b/);
  });

  test('ends with 130 on Ctrl-C, and the terminal is given back', async () => {
    const terminal = fakeIo({ isTerminal: true });
    const asked = refusal(passphraseToUnlock(terminal.io, undefined));
    terminal.stdin.write('abc\u0003');
    expect((await asked).exit).toBe(130);
    expect(terminal.raw).toEqual([true, false]);
  });
});
