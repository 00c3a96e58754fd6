/**
 * Gamma and beta functions in double precision. Everything that needs a binomial, a beta or a hypergeometric
 * probability is built on the Stirling remainder and the deviance below, because differences of large log-gammas lose
 * the digits that a tail of 1e-9 needs (the device is Loader's, "Fast and accurate computation of binomial
 * probabilities", 2000).
 */

const HALF_LOG_TWO_PI = 0.918_938_533_204_672_7;

/** ln Gamma(z) = (z - 1/2) ln z - z + 1/2 ln(2 pi) + stirlingRemainder(z), for z > 0. */
export function stirlingRemainder(z: number): number {
  let shifted = z;
  let remainder = 0;
  while (shifted < 15) {
    remainder += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
    shifted += 1;
  }
  const square = 1 / (shifted * shifted);
  const series =
    1 / 12 -
    square *
      (1 / 360 -
        square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 - square * (691 / 360_360)))));
  return remainder + series / shifted;
}

/** ln Gamma(z) for z > 0. Absolute error about 1e-15 times max(1, result). */
export function logGamma(z: number): number {
  if (!(z > 0)) throw new RangeError('logGamma needs a positive argument');
  return (z - 0.5) * Math.log(z) - z + HALF_LOG_TWO_PI + stirlingRemainder(z);
}

/** ln B(a, b) = ln Gamma(a) + ln Gamma(b) - ln Gamma(a + b), for a, b > 0. */
export function logBeta(a: number, b: number): number {
  const sum = a + b;
  return (
    -0.5 * Math.log((a * b) / sum) -
    a * Math.log1p(b / a) -
    b * Math.log1p(a / b) +
    HALF_LOG_TWO_PI +
    (stirlingRemainder(a) + stirlingRemainder(b) - stirlingRemainder(sum))
  );
}

/** x ln(x / m) + m - x for x, m > 0, without cancellation where x is near m. Never negative. */
export function deviance(x: number, m: number): number {
  const difference = x - m;
  if (Math.abs(difference) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = difference / (x + m);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let odd = 3; ; odd += 2) {
    term *= v * v;
    const next = sum + term / odd;
    if (next === sum) return sum;
    sum = next;
  }
}

/** ln of x^a (1-x)^b / B(a, b), for 0 < x < 1 and a, b > 0. */
function logBetaKernel(x: number, a: number, b: number): number {
  const n = a + b;
  return (
    0.5 * Math.log((a * b) / n) -
    HALF_LOG_TWO_PI +
    (stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b)) -
    deviance(a, n * x) -
    deviance(b, n * (1 - x))
  );
}

const TINY = 1e-300;
const MAX_TERMS = 200_000;

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by the modified Lentz method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MAX_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const factor = d * c;
    value *= factor;
    if (Math.abs(factor - 1) < 1e-16) return value;
  }
  return value;
}

function guard(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Both tails of the regularised incomplete beta function: `lower` = I_x(a, b), `upper` = 1 - I_x(a, b), the smaller
 * one to relative precision. a, b > 0. Source: DLMF 8.17.
 */
export function incompleteBeta(x: number, a: number, b: number): Tails {
  if (!(a > 0 && b > 0)) throw new RangeError('incompleteBeta needs positive parameters');
  if (x <= 0) return { lower: 0, upper: 1 };
  if (x >= 1) return { lower: 1, upper: 0 };
  const kernel = Math.exp(logBetaKernel(x, a, b));
  if (x < (a + 1) / (a + b + 2)) {
    const lower = (kernel / a) * betaFraction(x, a, b);
    return { lower, upper: 1 - lower };
  }
  const upper = (kernel / b) * betaFraction(1 - x, b, a);
  return { lower: 1 - upper, upper };
}

/**
 * The x in [0, 1] at which the chosen tail of Beta(a, b) equals `p`, to about 1e-14 relative (1e-13 for parameters of 10,000). Newton's method on the
 * logarithm of the tail inside a bracket that only shrinks.
 */
export function inverseIncompleteBeta(
  p: number,
  a: number,
  b: number,
  tail: 'lower' | 'upper' = 'lower',
): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError('a probability is between 0 and 1');
  if (p === 0) return tail === 'lower' ? 0 : 1;
  if (p === 1) return tail === 'lower' ? 1 : 0;
  const sign = tail === 'lower' ? 1 : -1;
  const target = Math.log(p);
  return solveIncreasing(
    (x) => {
      const value = incompleteBeta(x, a, b)[tail];
      const slope = Math.exp(logBetaKernel(x, a, b)) / (x * (1 - x) * value);
      return { value: sign * (Math.log(value) - target), slope };
    },
    0,
    1,
    a / (a + b),
  );
}

/**
 * Root of an increasing function on the open interval (low, high): Newton steps, halved back into the bracket whenever
 * they leave it.
 */
export function solveIncreasing(
  evaluate: (x: number) => { readonly value: number; readonly slope: number },
  low: number,
  high: number,
  start: number,
): number {
  let left = low;
  let right = high;
  let x = start > low && start < high ? start : (low + high) / 2;
  for (let round = 0; round < 400; round += 1) {
    const { value, slope } = evaluate(x);
    if (value === 0) return x;
    if (value < 0) left = x;
    else right = x;
    let next = x - value / slope;
    if (!(next > left && next < right)) next = (left + right) / 2;
    if (Math.abs(next - x) <= 1.2e-16 * x || next === left || next === right) return next;
    x = next;
  }
  return x;
}

/** The z with P(|Z| <= z) = level for a standard normal Z, 0 < level < 1 (DLMF 7.6.2 and Newton's method). */
export function normalTwoSidedQuantile(level: number): number {
  if (!(level > 0 && level < 1)) throw new RangeError('a level lies between 0 and 1');
  return solveIncreasing(
    (z) => {
      const density = Math.exp(-0.5 * z * z - HALF_LOG_TWO_PI);
      let term = z;
      let sum = z;
      for (let odd = 3; term > sum * 1e-17; odd += 2) {
        term *= (z * z) / odd;
        sum += term;
      }
      return { value: 2 * density * sum - level, slope: 2 * density };
    },
    0,
    9,
    1.5,
  );
}
