import { z } from 'zod';
import { pValue } from '../brands.ts';
import { designEffect } from '../clusters.ts';
import {
  acatCombination,
  type Combined,
  fisherCombination,
  stoufferCombination,
  twiceMeanP,
} from '../combine.ts';
import { calibrateControls } from '../convolution.ts';
import { benjaminiHochberg, holm } from '../multiplicity.ts';
import { conformalRank, countRankP, exposureBits, monteCarloP, rankP } from '../ranks.ts';
import { compareEpochs, signTest } from '../two-proportions.ts';
import { type CaseKind, caseKind, count, level, listLength, pList, unit } from './define.ts';

const index = z.int().min(0);
const ps = z.strictObject({ p: pList });
const both = ({ statistic, p }: Combined) => ({ statistic, p });
const counted = z.strictObject({ k: count, n: z.int().min(1).max(1_000_000) });

/** p-values: ranks, controls, combinations, adjustments. */
export const P_KINDS: Readonly<Record<string, CaseKind>> = {
  conformal_p: caseKind({
    about:
      '{controls, at_least} → (1 + at_least) / (controls + 1); or {suspect, scores: [...]} with the scores of the controls',
    example: { controls: 19, at_least: 0 },
    input: z.union([
      z
        .strictObject({ controls: count, at_least: count })
        .refine((input) => input.at_least <= input.controls, 'at most as many as controls'),
      z.strictObject({ suspect: z.number(), scores: z.array(z.number()).max(200_000) }),
    ]),
    run: (input) =>
      'scores' in input
        ? conformalRank(input.suspect, input.scores).p
        : monteCarloP(input.at_least, input.controls),
  }),
  permutation_p: caseKind({
    about: '{b, B} → (1 + b) / (B + 1), b of B permutations being at least as large',
    example: { b: 4, B: 9999 },
    input: z.strictObject({ b: count, B: count }),
    run: ({ b, B }) => monteCarloP(b, B),
  }),
  rank_p: caseKind({
    about:
      '{N, scores: [[index, score], ...], true_index, rest} → share of candidates that score at least the true one; rest (0) is the score of the others',
    example: {
      N: 1024,
      scores: [
        [5, 3],
        [6, 1],
      ],
      true_index: 6,
    },
    input: z.strictObject({
      N: listLength,
      scores: z.array(z.tuple([index, z.number()])).max(200_000),
      true_index: index,
      rest: z.number().default(0),
    }),
    run: ({ N, scores, true_index, rest }) => rankP(new Map(scores), true_index, N, rest),
  }),
  count_rank: caseKind({
    about:
      '{N, samples: [[index, ...], ...], true_index} → rank p of the number of samples that hold the response',
    example: { N: 1024, samples: [[5], [5], [5], [6], [7]], true_index: 6 },
    input: z.strictObject({
      N: listLength,
      samples: z.array(z.array(index).max(1_000)).max(10_000),
      true_index: index,
    }),
    run: ({ N, samples, true_index }) => countRankP(samples, true_index, N),
  }),
  exposure_bits: caseKind({
    about: '{p} → -log2 p',
    example: { p: 0.0009765625 },
    input: z.strictObject({ p: unit }),
    run: ({ p }) => exposureBits(p),
  }),
  control_calibration: caseKind({
    about:
      '{canaries: [{N, true_index, found: [[index, ...], ...]}, ...]} → {hits, expected, p}; found has one set for each control',
    example: { canaries: [{ N: 64, true_index: 5, found: [[5], [5], [9]] }] },
    input: z.strictObject({
      canaries: z
        .array(
          z
            .strictObject({
              N: listLength,
              true_index: index,
              found: z.array(z.array(index).max(1_000)).max(10_000),
            })
            .refine(
              ({ N, true_index, found }) => true_index < N && found.flat().every((at) => at < N),
              'an index is below N',
            ),
        )
        .max(20_000),
    }),
    run: ({ canaries }) => {
      const { hits, expected, p } = calibrateControls(
        canaries.map(({ N, true_index, found }) => ({
          n: N,
          trueIndex: true_index,
          found: found.map((set) => [...new Set(set)]),
        })),
      );
      return { hits, expected, p };
    },
  }),
  bh: caseKind({
    about: '{p} → Benjamini-Hochberg adjusted p-values',
    example: { p: [0.001, 0.008, 0.039, 0.041, 0.2] },
    input: ps,
    run: ({ p }) => benjaminiHochberg(p.map(pValue)),
  }),
  holm: caseKind({
    about: '{p} → Holm adjusted p-values',
    example: { p: [0.001, 0.008, 0.039, 0.041, 0.2] },
    input: ps,
    run: ({ p }) => holm(p.map(pValue)),
  }),
  fisher_combination: caseKind({
    about: '{p} → {statistic, p}, independent p-values',
    example: { p: [0.01, 0.04, 0.3] },
    input: ps,
    run: ({ p }) => both(fisherCombination(p.map(pValue))),
  }),
  stouffer: caseKind({
    about: '{p} → {statistic, p}, independent p-values; not for ranks',
    example: { p: [0.01, 0.04, 0.3] },
    input: ps,
    run: ({ p }) => both(stoufferCombination(p.map(pValue))),
  }),
  acat: caseKind({
    about: '{p} → {statistic, p}, Cauchy combination; for exploration only',
    example: { p: [0.01, 0.04, 0.3] },
    input: ps,
    run: ({ p }) => both(acatCombination(p.map(pValue))),
  }),
  twice_mean: caseKind({
    about: '{p} → twice the mean, at most 1; any dependence',
    example: { p: [0.01, 0.04, 0.3] },
    input: ps,
    run: ({ p }) => twiceMeanP(p.map(pValue)),
  }),
  sign_test: caseKind({
    about: '{in_favour, against} → one-sided p of discordant pairs',
    example: { in_favour: 9, against: 2 },
    input: z.strictObject({ in_favour: count, against: count }),
    run: ({ in_favour, against }) => signTest(in_favour, against),
  }),
  design_effect: caseKind({
    about: '{n, K, rho} → {deff, n_eff}, n canaries with K repeats each',
    example: { n: 40, K: 5, rho: 0.6 },
    input: z.strictObject({ n: count, K: z.int().min(1), rho: z.number().min(-1).max(1) }),
    run: ({ n, K, rho }) => {
      const { deff, effective } = designEffect(n, K, rho);
      return { deff, n_eff: effective };
    },
  }),
  compare_epochs: caseKind({
    about:
      '{before: {k, n}, after: {k, n}, level} → {p, difference, low, high}: Fisher two-sided, Newcombe interval',
    example: { before: { k: 3, n: 40 }, after: { k: 12, n: 40 } },
    input: z.strictObject({ before: counted, after: counted, level: level.default(0.95) }),
    run: ({ before, after, level: at }) => {
      const { p, difference } = compareEpochs(
        { hits: before.k, n: before.n },
        { hits: after.k, n: after.n },
        at,
      );
      return { p, difference: difference.value, low: difference.low, high: difference.high };
    },
  }),
};
