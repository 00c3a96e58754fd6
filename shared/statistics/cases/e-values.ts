import { z } from 'zod';
import { eValue, logE, pValue } from '../brands.ts';
import { meanE, pToE } from '../combine.ts';
import { CurrentEValues } from '../current-e-values.ts';
import { type DetectorKind, logEIncrement, runDetector } from '../detectors.ts';
import { eFactor, GRID, logEPath, logMeanExp } from '../e-process.ts';
import {
  eBenjaminiHochberg,
  eBonferroni,
  eHolm,
  registryWeight,
  reportGradeThreshold,
} from '../multiplicity.ts';
import { turnerBlockLogE } from '../two-proportions.ts';
import {
  type CaseKind,
  caseKind,
  count,
  eList,
  grid,
  hitFlag,
  level,
  listLength,
  steps,
  unit,
} from './define.ts';

const path = z.strictObject({ grid: grid.default([...GRID]), steps });
const rejection = z.strictObject({ e: eList, alpha: level });
const detector = z.union([
  z.strictObject({ e: eList }),
  z.strictObject({ q: unit, N: listLength, hits: z.array(hitFlag).min(1).max(200_000) }),
]);

const detectorKind = (kind: DetectorKind, about: string): CaseKind =>
  caseKind({
    about: `{e: [...]} or {q, N, hits: [0, 1, ...]} → ${about} after every step`,
    example: { q: 0.1, N: 256, hits: [0, 0, 0, 1, 0, 1] },
    input: detector,
    run: (input) => {
      const stream =
        'e' in input
          ? input.e.map((e) => logE(Math.log(e)))
          : input.hits.map((hit) => logEIncrement(input.q, { n: input.N, found: 1, hit }));
      return runDetector(kind, stream).logM.map(Math.exp);
    },
  });

const EXAMPLE_STEPS = [
  [1024, 1, 0],
  [1024, 2, 1],
  [16, 1, 1],
] as [number, number, 0 | 1][];

/** E-processes and what is done with e-values. */
export const E_KINDS: Readonly<Record<string, CaseKind>> = {
  e_process: caseKind({
    about:
      '{grid, steps: [[N, A, hit], ...]} → E after every step; the grid defaults to the committed one',
    example: { steps: EXAMPLE_STEPS },
    input: path,
    run: ({ grid: rates, steps: taken }) => logEPath(rates, taken).map(Math.exp),
  }),
  e_process_ln: caseKind({
    about: '{grid, steps} → ln E after every step, for values beyond double precision',
    example: { steps: EXAMPLE_STEPS },
    input: path,
    run: ({ grid: rates, steps: taken }) => logEPath(rates, taken),
  }),
  anytime_p: caseKind({
    about: '{grid, steps} → 1 / the largest E so far, at most 1',
    example: { steps: EXAMPLE_STEPS },
    input: path,
    run: ({ grid: rates, steps: taken }) =>
      Math.exp(-logEPath(rates, taken).reduce((most, at) => Math.max(most, at), 0)),
  }),
  leave_one_out: caseKind({
    about: '{grid, steps} → for every hit, in order, E with that step deleted',
    example: { steps: EXAMPLE_STEPS },
    input: path,
    run: ({ grid: rates, steps: taken }) => {
      const totals = rates.map((q) => taken.reduce((sum, at) => sum + Math.log(eFactor(q, at)), 0));
      return taken
        .filter(({ hit }) => hit)
        .map((left) =>
          Math.exp(
            logMeanExp(rates.map((q, at) => (totals[at] ?? 0) - Math.log(eFactor(q, left)))),
          ),
        );
    },
  }),
  e_bh: caseKind({
    about: '{e, alpha} → number rejected by e-BH; e are current values at one common time',
    example: { e: [4200, 130, 52, 9, 0.4], alpha: 0.05 },
    input: rejection,
    run: ({ e, alpha }) => eBenjaminiHochberg(CurrentEValues.declared(e.map(eValue)), alpha).count,
  }),
  e_holm: caseKind({
    about: '{e, alpha} → number rejected by e-Holm; maxima are allowed',
    example: { e: [4200, 130, 52, 9, 0.4], alpha: 0.05 },
    input: rejection,
    run: ({ e, alpha }) => eHolm(e.map(eValue), alpha).count,
  }),
  e_bonferroni: caseKind({
    about: '{e, alpha} → number of e-values at m / alpha or more; maxima are allowed',
    example: { e: [4200, 130, 52, 9, 0.4], alpha: 0.05 },
    input: rejection,
    run: ({ e, alpha }) => eBonferroni(e.map(eValue), alpha).count,
  }),
  mean_e: caseKind({
    about: '{e} → arithmetic mean, an e-value under any dependence',
    example: { e: [3, 0.5] },
    input: z.strictObject({ e: eList }),
    run: ({ e }) => meanE(e.map(eValue)),
  }),
  turner_block: caseKind({
    about:
      '{theta_a, theta_b, n_a, n_b, y_a, y_b} → block e-value of two proportions; n_a and n_b default to 1',
    example: { theta_a: 0.3, theta_b: 0.02, n_a: 1, n_b: 4, y_a: 1, y_b: 0 },
    input: z.strictObject({
      theta_a: level,
      theta_b: level,
      n_a: count.default(1),
      n_b: count.default(1),
      y_a: count,
      y_b: count,
    }),
    run: (input) =>
      Math.exp(
        turnerBlockLogE(
          { hits: input.y_a, n: input.n_a, theta: input.theta_a },
          { hits: input.y_b, n: input.n_b, theta: input.theta_b },
        ),
      ),
  }),
  e_cusum: detectorKind('cusum', 'M = max(M, 1) e'),
  sr_detector: detectorKind('shiryaev-roberts', 'M = (M + 1) e'),
  p_to_e: caseKind({
    about: '{p, kappa} → kappa p^(kappa - 1); kappa defaults to 1/2',
    example: { p: 0.01, kappa: 0.5 },
    input: z.strictObject({ p: unit, kappa: level.default(0.5) }),
    run: ({ p, kappa }) => pToE(pValue(p), kappa),
  }),
  registry_weight: caseKind({
    about: '{r} → 1 / (r (r + 1)), factor for the E of the r-th public registry',
    example: { r: 2 },
    input: z.strictObject({ r: z.int().min(1).max(1_000_000) }),
    run: ({ r }) => registryWeight(r),
  }),
  threshold: caseKind({
    about:
      '{m, j} → E that report-grade needs for m suspects; j > 0: the j-th suspect added after the seal',
    example: { m: 8, j: 0 },
    input: z.strictObject({ m: z.int().min(1), j: z.int().min(0).default(0) }),
    run: ({ m, j }) => reportGradeThreshold(m, j),
  }),
};
