import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LineCounter } from 'yaml';
import { z } from 'zod';
import { parseYamlFile } from '#core/services/yaml-file.ts';
import { parseCoreYaml, YAML_DEPTH, yamlTrouble } from '#shared/util/yaml-bounds.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
const CHILD = join(ROOT, 'test/helpers/parse-child.ts');
const MIB = 1024 * 1024;

interface Read {
  readonly growthMiB: number;
  readonly tookMs: number;
  readonly result: string;
}

/** Reads a text in a process of its own: `before`, then `unit` up to `size` bytes, then `after`. */
async function readIn(
  reader: string,
  unit: string,
  size = MIB,
  [before, after] = ['', ''],
): Promise<Read> {
  const argv = [CHILD, reader, unit, String(size), before, after];
  const { stdout } = await run(process.execPath, argv, { cwd: ROOT });
  return JSON.parse(stdout) as Read;
}

/** Texts of one sign, one word or one line over and over: what an attacker would send to fill the memory. */
const UNITS = ['[', '{', ']', '{"a":', '[]', '""', '- ', '? ', ': ', 'a: ', '&a ', '*a ', '!a '];
const LINES = ['- [\n', '[]\n', '""\n', '%\n', '- - -\n', '- {a: b}\n', 'a: b\n', '&a\n', '|\n'];

describe('a file of a million signs is refused in little memory and time', () => {
  it.each([...UNITS, ...LINES])('a target file of %j', async (unit) => {
    const { growthMiB, tookMs, result } = await readIn('target', unit);
    expect(growthMiB).toBeLessThan(250);
    expect(tookMs).toBeLessThan(10_000);
    if (unit !== '|\n') expect(result).toContain('"ok":false');
  });

  it.each([
    ['plan', '['],
    ['canary-yaml', '['],
    ['canary-yaml', '- '],
    ['canary-promptfoo', '{'],
    ['canary-jsonl', '['],
    ['ledger', '['],
    ['bundle', '['],
  ])('%s of %j', async (reader, unit) => {
    const { growthMiB, tookMs, result } = await readIn(reader, unit);
    expect(growthMiB).toBeLessThan(100);
    expect(tookMs).toBeLessThan(5_000);
    expect(result).toMatch(/"ok":false|"errors":\[\{/);
  });

  it('a line of a bundle with millions of empty objects', async () => {
    const { growthMiB, result } = await readIn('bundle', '{},', 12 * MIB, ['[', '0]']);
    expect(result).toContain('parts');
    expect(growthMiB).toBeLessThan(400);
  });

  it('a pasted call whose body is nothing but brackets', async () => {
    const { growthMiB, result } = await readIn('pasted-call', '[', 900_000);
    expect(growthMiB).toBeLessThan(100);
    expect(result).toContain('nested too deeply');
  });
});

describe('an answer of 16 MiB', () => {
  it.each([
    ['[', 'JSON_TOO_DEEP'],
    ['{"a":', 'JSON_TOO_DEEP'],
    ['[],', 'BODY_TOO_LARGE'],
    ['{},', 'BODY_TOO_LARGE'],
    ['0,', 'SCHEMA'],
  ])('of %j has bounded memory', async (unit, code) => {
    const around: [string, string] = unit.endsWith(',') ? ['[', '0]'] : ['', ''];
    const { growthMiB, tookMs, result } = await readIn('answer', unit, 16 * MIB, around);
    expect(result).toContain(code);
    expect(growthMiB).toBeLessThan(350);
    expect(tookMs).toBeLessThan(15_000);
  });

  it.each([
    ['data: {}\n\n', 'STREAM_TRUNCATED'],
    ['data\n\n', 'INVALID_JSON'],
    ['\n', 'STREAM_TRUNCATED'],
    ['data: [', 'BODY_TOO_LARGE'],
  ])('streamed, of %j has bounded memory', async (unit, code) => {
    const { growthMiB, tookMs, result } = await readIn('stream', unit, 16 * MIB);
    expect(result).toContain(code);
    expect(growthMiB).toBeLessThan(350);
    expect(tookMs).toBeLessThan(15_000);
  });
});

describe('yamlTrouble', () => {
  it('counts blocks, brackets and indicators on one line, and names the place', () => {
    const nested = (depth: number) =>
      Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}k:`).join('\n');
    // The colon of the innermost key is a part of its line as well.
    expect(yamlTrouble(nested(YAML_DEPTH - 1))).toBeNull();
    expect(yamlTrouble(nested(YAML_DEPTH))).toMatchObject({ line: YAML_DEPTH, column: 65 });
    expect(yamlTrouble(`b:\n  ${'['.repeat(YAML_DEPTH - 2)}`)).toBeNull();
    expect(yamlTrouble(`b:\n  ${'['.repeat(YAML_DEPTH)}`)).toMatchObject({ line: 2 });
    expect(yamlTrouble('- '.repeat(65))).not.toBeNull();
  });

  it('leaves alone what only looks nested: texts, comments, long lists, several blocks', () => {
    const brackets = '[{'.repeat(500);
    for (const text of [
      `a: "${brackets}"`,
      `a: '${brackets}'`,
      `a: text ${brackets}`,
      `a: |\n  ${brackets}\n  - - - - - - -\n${'    - x\n'.repeat(500)}b: 1`,
      `a: >-\n  ${'- '.repeat(200)}`,
      `a: 1 # ${brackets}`,
      `# ${'- '.repeat(200)}\na: 1`,
      `a: [${'[1], {b: 2}, '.repeat(500)}]`,
      'a:\n  b:\n    c: 1\n'.repeat(500),
      `- ${'word '.repeat(500)}`,
      `\ufeffa: 1\n---\n...\n`,
    ])
      expect(yamlTrouble(text)).toBeNull();
  });

  it('bounds the parts of a file', () => {
    expect(yamlTrouble('- a\n'.repeat(15), 100)).toBeNull();
    expect(yamlTrouble('- a\n'.repeat(200), 100)).toMatchObject({
      message: 'the file has more than 100 parts',
    });
  });

  it('keeps the places and kinds of errors, and the call stacks of others', () => {
    const read = parseYamlFile('a: 1\na: 2\n', z.unknown());
    expect(read).toMatchObject({
      ok: false,
      problems: [{ line: 2, column: 1, message: 'this is not valid YAML (duplicate key)' }],
    });
    expect(parseCoreYaml('a: [', new LineCounter()).errors[0]?.pos[0]).toBe(4);
    expect(new Error('x').stack).toContain('parse-bounds.test');
  });
});
