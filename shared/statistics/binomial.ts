import type { Probability, PValue } from './brands.ts';
import { deviance, incompleteBeta, stirlingRemainder } from './special-functions.ts';

const LOG_TWO_PI = 1.837_877_066_409_345_3;

function checkCount(k: number, n: number): void {
  if (!Number.isInteger(n) || n < 0) throw new RangeError('n is a whole number, not negative');
  if (!Number.isInteger(k)) throw new RangeError('a count is a whole number');
}

/** ln P(X = k) for X ~ Binomial(n, p). -Infinity where it is impossible. */
export function logBinomialPmf(k: number, n: number, p: number): number {
  checkCount(k, n);
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  if (p <= 0) return k === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (p >= 1) return k === n ? 0 : Number.NEGATIVE_INFINITY;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  // ln k! = k ln k - k + 1/2 ln(2 pi k) + remainder(k): the remainder of Gamma(k) is also that of k!.
  return (
    stirlingRemainder(n) -
    stirlingRemainder(k) -
    stirlingRemainder(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * (1 - p)) +
    0.5 * (Math.log(n / (k * (n - k))) - LOG_TWO_PI)
  );
}

/** P(X = k) for X ~ Binomial(n, p). */
export function binomialPmf(k: number, n: number, p: number): Probability {
  return Math.exp(logBinomialPmf(k, n, p)) as Probability;
}

/** P(X >= k) for X ~ Binomial(n, p) = I_p(k, n - k + 1) (METHOD 4.2 with equal chances). */
export function binomialUpperTail(k: number, n: number, p: number): PValue {
  checkCount(k, n);
  if (k <= 0) return 1 as PValue;
  if (k > n) return 0 as PValue;
  return incompleteBeta(p, k, n - k + 1).lower as PValue;
}

/** P(X <= k) for X ~ Binomial(n, p). */
export function binomialLowerTail(k: number, n: number, p: number): PValue {
  checkCount(k, n);
  if (k < 0) return 0 as PValue;
  if (k >= n) return 1 as PValue;
  return incompleteBeta(p, k + 1, n - k).upper as PValue;
}
