import type { PValue, TierBPValue } from './brands.ts';

/**
 * Rank p-value of the true response among the N that could have been drawn: #{r : s(r) >= s(true)} / N. `scores` may be
 * sparse: candidates that are not in it have the score `rest` (METHOD 4.3).
 */
export function rankP(
  scores: ReadonlyMap<number, number>,
  trueIndex: number,
  n: number,
  rest = 0,
): PValue {
  if (!Number.isInteger(n) || n < 1) throw new RangeError('n is a positive whole number');
  const own = scores.get(trueIndex) ?? rest;
  let atLeast = rest >= own ? n - scores.size : 0;
  for (const score of scores.values()) if (score >= own) atLeast += 1;
  return (atLeast / n) as PValue;
}

/**
 * Count-rank: the score of a candidate is the number of the K samples that hold it; p as in `rankP`. Samples of one
 * canary need no independence, since they share one draw (METHOD 4.2 (c), 4.3).
 */
export function countRankP(
  samples: readonly (readonly number[])[],
  trueIndex: number,
  n: number,
): PValue {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    for (const index of new Set(sample)) counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  return rankP(counts, trueIndex, n);
}

/** Exposure in bits: -log2 p (METHOD 4.3). */
export function exposureBits(p: number): number {
  return p === 1 ? 0 : -Math.log2(p);
}

export interface ConformalRank {
  readonly p: TierBPValue;
  /** The smallest p this many controls can give: 1 / (controls + 1). */
  readonly floor: number;
}

/** Conformal rank p of a suspect's score against control models: (1 + #{controls >= suspect}) / (n + 1) (METHOD 3.1). */
export function conformalRank(suspect: number, controls: readonly number[]): ConformalRank {
  const atLeast = controls.filter((score) => score >= suspect).length;
  const p = (1 + atLeast) / (controls.length + 1);
  return { p: p as TierBPValue, floor: 1 / (controls.length + 1) };
}

/** Monte-Carlo permutation p = (1 + #{T_b >= T}) / (B + 1). Never 0 (Phipson and Smyth 2010; METHOD 3.1). */
export function monteCarloP(atLeast: number, permutations: number): PValue {
  if (
    !Number.isInteger(atLeast) ||
    !Number.isInteger(permutations) ||
    atLeast < 0 ||
    atLeast > permutations
  ) {
    throw new RangeError('0 <= atLeast <= permutations, whole numbers');
  }
  return ((1 + atLeast) / (permutations + 1)) as PValue;
}
