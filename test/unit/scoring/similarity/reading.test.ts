import { describe, expect, it } from 'vitest';
import {
  agreementsOf,
  codeSequences,
  commonPrefixLength,
  commonSubsequenceLength,
} from '#shared/scoring/similarity/agreement.ts';
import { matrixCsv } from '#shared/scoring/similarity/csv.ts';
import { seededUniform } from '#shared/scoring/similarity/random.ts';
import { readOutputRows, readRoles } from '#shared/scoring/similarity/rows.ts';
import { OPENING_TOKENS, readAnswer } from '#shared/scoring/similarity/text.ts';
import { jsonLines, laboratories, lineage } from './corpus.ts';

describe('an answer', () => {
  it('opens with words, punctuation and breaks, whatever the language', () => {
    const opening = (text: string) => readAnswer(text)?.opening;
    expect(opening('Sure! Here’s it:\n\n- One')).toEqual([
      'sure',
      '!',
      'here’s',
      'it',
      ':',
      '\n\n',
      '-',
      'one',
    ]);
    expect(opening('当然可以。')).toEqual(['当', '然', '可', '以', '。']);
    expect(opening('بالتأكيد، إليك')).toEqual(['بالتأكيد', '،', 'إليك']);
    expect(opening('हिन्दी में')).toEqual(['हिन्दी', 'में']);
    expect(opening('Cafe\u0301')).toEqual(opening('CAFÉ'));
    expect(opening(' \n\t ')).toBeUndefined();
    expect(opening('word '.repeat(500))).toHaveLength(OPENING_TOKENS);
  });
  it('has a layout of kinds of lines', () => {
    const text =
      'Steps:\n\n\n1. **Mix** it\n  - softly\n# End\n```\n|a|b|\nA line that is longer than forty characters, so a text.';
    expect(readAnswer(text)?.layout).toEqual([
      'lead',
      'gap',
      'number bold',
      'bullet nested',
      'heading',
      'code',
      'table',
      'text',
    ]);
  });
  it('is read in bounded time when it is huge or broken', () => {
    const started = performance.now();
    for (const unit of ['a', '\n', '- x\n', '*', '\ud800', 'é\u0301', '**', '( ', '1', '\u0000'])
      expect(readAnswer(unit.repeat(3_000_000))?.layout.length ?? 0).toBeLessThanOrEqual(80);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('agreement', () => {
  const slow = (a: readonly string[], b: readonly string[]): number => {
    const table = Array.from({ length: a.length + 1 }, () =>
      new Array<number>(b.length + 1).fill(0),
    );
    for (let i = 1; i <= a.length; i += 1)
      for (let j = 1; j <= b.length; j += 1) {
        const row = table[i] ?? [];
        row[j] =
          a[i - 1] === b[j - 1]
            ? (table[i - 1]?.[j - 1] ?? 0) + 1
            : Math.max(table[i - 1]?.[j] ?? 0, row[j - 1] ?? 0);
      }
    return table[a.length]?.[b.length] ?? 0;
  };
  it('finds the same common subsequence as the textbook, across words of bits', () => {
    const uniform = seededUniform(5);
    for (let round = 0; round < 400; round += 1) {
      const letters = 2 + Math.floor(uniform() * 6);
      const word = () =>
        Array.from({ length: Math.floor(uniform() * 95) }, () =>
          String(Math.floor(uniform() * letters)),
        );
      const [a, b] = [word(), word()];
      const [x, y] = codeSequences([a, b]);
      if (!x || !y) throw new Error('both are there');
      expect(commonSubsequenceLength(x, y)).toBe(slow(a, b));
      expect(commonSubsequenceLength(y, x)).toBe(slow(a, b));
      let run = 0;
      while (run < Math.min(a.length, b.length) && a[run] === b[run]) run += 1;
      expect(commonPrefixLength(x, y)).toBe(run);
    }
  });
  it('is symmetric, and unknown where an answer is missing', () => {
    const answers = ['Sure, here.', null, 'Sure, there.', 'No.'].map(
      (text) => text && readAnswer(text),
    );
    const tables = agreementsOf(answers.map((answer) => answer || null));
    for (const table of tables)
      for (let i = 0; i < 4; i += 1)
        for (let j = 0; j < 4; j += 1) {
          expect(table[i * 4 + j]).toBe(table[j * 4 + i]);
          expect(Number.isNaN(table[i * 4 + j])).toBe(i === j || i === 1 || j === 1);
        }
    expect(tables[0]?.[2]).toBe(2);
  });
});

describe('files', () => {
  const rows = (lines: readonly unknown[]) =>
    readOutputRows(lines.map((line) => JSON.stringify(line)).join('\r\n'));
  it('reads rows in any order, with numbers as ids and extra fields', () => {
    const read = rows([
      { id: 2, model: 'b', output: 'B', prompt: 'x', more: 1 },
      { id: 1, model: 'a', output: null },
      { id: 2, model: 'a', output: 'A' },
    ]);
    expect(read.models).toEqual(['a', 'b']);
    expect([read.answers(0), read.answers(1)]).toEqual([
      ['', null],
      ['A', 'B'],
    ]);
  });
  it.each([
    ['{"id":1', /Line 1 .* not JSON/],
    [
      '{"id":1,"model":"a","output":"x"}\n{"id":1,"model":"a","output":"y"}',
      /Line 2 .* second time/,
    ],
    ['{"id":1,"model":"","output":"x"}', /Line 1 .* no id/],
    ['[]', /Line 1 .* no id/],
    ['{"id":1,"model":"a","output":7}', /Line 1 .* no id/],
  ])('refuses %s and names the line, not the text', (text, why) => {
    expect(() => readOutputRows(text)).toThrow(why);
  });
  it('survives names that mean something to JavaScript or to a spreadsheet', () => {
    const names = ['__proto__', 'constructor', 'a,"b"', '=1+1', 'é\n'];
    const read = rows(names.map((model) => ({ id: '__proto__', model, output: 'x' })));
    expect([...read.models].sort()).toEqual([...names].sort());
    expect(matrixCsv([{ reference: 'a,"b"', suspect: 'é\n', score: 1, low: 0, high: 2 }])).toBe(
      'reference,suspect,score,low,high\n"a,""b""","é\n",1.000000,0.000000,2.000000\n',
    );
  });
  it('reads of the lineage only laboratories of references and controls, and the roles', () => {
    const writers = [
      ...laboratories(),
      { name: 'suspect', style: 1, lab: 'north' },
      { name: 'unknown', style: 2 },
    ];
    const names = writers.map(({ name }) => name);
    const roles = readRoles(names, lineage(writers));
    expect(roles.find(({ name }) => name === 'suspect')).toEqual({
      name: 'suspect',
      lab: null,
      isReference: false,
      isControl: false,
    });
    expect(roles[0]).toEqual({ name: 'north-0', lab: 'north', isReference: true, isControl: true });
    const told = lineage(writers, {
      teachers: [{ family: 'x' }],
      family: 'y',
      origin: 'distilled',
    });
    expect(readRoles(names, told)).toEqual(roles);
    expect(readRoles(['a'], '')).toEqual([
      { name: 'a', lab: null, isReference: true, isControl: false },
    ]);
    expect(() => readRoles(['a'], '{"models":{}}')).toThrow(/no list/);
    expect(() => readRoles(['a'], '{')).toThrow(/not JSON/);
  });
  it('takes a repeated line once', () => {
    const line = { id: 1, model: 'a', output: 'x' };
    expect(rows([line, line]).count(0)).toBe(1);
  });
  it('reads what the corpus writes', () => {
    expect(readOutputRows(jsonLines([{ id: 'p', model: 'm', output: 'o' }])).count(0)).toBe(1);
  });
});
