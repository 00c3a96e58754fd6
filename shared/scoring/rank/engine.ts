import type { PValue } from '../../statistics/brands.ts';
import { MAX_FOUND } from '../../statistics/evaluation-input.ts';
import { exposureBits } from '../../statistics/ranks.ts';

/** The scores of all N candidates against one answer, computed without the drawn one. */
export interface RankedAnswer {
  readonly n: number;
  /**
   * The best-guess set for the e-process: the candidates with the largest score, ties kept, ascending; empty where the
   * largest is at the floor, and where more than 3 tie (METHOD 4.3).
   */
  readonly found: readonly number[];
  /** The largest score; the floor where there is none above it. */
  readonly best: number;
  /** p = #{r : s(r) >= s(true)} / N and its exposure in bits, once the response is opened. */
  readonly open: (trueIndex: number) => { readonly p: PValue; readonly bits: number };
}

/**
 * The rank engine of METHOD 4.3. `scores[r]` is the score of candidate r; scores at or below `floor` count as the floor, so
 * that an answer that says nothing ranks every candidate alike and gives p = 1. Exactly conservative: under the null
 * P(p <= k/N) <= k/N, whatever the score is.
 */
export function rankAnswer(scores: ArrayLike<number>, floor: number): RankedAnswer {
  const n = scores.length;
  if (n === 0) throw new RangeError('there is no candidate to rank');
  const values = Float64Array.from({ length: n }, (_, at) => {
    const score = scores[at] ?? Number.NaN;
    if (Number.isNaN(score)) throw new RangeError(`candidate ${at} has no score`);
    return Math.max(score, floor);
  });
  const best = values.reduce((most, score) => Math.max(most, score), floor);
  const tied: number[] = [];
  if (best > floor) {
    for (const [at, score] of values.entries()) {
      if (score === best) tied.push(at);
      if (tied.length > MAX_FOUND) break;
    }
  }
  return {
    n,
    found: tied.length > MAX_FOUND ? [] : tied,
    best,
    open: (trueIndex) => {
      const own = values[trueIndex];
      if (own === undefined) throw new RangeError('the drawn response is not in the list');
      const p = (values.reduce((count, score) => count + (score >= own ? 1 : 0), 0) / n) as PValue;
      return { p, bits: exposureBits(p) };
    },
  };
}

/**
 * K samples under one scorer: the score of a candidate is its mean over the samples, so that every sample counts alike.
 * All samples share the one draw of their canary and are one unit (METHOD 0.7).
 */
export function meanScores(samples: readonly ArrayLike<number>[]): Float64Array {
  const [first] = samples;
  if (first === undefined) throw new RangeError('there is no sample');
  const sums = new Float64Array(first.length);
  for (const sample of samples) {
    if (sample.length !== first.length) throw new RangeError('samples of different lists');
    for (let at = 0; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (sample[at] ?? 0);
  }
  return sums.map((sum) => sum / samples.length);
}
