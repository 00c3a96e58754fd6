import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../electron/hosts/cli/commands/index.ts';
import { main } from '../../../electron/hosts/cli/main.ts';
import { fakeIo } from './fake-io.ts';

const DOCS = resolve(import.meta.dirname, '../../../docs');

const NAMES: readonly string[] = (() => {
  const program = new Command();
  for (const install of COMMANDS) install(program, async () => {});
  return program.commands.flatMap((noun) =>
    noun.commands.length === 0
      ? [noun.name()]
      : noun.commands.map((verb) => `${noun.name()} ${verb.name()}`),
  );
})();

async function run(argv: readonly string[]) {
  const terminal = fakeIo({ isTerminal: false, cwd: '/nowhere' });
  const code = await main({
    argv,
    io: terminal.io,
    startServing: () => Promise.reject(new Error('nobody serves here')),
  });
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe('the commands', () => {
  test.each(NAMES)(
    '%s has a help with an example of itself and the global options',
    async (name) => {
      const help = await run([...name.split(' '), '--help']);
      expect(help.code).toBe(0);
      expect(help.stderr).toBe('');
      expect(help.stdout).toContain(`  $ trapstreet ${name}`);
      expect(help.stdout).toContain('--passphrase-file');
    },
  );

  test('docs/cli.md has a section with an example for each', () => {
    const text = readFileSync(join(DOCS, 'cli.md'), 'utf8');
    for (const name of NAMES) {
      expect(text, name).toContain(`### ${name}\n`);
      expect(text, name).toMatch(new RegExp(`^(?:.*\\| )?trapstreet ${name}\\b`, 'm'));
    }
  });

  test.each([
    [['nonsense'], "unknown command 'nonsense'"],
    [['canary', 'nonsense'], "unknown command 'nonsense'"],
    [['canary', 'list', '--nonsense'], "unknown option '--nonsense'"],
    [['canary', 'show'], "missing required argument 'id'"],
    [['canary', 'show', 'A', 'B'], 'too many arguments'],
    [['registry', 'kit', '1'], "required option '--out <file>'"],
    [['canary', 'list', '--limit', '0'], '--limit'],
    [['canary', 'list', '--status', 'odd'], 'draft, committed'],
    [['registry', 'commit', '--held-out', '1'], '--held-out'],
    [['registry', 'draw', '1'], '--no-beacon'],
    [['registry', 'draw', 'one', '--no-beacon'], '<number>'],
    [['registry', 'draw', '1', '--beacon', 'ff'], '64 hexadecimal digits'],
    [['registry', 'kit', '1', '--out', 'k', '--planted-from', 'today'], 'YYYY-MM-DD'],
    [['lab', 'serve', '--student', 'pupil=2'], 'name=dose'],
    [['canary', 'import', 'canaries.txt'], '--format'],
    [['plan', 'check', 'absent.yaml'], 'absent.yaml is not there'],
    [['call', 'canary.list', '{'], 'not JSON'],
    [['canary', 'list'], 'trapstreet workspace create'],
  ])('%j is a usage error told in one line, as JSON too', async (argv, said) => {
    const plain = await run(argv);
    expect(plain).toMatchObject({ code: 64, stdout: '' });
    expect(plain.stderr).toContain(said);
    expect(plain.stderr).toMatch(/^trapstreet: [^\n]+\.[^\n]*\n$/);
    const json = await run([...argv, '--json']);
    expect(json.code).toBe(64);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: expect.any(String) } });
  });

  test('without a command the help goes to standard error', async () => {
    const none = await run([]);
    expect(none).toMatchObject({ code: 64, stdout: '' });
    expect(none.stderr).toContain('Usage: trapstreet');
    expect((await run(['audit'])).stderr).toContain('watch');
  });

  test('the version is the one of the package', async () => {
    const about = JSON.parse(readFileSync(join(DOCS, '../package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect(await run(['--version'])).toMatchObject({ code: 0, stdout: `${about.version}\n` });
  });

  test('pages that are not there are told with exit 70', async () => {
    const served = await run(['serve', '--json']);
    expect(served.code).toBe(70);
    expect(served.stderr).toContain('npm run build');
  });
});
