import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'trapstreet-stats-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(text: string, ...more: string[]) {
  const file = join(folder, 'cases.json');
  writeFileSync(file, text);
  return spawnSync(
    process.execPath,
    ['electron/hosts/trapstreet.ts', 'stats', 'run', '--file', file, ...more],
    { encoding: 'utf8', env: { ...process.env, TRAPSTREET_WORKSPACE: join(folder, 'none') } },
  );
}

describe('trapstreet stats run', () => {
  it('prints one JSON value and needs no workspace', () => {
    const cases = [
      { id: 'one', kind: 'permutation_p', input: { b: 0, B: 999 } },
      { id: 'two', kind: 'nothing', input: {} },
    ];
    const { stdout, status } = run(JSON.stringify({ cases }), '--json');
    expect(JSON.parse(stdout)).toEqual({
      results: [
        { id: 'one', value: 0.001 },
        { id: 'two', error: 'there is no kind "nothing"' },
      ],
    });
    expect(status).toBe(0);
  });

  it('says what is wrong with a file, exit 64', () => {
    for (const text of ['{', '[]', '{"cases": 3}']) {
      const { status, stdout, stderr } = run(text);
      expect(status).toBe(64);
      expect(stdout).toBe('');
      expect(stderr).toContain('cases.json');
    }
  });

  it('prints a table for people', () => {
    const { stdout } = run('{"cases":[{"id":1,"kind":"bh","input":{"p":[0.5]}}]}');
    expect(stdout).toContain('[0.5]');
  });
});
