import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { main } from '../../../../electron/hosts/cli/main.ts';
import { fakeIo } from '../../cli/fake-io.ts';
import { corpus, jsonLines, laboratories, lineage, student } from './corpus.ts';

const cwd = mkdtempSync(join(tmpdir(), 'similarity-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const writers = [...laboratories(), student];
writeFileSync(join(cwd, 'outputs.jsonl'), jsonLines(corpus(writers, 60)));
writeFileSync(join(cwd, 'lineage.json'), lineage(writers));
const FILES = ['--outputs', 'outputs.jsonl', '--lineage', 'lineage.json'];

async function run(...argv: string[]) {
  const terminal = fakeIo({ isTerminal: false, cwd });
  const code = await main({
    argv,
    io: terminal.io,
    startServing: () => Promise.reject(new Error('nobody serves here')),
  });
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}

describe('the commands', () => {
  it('write the matrix as CSV and do not write over a file', async () => {
    const ran = await run('similarity', 'matrix', ...FILES, '--out', 'scores.csv');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout).toMatch(/^72 pairs of 9 models over 60 prompts/);
    expect(ran.stderr).toMatch(/never evidence/);
    const [head, ...rows] = readFileSync(join(cwd, 'scores.csv'), 'utf8').trim().split('\n');
    expect(head).toBe('reference,suspect,score,low,high');
    expect(rows).toHaveLength(72);
    for (const line of rows) {
      const [score = 0, low = 0, high = 0] = line.split(',').slice(2).map(Number);
      expect(low).toBeLessThanOrEqual(score);
      expect(score).toBeLessThanOrEqual(high);
    }
    const again = await run('similarity', 'matrix', ...FILES, '--out', 'scores.csv');
    expect(again.code).toBe(64);
  });
  it('rank teachers, in words and as JSON', async () => {
    const ran = await run('similarity', 'teachers', ...FILES, '--suspect', 'student');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/Decoy margin .* over /);
    const json = await run('similarity', 'teachers', ...FILES, '--suspect', 'student', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ suspect: 'student', verdict: 'stands-out' });
  });
  it('say what is wrong', async () => {
    const nobody = await run('similarity', 'teachers', ...FILES, '--suspect', 'nobody');
    expect(nobody).toMatchObject({ code: 64, stdout: '' });
    const bare = ['--outputs', 'outputs.jsonl', '--suspect', 'student'];
    const uncontrolled = await run('similarity', 'teachers', ...bare);
    expect(uncontrolled.code).toBe(64);
    expect(uncontrolled.stderr).toMatch(/clean control/);
  });
});
