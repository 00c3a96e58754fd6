import { afterAll, describe, expect, it } from 'vitest';
import { targetDraftSchema } from '#shared/domain/target.ts';
import { main } from '../../../electron/hosts/cli/main.ts';
import { removeTempFolders, tempFolder } from '../../helpers/workspace.ts';
import { fakeIo } from '../../unit/cli/fake-io.ts';

const folder = tempFolder();
afterAll(removeTempFolders);

async function run(...argv: readonly string[]) {
  const terminal = fakeIo({ isTerminal: false, cwd: folder });
  const code = await main({
    argv: [...argv, '--workspace', `${folder}/workspace`],
    io: terminal.io,
    startServing: () => Promise.reject(new Error('nobody serves here')),
  });
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe('preset, on the command line', () => {
  it('lists and shows without a workspace', async () => {
    const list = await run('preset', 'list', '--json');
    expect(list.code).toBe(0);
    expect(JSON.parse(list.stdout).presets).toHaveLength(23);
    const shown = await run('preset', 'show', 'deepseek');
    expect(shown.code).toBe(0);
    expect(shown.stdout).toContain('https://api.deepseek.com');
    expect(shown.stdout).toContain('ignored: While thinking');
    expect(shown.stdout).toContain('2026-11-21');
  });

  it('prints a target that `target add` takes', async () => {
    const applied = await run(
      ...['preset', 'apply', 'vertex', '--name', 'v', '--model', 'gemini-x', '--key', 'google'],
      ...['--value', 'location=europe-west4', 'project=p-1'],
    );
    expect(applied.code).toBe(0);
    expect(targetDraftSchema.parse(JSON.parse(applied.stdout))).toMatchObject({
      name: 'v',
      baseUrl: expect.stringContaining('/projects/p-1/locations/europe-west4/'),
    });
  });

  it('says what is missing, in the words of the product', async () => {
    expect(await run('preset', 'show', 'nobody')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('preset list'),
    });
    const applied = await run('preset', 'apply', 'azure', '--name', 'a', '--model', 'b');
    expect(applied.code).not.toBe(0);
    expect(applied.stderr).toContain('contoso-lab');
    const odd = await run(
      'preset',
      'apply',
      'azure',
      '--name',
      'a',
      '--model',
      'b',
      '--value',
      'x',
    );
    expect(odd.stderr).toContain('name=value');
  });
});
