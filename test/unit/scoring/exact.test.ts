import { describe, expect, it } from 'vitest';
import { CandidateError, candidatesInPrompt, compileCandidates } from '#shared/scoring/exact.ts';
import { tokenise } from '#shared/scoring/normalise.ts';
import { seeded } from '../statistics/close.ts';

const PROMPT = ['Which bird stands in the old harbour at dawn?'];
const BIRDS = ['cobalt heron', 'heron', 'amber owl', 'Zaun-K\u00f6nig', 'dawn', '\u84dd\u72d0'];

describe('find', () => {
  const matcher = compileCandidates(BIRDS);

  it.each([
    ['The cobalt heron.', [0, 1]],
    ['A HERON, cobalt', [1]],
    ['herons and cobaltheron', []],
    ['cobalt-\nHERON and amber\u00a0owl', [0, 1, 2]],
    ['zaun ko\u0308nig', [3]],
    ['\u6211\u770b\u89c1\u84dd\u72d0\u4e86', [5]],
    ['cobalt amber cobalt heron heron', [0, 1]],
    ['', []],
  ])('%j', (answer, indices) => {
    expect(matcher.find(answer)).toEqual(indices);
  });

  it('agrees with a plain search on random texts', () => {
    const random = seeded(11);
    const words = ['a', 'b', 'c', 'd'];
    const text = (length: number) =>
      Array.from({ length }, () => words[Math.floor(random() * words.length)]).join(' ');
    for (let round = 0; round < 300; round += 1) {
      const list = [
        ...new Set(Array.from({ length: 12 }, () => text(1 + Math.floor(random() * 4)))),
      ];
      const answer = text(Math.floor(random() * 25));
      const plain = list.flatMap((candidate, index) =>
        ` ${answer} `.includes(` ${candidate} `) ? [index] : [],
      );
      expect(compileCandidates(list).find(answer)).toEqual(plain);
    }
  });
});

describe('extract', () => {
  const matcher = compileCandidates(BIRDS);

  it('never scores a candidate that stands in the prompt', () => {
    expect(matcher.extract('At dawn the amber owl', PROMPT)).toEqual({
      found: [2],
      rules: ['prompt-leak'],
    });
    expect(matcher.extract('dawn', PROMPT)).toEqual({ found: [], rules: ['prompt-leak'] });
    expect(candidatesInPrompt(matcher, PROMPT)).toEqual([4]);
  });

  it('gives an echo the empty set, and scores what follows a restated question', () => {
    const echo = { found: [], rules: ['prompt-leak', 'echo'] };
    expect(matcher.extract(PROMPT[0] ?? '', PROMPT)).toEqual(echo);
    expect(matcher.extract(`You said: "${PROMPT[0]?.toUpperCase()}"`, PROMPT)).toEqual(echo);
    expect(matcher.extract('one two three', ['One.', 'Two?', 'three'])).toEqual({
      found: [],
      rules: ['echo'],
    });
    expect(matcher.extract(`You said: "${PROMPT[0]}" The amber owl.`, PROMPT).found).toEqual([2]);
    expect(matcher.extract('amber owl', ['...']).found).toEqual([2]);
  });

  it('names a refusal only where nothing is found', () => {
    const refused = { found: [], rules: ['refusal-phrase-v1'] };
    expect(matcher.extract("I'm sorry, but that is secret.", PROMPT)).toEqual(refused);
    expect(matcher.extract('I cannot tell.', PROMPT)).toEqual(refused);
    expect(matcher.extract('I can\u2019t tell.', PROMPT)).toEqual(refused);
    expect(matcher.extract('I cannot tell an amber owl.', PROMPT)).toEqual({
      found: [2],
      rules: [],
    });
    expect(matcher.extract('A gull, I cannot say more.', PROMPT)).toEqual({ found: [], rules: [] });
  });
});

describe('compileCandidates', () => {
  const errorOf = (list: readonly string[]) => {
    try {
      compileCandidates(list);
    } catch (error) {
      if (error instanceof CandidateError)
        return { code: error.code, indices: error.indices, message: error.message };
    }
    return null;
  };

  it('names the candidates that can not be told apart, without their text', () => {
    expect(errorOf(['Red fox', 'owl', 'red-FOX'])).toEqual({
      code: 'CANDIDATES_EQUAL',
      indices: [0, 2],
      message: 'candidates 0 and 2 are equal after normalisation',
    });
    expect(errorOf(['owl', ' ...\u200b '])).toMatchObject({
      code: 'CANDIDATE_EMPTY',
      indices: [1],
    });
    expect(errorOf(['owl', 'owls'])).toBeNull();
  });

  it('takes 65,536 candidates and a ten-megabyte answer', () => {
    const started = performance.now();
    const list = Array.from({ length: 65_536 }, (_, index) => `w${index % 256} v${index >> 8}`);
    const matcher = compileCandidates(list);
    const answer = `${'w1 w2 w3 v9 x '.repeat(700_000)} w255 v255`;
    expect(matcher.find(answer)).toEqual([9 * 256 + 3, 65_535]);
    // Spam that holds every candidate is reported in full; the reducer empties it.
    expect(matcher.find(list.join(' '))).toHaveLength(65_536);
    expect(tokenise(answer)).toHaveLength(3_500_002);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('takes candidates as text, never as patterns (HOSTILE 99)', () => {
    const started = performance.now();
    const matcher = compileCandidates(['(a+)+$', '.*.*.*x', '[z-a', '\\1b']);
    expect(matcher.find('(A+)+$ and .*.*.*x')).toEqual([0, 1]);
    // What makes a backtracking engine hang, as an answer and as a candidate.
    const evil = `${'a'.repeat(200_000)}!`;
    expect(matcher.find(evil)).toEqual([]);
    expect(compileCandidates([evil, 'b']).find(`${evil} b`)).toEqual([0, 1]);
    expect(matcher.extract(evil, [evil]).rules).toEqual(['echo']);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('stays linear where candidates nest', () => {
    const list = Array.from({ length: 2_000 }, (_, index) => 'a '.repeat(index + 1));
    const started = performance.now();
    expect(compileCandidates(list).find('a '.repeat(1_000_000))).toHaveLength(2_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
