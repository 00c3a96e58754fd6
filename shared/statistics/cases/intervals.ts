import { z } from 'zod';
import { binomialUpperTail } from '../binomial.ts';
import { poissonBinomialUpperTail } from '../convolution.ts';
import { fisherExact, hypergeometricUpperTail } from '../hypergeometric.ts';
import { clopperPearson, confidenceSequence, wilson, zeroHitUpperBound } from '../intervals.ts';
import { type CaseKind, caseKind, count, level, listLength } from './define.ts';

const rate = z.strictObject({ k: count, n: count, level: level.default(0.95) });
const cell = z.int().min(0).max(1_000_000);
const table = z.strictObject({ table: z.tuple([z.tuple([cell, cell]), z.tuple([cell, cell])]) });

/** Intervals and tails of counts. */
export const INTERVAL_KINDS: Readonly<Record<string, CaseKind>> = {
  clopper_pearson: caseKind({
    about: '{k, n, level} → [low, high], exact two-sided interval of a rate',
    example: { k: 7, n: 20, level: 0.95 },
    input: rate,
    run: ({ k, n, level: at }) => {
      const { low, high } = clopperPearson(k, n, at);
      return [low, high];
    },
  }),
  wilson: caseKind({
    about: '{k, n, level} → [low, high], Wilson score interval',
    example: { k: 7, n: 20, level: 0.95 },
    input: rate,
    run: ({ k, n, level: at }) => {
      const { low, high } = wilson(k, n, at);
      return [low, high];
    },
  }),
  confidence_sequence: caseKind({
    about: '{k, n, alpha} → [low, high], valid at every stopping time (uniform mixture)',
    example: { k: 7, n: 20, alpha: 0.05 },
    input: z.strictObject({ k: count, n: count, alpha: level.default(0.05) }),
    run: ({ k, n, alpha }) => {
      const { low, high } = confidenceSequence(k, n, 1 - alpha);
      return [low, high];
    },
  }),
  zero_hit_upper: caseKind({
    about: '{n, level} → one-sided upper bound of a rate after no hit in n',
    example: { n: 60, level: 0.95 },
    input: z.strictObject({ n: count, level: level.default(0.95) }),
    run: ({ n, level: at }) => zeroHitUpperBound(n, at),
  }),
  fisher_greater: caseKind({
    about: '{table: [[hits, misses], [hits, misses]]} → one-sided p that the first row hits more',
    example: {
      table: [
        [7, 13],
        [1, 59],
      ],
    },
    input: table,
    run: ({ table: cells }) => fisherExact(cells).greater,
  }),
  fisher_two_sided: caseKind({
    about: '{table: [[hits, misses], [hits, misses]]} → two-sided p',
    example: {
      table: [
        [12, 28],
        [3, 37],
      ],
    },
    input: table,
    run: ({ table: cells }) => fisherExact(cells).twoSided,
  }),
  hypergeometric: caseKind({
    about: '{k, size, marked, draws} → P(at least k marked among the draws)',
    example: { k: 12, size: 90, marked: 60, draws: 12 },
    input: z
      .strictObject({ k: z.int(), size: cell, marked: cell, draws: cell })
      .refine(({ size, marked, draws }) => marked <= size && draws <= size, 'at most size'),
    run: ({ k, size, marked, draws }) => hypergeometricUpperTail(k, size, marked, draws),
  }),
  binomial_upper_tail: caseKind({
    about: '{N, n, k} → P(at least k hits in n canaries of N candidates each)',
    example: { N: 1024, n: 60, k: 3 },
    input: z.strictObject({ N: listLength, n: count, k: z.int() }),
    run: ({ N, n, k }) => binomialUpperTail(k, n, 1 / N),
  }),
  poisson_binomial: caseKind({
    about: '{p: [[num, den], ...], k} → P(at least k of the independent events)',
    example: {
      p: [
        [1, 1024],
        [1, 4096],
        [1, 16],
      ],
      k: 2,
    },
    input: z.strictObject({
      p: z.array(z.tuple([z.number().min(0), z.number().gt(0)])).max(20_000),
      k: z.int(),
    }),
    run: ({ p, k }) =>
      poissonBinomialUpperTail(
        p.map(([num, den]) => num / den),
        k,
      ),
  }),
};
