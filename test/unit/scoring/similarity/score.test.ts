import { describe, expect, it } from 'vitest';
import { seededUniform } from '#shared/scoring/similarity/random.ts';
import { similarityMatrix } from '#shared/scoring/similarity/result.ts';
import {
  corpus,
  decoy,
  jsonLines,
  laboratories,
  lineage,
  type Row,
  stranger,
  student,
  type Writer,
} from './corpus.ts';

const PROMPTS = 80;

function matrix(writers: readonly Writer[], rows: readonly Row[] = corpus(writers, PROMPTS)) {
  const result = similarityMatrix({ outputs: jsonLines(rows), lineage: lineage(writers) });
  const pair = (reference: string, suspect: string) => {
    const found = result.pairs.find((p) => p.reference === reference && p.suspect === suspect);
    if (!found) throw new Error('no such pair');
    return found;
  };
  return { ...result, pair };
}

describe('scores', () => {
  const writers = [...laboratories(), student, stranger, decoy];
  const result = matrix(writers);

  it('covers every ordered pair once', () => {
    expect(result.pairs).toHaveLength(writers.length * (writers.length - 1));
    expect(new Set(result.pairs.map((p) => `${p.reference} ${p.suspect}`)).size).toBe(
      result.pairs.length,
    );
  });
  it('finds the teacher, and nothing for a stranger', () => {
    const taught = result.pair('north-0', 'student');
    expect(taught.low).toBeGreaterThan(0.1);
    for (const { name } of laboratories().filter(({ lab }) => lab !== 'north')) {
      expect(result.pair(name, 'student').score).toBeLessThan(taught.low);
      expect(result.pair(name, 'stranger').score).toBeLessThan(taught.low);
    }
    expect(result.pair('north-0', 'stranger').high).toBeLessThan(taught.low);
  });
  it('takes from an unpublished reference what a documented one explains', () => {
    const { score, closeness } = result.pair('decoy', 'student');
    expect(closeness).toBeGreaterThan(0.05);
    expect(score).toBeLessThan(0);
    const known = result.pair('north-0', 'student');
    expect(known.score).toBe(known.closeness);
  });
  it('averages to about 0 over controls, so that 0 is what an unrelated model gets', () => {
    const rest = result.pairs.filter(
      ({ reference, suspect }) => !reference.startsWith('north') && suspect === 'stranger',
    );
    const documented = rest.filter(
      ({ reference }) => reference !== 'decoy' && reference !== 'student',
    );
    const mean = documented.reduce((sum, { closeness }) => sum + closeness, 0) / documented.length;
    expect(Math.abs(mean)).toBeLessThan(0.06);
  });
  it('is the same every time, in every order of lines, under every name', () => {
    expect(matrix(writers).pairs).toEqual(result.pairs);
    const shuffled = [...corpus(writers, PROMPTS)].reverse();
    expect(matrix(writers, shuffled).pairs).toEqual(result.pairs);
    const renamed = new Map(writers.map(({ name }, at) => [name, `m${(at * 7) % 100}`]));
    const alias = (name: string) => renamed.get(name) ?? name;
    const other = matrix(
      writers.map((writer) => ({ ...writer, name: alias(writer.name) })),
      corpus(writers, PROMPTS).map((row) => ({ ...row, model: alias(row.model) })),
    );
    for (const pair of result.pairs) {
      const twin = other.pair(alias(pair.reference), alias(pair.suspect));
      for (const field of ['score', 'low', 'high', 'closeness'] as const)
        expect(twin[field]).toBeCloseTo(pair[field], 5);
    }
  });
  it('does not change when a hundred models of the pair’s own laboratories join', () => {
    for (const [reference, suspect] of [
      ['north-0', 'east-1'],
      ['north-0', 'student'],
      ['north-1', 'north-0'],
    ] as const) {
      const labs = writers.flatMap(({ name, lab }) =>
        lab !== undefined && (name === reference || name === suspect) ? [lab] : [],
      );
      const crowd = Array.from(
        { length: 100 },
        (_, at): Writer => ({
          name: `crowd-${at}`,
          lab: labs[at % labs.length] ?? '',
          style: 500 + (at % 3),
          isControl: true,
          isReference: true,
        }),
      );
      // Their rows come after, so that what the others wrote stays the same.
      const more = [...writers, ...crowd];
      const joined = matrix(more, corpus(more, 12));
      const alone = matrix(writers, corpus(writers, 12));
      expect(joined.pair(reference, suspect)).toEqual(alone.pair(reference, suspect));
    }
  });
  it('gives every laboratory one vote, however many models it has', () => {
    const west = laboratories().find(({ name }) => name === 'west-0');
    if (!west) throw new Error('there is a west');
    const copies = Array.from(
      { length: 30 },
      (_, at): Writer => ({ ...west, name: `west-copy-${at}` }),
    );
    const rows = corpus(writers, PROMPTS);
    const cloned = copies.flatMap(({ name }) =>
      rows
        .filter(({ model }) => model.startsWith('west-'))
        .flatMap((row) =>
          // As many copies of each of the two: the laboratory's answers stay the same, its size does not.
          row.model === `west-${Number(name.split('-')[2]) % 2}` ? [{ ...row, model: name }] : [],
        ),
    );
    const larger = matrix([...writers, ...copies], [...rows, ...cloned]);
    for (const reference of ['north-0', 'east-0', 'decoy'])
      expect(larger.pair(reference, 'student').closeness).toBeCloseTo(
        result.pair(reference, 'student').closeness,
        5,
      );
  });
});

describe('intervals', () => {
  it('cover what as many other prompts give on average, about as often as they say', () => {
    const writers = [...laboratories(), student, stranger];
    const pairs = [
      ['north-0', 'student'],
      ['east-0', 'student'],
      ['south-1', 'stranger'],
      ['east-0', 'west-1'],
    ] as const;
    const draws = Array.from({ length: 40 }, (_, at) =>
      matrix(writers, corpus(writers, 60, at + 1)),
    );
    let covered = 0;
    for (const [reference, suspect] of pairs) {
      const found = draws.map(({ pair }) => pair(reference, suspect));
      const truth = found.reduce((sum, { score }) => sum + score, 0) / found.length;
      covered += found.filter(({ low, high }) => low <= truth && truth <= high).length;
    }
    const share = covered / (draws.length * pairs.length);
    expect(share).toBeGreaterThan(0.88);
    expect(share).toBeLessThanOrEqual(1);
  });
  it('become narrower with more prompts', () => {
    const writers = [...laboratories(), student];
    const width = (prompts: number) => {
      const { low, high } = matrix(writers, corpus(writers, prompts)).pair('north-0', 'student');
      return high - low;
    };
    expect(width(160)).toBeLessThan(0.7 * width(30));
  });
});

describe('what can go wrong', () => {
  const writers = [...laboratories(), student, stranger];
  it('scores what is shared when prompts are partly shared, and refuses below five', () => {
    const uniform = seededUniform(3);
    const rows = corpus(writers, PROMPTS).filter(
      ({ model, id }) =>
        (model !== 'stranger' || id < 'p3') && (model === 'stranger' || uniform() < 0.7),
    );
    const result = matrix(
      writers,
      rows.filter(({ model, id }) => model !== 'stranger' || Number(id.slice(1)) < 3),
    );
    expect(result.pair('north-0', 'student').low).toBeGreaterThan(0);
    expect(result.pair('north-0', 'student').prompts).toBeLessThan(PROMPTS);
    expect(result.pair('north-0', 'stranger')).toMatchObject({ score: 0, low: -1, high: 1 });
    expect(result.notes.join(' ')).toMatch(/fewer than 5 answered prompts/);
  });
  it('takes empty answers for none', () => {
    const rows = corpus(writers, PROMPTS);
    const half = rows.filter(({ id }) => Number(id.slice(1)) % 2 === 0);
    const blanked = rows.map((row) =>
      Number(row.id.slice(1)) % 2 === 0 ? row : { ...row, output: ' \n ' },
    );
    const result = matrix(writers, blanked);
    expect(result.pair('north-0', 'student').prompts).toBe(PROMPTS / 2);
    expect(result.pair('north-0', 'student').score).toBeCloseTo(
      matrix(writers, half).pair('north-0', 'student').score,
      5,
    );
    const silent = matrix(
      writers,
      rows.map((row) => (row.model === 'student' ? { ...row, output: '' } : row)),
    );
    expect(silent.pair('north-0', 'student')).toMatchObject({
      score: 0,
      low: -1,
      high: 1,
      prompts: 0,
    });
  });
  it('says when controls are few, widens with one laboratory and refuses with none', () => {
    const two = [...laboratories().filter(({ lab }) => lab === 'north' || lab === 'east'), student];
    const weak = matrix(two, corpus(two, PROMPTS));
    expect(weak.notes.join(' ')).toMatch(/2 laboratories.*doubled.*not scored/);
    const alone = weak.pair('north-0', 'student');
    expect(alone.judges).toBe(1);
    const three = [...laboratories().filter(({ lab }) => lab !== 'west'), student];
    const full = matrix(three, corpus(three, PROMPTS)).pair('north-0', 'student');
    expect(alone.high - alone.low).toBeGreaterThan(1.5 * (full.high - full.low));
    expect(weak.pair('north-0', 'east-0')).toMatchObject({ score: 0, low: -1, high: 1, judges: 0 });
    const none = [student, stranger];
    expect(() => matrix(none, corpus(none, 10))).toThrow(/clean control/);
    expect(() => matrix([student], corpus([student], 10))).toThrow(/fewer than two models/);
  });
  it('gives finite numbers for hostile texts, identical models and other alphabets', () => {
    const texts = [
      '\u0000',
      '\ud83d',
      '\u202Eabc',
      '好的，这是答案。',
      'ไม่มีปัญหา',
      '```\n'.repeat(5_000),
      'x'.repeat(400_000),
    ];
    const rows = writers.flatMap(({ name }, at) =>
      Array.from({ length: 12 }, (_, prompt) => ({
        id: `p${prompt}`,
        model: name,
        output: texts[(prompt * 3 + Math.floor(at / 3)) % texts.length] ?? '',
      })),
    );
    const result = matrix(writers, rows);
    for (const pair of result.pairs)
      for (const value of [pair.score, pair.low, pair.high, pair.closeness])
        expect(Number.isFinite(value)).toBe(true);
    for (const { x, y } of result.models)
      expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
  });
});
