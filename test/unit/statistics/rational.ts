/** Exact rational and fixed-point arithmetic on BigInt: the yardstick for everything that is computed in doubles. */

export interface Rational {
  readonly num: bigint;
  readonly den: bigint;
}

/** A double as the fraction that it exactly is. */
export function ofDouble(value: number): Rational {
  let den = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    den *= 2n;
  }
  return { num: BigInt(scaled), den };
}

const bits = (value: bigint): number => value.toString(2).length;

/** The double next to a fraction of whole numbers, to within one unit of the last place. */
export function toDouble({ num, den }: Rational): number {
  if (num === 0n) return 0;
  const shift = bits(den) - bits(num) + 62;
  const quotient = shift >= 0 ? (num << BigInt(shift)) / den : num / (den << BigInt(-shift));
  // 62 bits are rounded once here; the power of two is applied in two parts so that it does not underflow early.
  const half = Math.trunc(-shift / 2);
  return Number(quotient) * 2 ** half * 2 ** (-shift - half);
}

export const add = (a: Rational, b: Rational): Rational => ({
  num: a.num * b.den + b.num * a.den,
  den: a.den * b.den,
});
export const multiply = (a: Rational, b: Rational): Rational => ({
  num: a.num * b.num,
  den: a.den * b.den,
});

export function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let at = 1; at <= Math.min(k, n - k); at += 1) {
    result = (result * BigInt(n - at + 1)) / BigInt(at);
  }
  return result;
}

/** P(X >= k), X ~ Binomial(n, p), exactly. */
export function binomialTail(k: number, n: number, p: Rational): Rational {
  const miss = p.den - p.num;
  const hitPowers = powers(p.num, n);
  const missPowers = powers(miss, n);
  let sum = 0n;
  let ways = choose(n, k);
  for (let value = k; value <= n; value += 1) {
    sum += ways * (hitPowers[value] ?? 0n) * (missPowers[n - value] ?? 0n);
    ways = (ways * BigInt(n - value)) / BigInt(value + 1);
  }
  return { num: sum, den: p.den ** BigInt(n) };
}

export function powers(base: bigint, highest: number): bigint[] {
  const list = [1n];
  for (let at = 1; at <= highest; at += 1) list.push((list[at - 1] ?? 1n) * base);
  return list;
}

/** Relative distance of a double from a fraction, itself computed exactly before it is rounded. */
export function relativeError(actual: number, exact: Rational): number {
  const seen = ofDouble(actual);
  const difference = seen.num * exact.den - exact.num * seen.den;
  return toDouble({
    num: difference < 0n ? -difference : difference,
    den: exact.num * seen.den,
  });
}

/** Fixed-point numbers with this many binary places. */
export const PLACES = 400n;
export const ONE = 1n << PLACES;
export const fixed = ({ num, den }: Rational): bigint => (num << PLACES) / den;
export const fixedTimes = (a: bigint, b: bigint): bigint => (a * b) >> PLACES;
export const ofFixed = (value: bigint): Rational => ({ num: value, den: ONE });

/** e^-x for x >= 0 in fixed point: the series at x / 2^k, squared k times. */
export function fixedExpMinus(x: bigint): bigint {
  let halvings = 0n;
  while (x >> halvings > ONE >> 8n) halvings += 1n;
  const small = x >> halvings;
  let term = ONE;
  let sum = ONE;
  for (let at = 1n; term !== 0n; at += 1n) {
    term = -fixedTimes(term, small) / at;
    sum += term;
  }
  for (let round = 0n; round < halvings; round += 1n) sum = fixedTimes(sum, sum);
  return sum;
}

/** ln(1 + t) for |t| < 1/2 in fixed point, by 2 artanh(t / (2 + t)). */
export function fixedLog1p(t: bigint): bigint {
  const ratio = (t << PLACES) / (2n * ONE + t);
  const square = fixedTimes(ratio, ratio);
  let power = ratio;
  let sum = 0n;
  for (let odd = 1n; power !== 0n && power !== -1n; odd += 2n) {
    sum += power / odd;
    power = fixedTimes(power, square);
  }
  return 2n * sum;
}
