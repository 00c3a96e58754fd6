import type { Interval } from '../domain/evaluation.ts';
import { logBinomialPmf } from './binomial.ts';
import {
  inverseIncompleteBeta,
  normalTwoSidedQuantile,
  solveIncreasing,
} from './special-functions.ts';

function check(hits: number, n: number, level: number): void {
  if (!Number.isInteger(hits) || !Number.isInteger(n) || hits < 0 || hits > n) {
    throw new RangeError('hits and n are whole numbers with 0 <= hits <= n');
  }
  if (!(level > 0 && level < 1)) throw new RangeError('a level lies between 0 and 1');
}

/**
 * Clopper-Pearson interval, two-sided with level 1 - alpha: the alpha/2 quantile of Beta(hits, n - hits + 1) and the
 * 1 - alpha/2 quantile of Beta(hits + 1, n - hits). Valid only where n did not depend on the data (METHOD 5.6).
 */
export function clopperPearson(hits: number, n: number, level = 0.95): Interval {
  check(hits, n, level);
  const half = (1 - level) / 2;
  const low = hits === 0 ? 0 : inverseIncompleteBeta(half, hits, n - hits + 1);
  const high = hits === n ? 1 : inverseIncompleteBeta(half, hits + 1, n - hits, 'upper');
  return { low, high };
}

/** One-sided upper bound of a rate after zero hits in n: 1 - (1 - level)^(1/n) (METHOD 5.6). n fixed beforehand. */
export function zeroHitUpperBound(n: number, level = 0.95): number {
  check(0, n, level);
  return n === 0 ? 1 : -Math.expm1(Math.log(1 - level) / n);
}

/** Wilson score interval, for plots (METHOD 5.6). */
export function wilson(hits: number, n: number, level = 0.95): Interval {
  check(hits, n, level);
  if (n === 0) return { low: 0, high: 1 };
  const z = normalTwoSidedQuantile(level);
  const centre = hits + (z * z) / 2;
  const spread = z * Math.sqrt((hits * (n - hits)) / n + (z * z) / 4);
  const size = n + z * z;
  return {
    low: hits === 0 ? 0 : (centre - spread) / size,
    high: hits === n ? 1 : (centre + spread) / size,
  };
}

/**
 * ln of the uniform-mixture martingale B(1 + hits, 1 + n - hits) / (m^hits (1 - m)^(n - hits)) at the rate m
 * (METHOD 5.6). It equals -ln((n + 1) P(X = hits)) for X ~ Binomial(n, m).
 */
export function logUniformMixture(hits: number, n: number, m: number): number {
  return -(Math.log(n + 1) + logBinomialPmf(hits, n, m));
}

/**
 * Confidence sequence for a hit rate, valid at every stopping time at once: all m whose uniform-mixture martingale is
 * below 1/alpha (METHOD 5.6).
 */
export function confidenceSequence(hits: number, n: number, level = 0.95): Interval {
  check(hits, n, level);
  if (n === 0) return { low: 0, high: 1 };
  const bound = -Math.log(1 - level);
  const mode = hits / n;
  const excess = (m: number, sign: number) => ({
    value: sign * (logUniformMixture(hits, n, m) - bound),
    slope: Math.abs((hits - n * m) / (m * (1 - m))),
  });
  return {
    low: hits === 0 ? 0 : solveIncreasing((m) => excess(m, -1), 0, mode, mode / 2),
    high: hits === n ? 1 : solveIncreasing((m) => excess(m, 1), mode, 1, (1 + mode) / 2),
  };
}

/**
 * Inheritance rate (h - p0) / (1 - p0) of a hit rate h, where p0 is the mean chance of a hit under the null; clamped
 * at 0 (METHOD 5.6). Null where p0 is 1.
 */
export function inheritanceRate(rate: number, chance: number): number | null {
  return chance >= 1 ? null : Math.max(0, (rate - chance) / (1 - chance));
}
