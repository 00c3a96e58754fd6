import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { meanScores, rankAnswer } from '#shared/scoring/rank/engine.ts';
import {
  cosineScores,
  judgeScores,
  LOGPROB_FLOOR,
  logProbabilityScores,
} from '#shared/scoring/rank/given-scores.ts';
import {
  chrfScorer,
  exactCounts,
  exactScorer,
  levenshteinScorer,
  rareGramScorer,
  rougeLScorer,
  type TextScorer,
  tokenGramScorer,
} from '#shared/scoring/rank/text-scorers.ts';
import { eFactor, GRID } from '#shared/statistics/e-process.ts';
import { expectClose, seeded } from '../statistics/close.ts';

const REFERENCE = new URL('../../fixtures/scorers/reference.py', import.meta.url);
const GOLDEN = new URL('../../fixtures/scorers/golden.json', import.meta.url);

type Column = 'levenshtein' | 'token_f1' | 'token_f2' | 'chrf' | 'rouge_l' | 'rare_1' | 'rare_2';
interface Golden {
  readonly controls: readonly string[];
  readonly pairs: readonly ({ answer: string; candidate: string } & Record<Column, number>)[];
  readonly counts: { readonly samples: readonly string[]; readonly of: Record<string, number> };
  readonly cosine: readonly { a: number[]; b: number[]; value: number }[];
}
const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Golden;

describe('golden vectors of test/fixtures/scorers/reference.py (Python, standard library only)', () => {
  const scorers: readonly (readonly [Column, TextScorer])[] = [
    ['levenshtein', levenshteinScorer],
    ['token_f1', tokenGramScorer(1)],
    ['token_f2', tokenGramScorer(2)],
    ['chrf', chrfScorer],
    ['rouge_l', rougeLScorer],
    ['rare_1', rareGramScorer(golden.controls, 1)],
    ['rare_2', rareGramScorer(golden.controls, 2)],
  ];

  it.each(scorers)('%s', (column, scorer) => {
    expect(golden.pairs.length).toBeGreaterThan(40);
    for (const { answer, candidate, [column]: expected } of golden.pairs) {
      const [score = Number.NaN] = scorer.scores(answer, [candidate]);
      expectClose(score, expected, 1e-12);
      expect(score).toBeGreaterThanOrEqual(scorer.range[0]);
      expect(score).toBeLessThanOrEqual(scorer.range[1]);
    }
  });

  it('counts and cosines', () => {
    const candidates = Object.keys(golden.counts.of);
    expect([...exactCounts(golden.counts.samples, candidates)]).toEqual(
      Object.values(golden.counts.of),
    );
    for (const { a, b, value } of golden.cosine) {
      expectClose(cosineScores(a, [b])[0] ?? Number.NaN, value, 1e-12);
    }
  });

  it('are what the reference writes, where Python is at hand', ({ skip }) => {
    const python = spawnSync('python3', [REFERENCE.pathname], { encoding: 'utf8' });
    if (python.error !== undefined) skip('no python3');
    expect(JSON.parse(python.stdout)).toEqual(golden);
  });
});

describe('scorers', () => {
  it('normalise like exact-v1', () => {
    for (const scorer of [levenshteinScorer, tokenGramScorer(1), chrfScorer, rougeLScorer]) {
      expect(scorer.scores('\uff23obalt\u200b-HERON', ['cobalt heron'])[0]).toBe(1);
      expect(scorer.scores('', [''])[0]).toBe(scorer === levenshteinScorer ? 1 : 0);
    }
    expect([...exactScorer.scores('an amber owl', ['amber owl', 'owl', 'heron'])]).toEqual([
      1, 1, 0,
    ]);
    // An astral letter is one letter.
    expect(levenshteinScorer.scores('\u{10400}b', ['\u{10401}b'])[0]).toBe(0.5);
  });

  it('stay bounded on a long answer', () => {
    const started = performance.now();
    const answer = 'the old boat '.repeat(40_000);
    const candidates = Array.from({ length: 20 }, (_, at) => `the new boat ${at}`);
    for (const scorer of [levenshteinScorer, tokenGramScorer(2), chrfScorer, rougeLScorer]) {
      expect(scorer.scores(answer, candidates)).toHaveLength(20);
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('weigh what every control says with nothing', () => {
    const rare = rareGramScorer(['the boat', 'the owl', 'the heron']);
    const [common, own] = rare.scores('the cobalt boat', ['the', 'cobalt']);
    expect(common).toBe(0);
    expect(own).toBe(1);
  });

  it('take log-probabilities as they are given, and no others', () => {
    expect([...logProbabilityScores([[-1, -0.5], null, [], [0]])]).toEqual([
      -1.5,
      LOGPROB_FLOOR,
      LOGPROB_FLOOR,
      0,
    ]);
    expect(() => logProbabilityScores([[0.1]])).toThrow(RangeError);
    expect(() => logProbabilityScores([[Number.NaN]])).toThrow(RangeError);
  });

  it('take a blind judge who has seen every candidate', () => {
    expect([...judgeScores([2, 0, 1], 0)]).toEqual([0, 0, 1]);
    expect([...judgeScores([2, 0, 1], null)]).toEqual([0, 0, 0]);
    expect(() => judgeScores([0, 0, 1], 0)).toThrow(RangeError);
    expect(() => judgeScores([0, 1], 5)).toThrow(RangeError);
    expect(() => cosineScores([1, 2], [[1]])).toThrow(RangeError);
  });
});

describe('the rank engine', () => {
  it('ranks, keeps ties, and gives p = 1 at the floor', () => {
    const ranked = rankAnswer([0, 3, 1, 3, 0], 0);
    expect(ranked).toMatchObject({ n: 5, found: [1, 3], best: 3 });
    expect(ranked.open(1).p).toBe(2 / 5);
    expect(ranked.open(2).p).toBe(3 / 5);
    expect(ranked.open(0)).toEqual({ p: 1, bits: 0 });
    expect(rankAnswer([1, 1, 1, 1, 0], 0).found).toEqual([]);
    expect(rankAnswer([-5, -7], 0)).toMatchObject({ found: [], best: 0 });
    const logs = rankAnswer(logProbabilityScores([[-3], null, [-9]]), LOGPROB_FLOOR);
    expect(logs.found).toEqual([0]);
    expect(logs.open(1).p).toBe(1);
    expect(rankAnswer(logProbabilityScores([null, null]), LOGPROB_FLOOR).found).toEqual([]);
    expect(() => rankAnswer([], 0)).toThrow(RangeError);
    expect(() => rankAnswer([Number.NaN], 0)).toThrow(RangeError);
    expect(() => ranked.open(5)).toThrow(RangeError);
  });

  it('gives the count-rank of METHOD 8', () => {
    const names = Array.from({ length: 1024 }, (_, at) => `word${at}`);
    const counts = exactCounts(['word5', 'word5', 'word5', 'word6', 'word7'], names);
    const ranked = rankAnswer(counts, 0);
    expect(ranked.found).toEqual([5]);
    expect(ranked.open(5).p).toBe(1 / 1024);
    expect(ranked.open(6).p).toBe(3 / 1024);
    expect(ranked.open(900).p).toBe(1);
  });

  it('is valid for every score, by enumeration over the draw', () => {
    const random = seeded(41);
    for (let round = 0; round < 200; round += 1) {
      const n = 2 + Math.floor(random() * 30);
      const scores = Array.from({ length: n }, () => Math.floor(random() * 6) - 1);
      const ranked = rankAnswer(scores, 0);
      const ps = scores.map((_, drawn) => ranked.open(drawn).p);
      for (let k = 1; k <= n; k += 1) {
        expect(ps.filter((p) => p <= k / n + 1e-12).length).toBeLessThanOrEqual(k);
      }
      const found = ranked.found.length;
      for (const q of GRID) {
        const mean =
          scores.reduce(
            (sum, _, drawn) => sum + eFactor(q, { n, found, hit: ranked.found.includes(drawn) }),
            0,
          ) / n;
        expectClose(mean, found === 0 ? 1 - q : 1, 1e-12);
      }
    }
  });

  it('means samples of one canary', () => {
    expect([
      ...meanScores([
        [1, 0],
        [0, 0],
        [1, 3],
      ]),
    ]).toEqual([2 / 3, 1]);
    expect(() => meanScores([])).toThrow(RangeError);
    expect(() => meanScores([[1], [1, 2]])).toThrow(RangeError);
  });
});
