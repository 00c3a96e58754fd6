import { describe, expect, it } from 'vitest';
import { binomialLowerTail, binomialPmf, binomialUpperTail } from '#shared/statistics/binomial.ts';
import { pValue } from '#shared/statistics/brands.ts';
import { fisherCombination } from '#shared/statistics/combine.ts';
import { calibrateControls, poissonBinomialUpperTail } from '#shared/statistics/convolution.ts';
import { GRID, logEOfCounts, logEPath } from '#shared/statistics/e-process.ts';
import { fisherExact, hypergeometricUpperTail } from '#shared/statistics/hypergeometric.ts';
import {
  clopperPearson,
  confidenceSequence,
  zeroHitUpperBound,
} from '#shared/statistics/intervals.ts';
import { normalUpperTail, normalUpperTailQuantile } from '#shared/statistics/normal.ts';
import { incompleteBeta, logGamma } from '#shared/statistics/special-functions.ts';
import { seeded } from './close.ts';
import {
  add,
  binomialTail,
  choose,
  fixed,
  fixedExpMinus,
  fixedLog1p,
  fixedTimes,
  multiply,
  ONE,
  ofDouble,
  ofFixed,
  powers,
  type Rational,
  relativeError,
  toDouble,
} from './rational.ts';

/** The largest relative error over many cases, each measured against an exact fraction. */
function worst(cases: Iterable<readonly [number, Rational]>): number {
  let largest = 0;
  for (const [actual, exact] of cases) {
    // Below the smallest normal double there are no relative digits.
    if (toDouble(exact) < 1e-290) continue;
    largest = Math.max(largest, relativeError(actual, exact));
  }
  return largest;
}

const RATES = [1 / 65_536, 1 / 1024, 1 / 256, 1 / 16, 0.02, 0.3, 0.5, 0.77, 0.999];

describe('the yardstick itself', () => {
  it('is exact', () => {
    expect(ofDouble(0.375)).toEqual({ num: 3n, den: 8n });
    expect(toDouble({ num: 1n, den: 3n })).toBe(1 / 3);
    expect(toDouble({ num: 1n, den: 2n ** 1070n })).toBe(2 ** -1070);
    expect(toDouble({ num: 10n ** 200n, den: 7n })).toBe(1e200 / 7);
    expect(choose(52, 5)).toBe(2_598_960n);
    expect(toDouble(binomialTail(1, 2, { num: 1n, den: 2n }))).toBe(0.75);
    expect(toDouble(ofFixed(fixedExpMinus(ONE)))).toBe(Math.exp(-1));
    expect(toDouble(ofFixed(fixedLog1p(ONE / 2n)))).toBe(Math.log1p(0.5));
  });
});

describe('error bounds against exact rational arithmetic', () => {
  it('binomial tails and terms: below 2e-13 for n to 60, 5e-13 for n to 1,000', () => {
    for (const [sizes, bound] of [
      [[1, 7, 20, 60], 2e-13],
      [[400, 1_000], 5e-13],
    ] as const) {
      const cases = sizes.flatMap((n) =>
        RATES.flatMap((p) => {
          const exact = ofDouble(p);
          const hitPowers = powers(exact.num, n);
          const missPowers = powers(exact.den - exact.num, n);
          const den = exact.den ** BigInt(n);
          const ks =
            n <= 60 ? Array.from({ length: n + 1 }, (_, k) => k) : [0, 1, 3, 17, n / 4, n / 2];
          return ks.flatMap((k) => {
            const tail = binomialTail(k, n, exact);
            const term = choose(n, k) * (hitPowers[k] ?? 0n) * (missPowers[n - k] ?? 0n);
            return [
              [binomialUpperTail(k, n, p), tail],
              [binomialPmf(k, n, p), { num: term, den }],
              [binomialLowerTail(k - 1, n, p), { num: tail.den - tail.num, den: tail.den }],
            ] as const;
          });
        }),
      );
      expect(worst(cases)).toBeLessThan(bound);
    }
  });

  it('tails at 10,000 canaries and lists of 2^32: below 1e-12', () => {
    const cases = [1 / 1024, 1 / 65_536, 2 ** -32].flatMap((p) => {
      const n = 10_000;
      const { num, den } = ofDouble(p);
      // P(X >= k) = 1 - P(X < k), in fractions with k terms instead of ten thousand.
      return [1, 2, 5, 20].map((k) => {
        let below = 0n;
        for (let value = 0; value < k; value += 1) {
          below += choose(n, value) * num ** BigInt(value) * (den - num) ** BigInt(n - value);
        }
        const all = den ** BigInt(n);
        return [binomialUpperTail(k, n, p), { num: all - below, den: all }] as const;
      });
    });
    expect(worst(cases)).toBeLessThan(1e-12);
  });

  it('incomplete beta with whole parameters: both tails below 2e-13', () => {
    const random = seeded(31);
    const cases = Array.from({ length: 300 }, () => {
      const a = 1 + Math.floor(random() * 90);
      const b = 1 + Math.floor(random() * 90);
      const x = Math.round(random() * 4095 + 0.5) / 4096;
      const tails = incompleteBeta(x, a, b);
      const exact = binomialTail(a, a + b - 1, ofDouble(x));
      return [
        [tails.lower, exact],
        [tails.upper, { num: exact.den - exact.num, den: exact.den }],
      ] as const;
    }).flat();
    // 1 - tail is exact to 1e-16 absolutely; relatively only the smaller tail is promised.
    const smaller = cases.filter(([, exact]) => 2n * exact.num <= exact.den);
    expect(worst(smaller)).toBeLessThan(2e-13);
  });

  it('log-gamma: exp of a difference is a binomial coefficient, below 1e-12', () => {
    const cases = [10, 100, 170].flatMap((n) =>
      [1, 3, 5].map((k) => {
        const log = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
        return [Math.exp(log), { num: choose(n, k), den: 1n }] as const;
      }),
    );
    expect(worst(cases)).toBeLessThan(1e-12);
  });

  it('hypergeometric and Fisher: below 2e-13', () => {
    const tail = (k: number, size: number, marked: number, draws: number): Rational => {
      let sum = 0n;
      for (let value = k; value <= Math.min(marked, draws); value += 1) {
        if (draws - value > size - marked) continue;
        sum += choose(marked, value) * choose(size - marked, draws - value);
      }
      return { num: sum, den: choose(size, draws) };
    };
    const random = seeded(33);
    const cases = Array.from({ length: 300 }, () => {
      const size = 2 + Math.floor(random() * 300);
      const marked = Math.floor(random() * (size + 1));
      const draws = Math.floor(random() * (size + 1));
      const low = Math.max(0, draws + marked - size);
      const k = low + Math.floor(random() * (Math.min(marked, draws) - low + 1));
      const exact = tail(k, size, marked, draws);
      const table = [
        [k, draws - k],
        [marked - k, size - marked - draws + k],
      ] as const;
      return [
        [hypergeometricUpperTail(k, size, marked, draws), exact],
        [fisherExact(table).greater, exact],
      ] as const;
    }).flat();
    expect(worst(cases)).toBeLessThan(2e-13);
  });

  it('Poisson-binomial and control calibration by convolution: below 1e-13', () => {
    const random = seeded(35);
    const lengths = [16, 64, 256, 1024, 65_536, 2 ** 32];
    const cases = Array.from({ length: 40 }, () => {
      const chances = Array.from({ length: 1 + Math.floor(random() * 50) }, () => ({
        found: BigInt(Math.floor(random() * 4)),
        n: BigInt(lengths[Math.floor(random() * lengths.length)] ?? 16),
      }));
      let mass = [1n];
      let den = 1n;
      for (const { found, n } of chances) {
        mass = [...mass, 0n].map((m, k) => m * (n - found) + (mass[k - 1] ?? 0n) * found);
        den *= n;
      }
      return [1, 2, 3, 6].map((hits) => {
        const num = mass.slice(hits).reduce((sum, m) => sum + m, 0n);
        const doubles = chances.map(({ found, n }) => Number(found) / Number(n));
        return [poissonBinomialUpperTail(doubles, hits), { num, den }] as const;
      });
    })
      .flat()
      .filter(([, exact]) => exact.num > 0n);
    expect(worst(cases)).toBeLessThan(1e-13);
    // Two controls with one answer and one with another, ten canaries: by counting fractions.
    const canary = { n: 64, trueIndex: 5, found: [[5], [5], [9]] };
    let mass = [1n];
    for (let round = 0; round < 10; round += 1) {
      const next = new Array<bigint>(mass.length + 2).fill(0n);
      for (const [count, m] of mass.entries()) {
        for (const [more, ways] of [62n, 1n, 1n].entries()) {
          next[count + more] = (next[count + more] ?? 0n) + m * ways;
        }
      }
      mass = next;
    }
    const { hits, p } = calibrateControls(new Array(10).fill(canary));
    const exact = { num: mass.slice(hits).reduce((s, m) => s + m, 0n), den: 64n ** 10n };
    expect(relativeError(p, exact)).toBeLessThan(1e-13);
  });

  it('e-process with exact factors: below 1e-13 after 60 steps, 1e-11 after 10,000', () => {
    const exactE = (steps: readonly { n: number; found: number; hit: boolean }[]): Rational => {
      const grid = GRID.map(ofDouble);
      return grid
        .map((q) =>
          steps.reduce<Rational>(
            (product, { n, found, hit }) => {
              const miss = { num: q.den - q.num, den: q.den };
              if (!hit) return multiply(product, miss);
              const gain = { num: q.num * BigInt(n), den: q.den * BigInt(found) };
              return multiply(product, add(miss, gain));
            },
            { num: 1n, den: BigInt(GRID.length) },
          ),
        )
        .reduce(add);
    };
    const random = seeded(37);
    const lengths = [16, 1024, 2 ** 32];
    const paths = Array.from({ length: 12 }, () =>
      Array.from({ length: 60 }, () => ({
        n: lengths[Math.floor(random() * 3)] ?? 16,
        found: 1 + Math.floor(random() * 3),
        hit: random() < 0.15,
      })),
    );
    // What is exact here is a function of the doubles 0.01, 0.02, ..., as in the code.
    const cases = paths.map((path) => {
      const last = logEPath(GRID, path).at(-1) ?? 0;
      return [Math.exp(last), exactE(path)] as const;
    });
    expect(worst(cases)).toBeLessThan(1e-13);
    // Ten thousand steps: E is hits and misses only, so powers do it.
    for (const hits of [0, 3, 40]) {
      const sum = GRID.map(ofDouble)
        .map((q) => {
          const gain = add({ num: q.den - q.num, den: q.den }, { num: q.num * 1024n, den: q.den });
          const h = BigInt(hits);
          const m = BigInt(10_000 - hits);
          return {
            num: gain.num ** h * (q.den - q.num) ** m,
            den: gain.den ** h * q.den ** m * 6n,
          };
        })
        .map(toDouble)
        .reduce((a, b) => a + b, 0);
      expect(Math.abs(logEOfCounts(hits, 10_000, 1024) - Math.log(sum))).toBeLessThan(1e-11);
    }
  });

  it('Clopper-Pearson: the exact tail at each limit is alpha/2 to 1e-11 and crosses within 1e-12', () => {
    for (const [hits, n] of [
      [7, 20],
      [1, 50],
      [3, 60],
      [12, 40],
      [59, 60],
      [200, 400],
    ] as const) {
      const { low, high } = clopperPearson(hits, n);
      const half = 0.025;
      const atLow = (x: number) => toDouble(binomialTail(hits, n, ofDouble(x)));
      const atHigh = (x: number) => {
        const tail = binomialTail(hits + 1, n, ofDouble(x));
        return toDouble({ num: tail.den - tail.num, den: tail.den });
      };
      expect(Math.abs(atLow(low) / half - 1)).toBeLessThan(1e-11);
      expect(Math.abs(atHigh(high) / half - 1)).toBeLessThan(1e-11);
      expect(atLow(low * (1 - 1e-12))).toBeLessThan(half);
      expect(atLow(low * (1 + 1e-12))).toBeGreaterThan(half);
      expect(atHigh(high * (1 - 1e-12))).toBeGreaterThan(half);
      expect(atHigh(high * (1 + 1e-12))).toBeLessThan(half);
    }
    for (const n of [1, 20, 60, 1_000]) {
      const bound = zeroHitUpperBound(n);
      const miss = toDouble(multiplyPower(ofDouble(1 - bound), n));
      expect(Math.abs(miss / 0.05 - 1)).toBeLessThan(1e-12);
    }
  });

  it('confidence sequence: the exact martingale at each limit is 20 to 1e-11', () => {
    for (const [hits, n] of [
      [7, 20],
      [3, 60],
      [12, 40],
      [59, 60],
    ] as const) {
      const { low, high } = confidenceSequence(hits, n);
      for (const limit of [low, high]) {
        const m = ofDouble(limit);
        // B(1 + k, 1 + n - k) = 1 / ((n + 1) C(n, k)).
        const num = m.den ** BigInt(n);
        const den =
          BigInt(n + 1) *
          choose(n, hits) *
          m.num ** BigInt(hits) *
          (m.den - m.num) ** BigInt(n - hits);
        expect(relativeError(20, { num, den })).toBeLessThan(1e-11);
      }
    }
  });

  it('normal tail: below 1e-14 to z = 6, 2e-13 to z = 35; the quantile undoes it', () => {
    // sqrt(2 pi) to 60 digits, as a fraction.
    const rootTwoPi = {
      num: 2_506628274631000502415765284811045253006986740609938316629923n,
      den: 10n ** 60n,
    };
    for (const [zs, bound] of [
      [[0.001, 0.1, 0.7, 1.96, 2.4999, 2.5, 2.6, 3.3, 4.5, 6], 1e-14],
      [[8, 12.5, 20, 35], 2e-13],
    ] as const) {
      const cases = zs.map((z) => [normalUpperTail(z), exactNormalTail(z, rootTwoPi)] as const);
      expect(worst(cases)).toBeLessThan(bound);
    }
    for (const z of [0.3, 1, 2.49, 2.51, 6, 20, 37]) {
      expect(Math.abs(normalUpperTailQuantile(normalUpperTail(z)) / z - 1)).toBeLessThan(1e-14);
      expect(normalUpperTailQuantile(1 - normalUpperTail(0.3))).toBeCloseTo(-0.3, 12);
    }
  });

  it('Fisher combination: below 1e-13', () => {
    const random = seeded(39);
    const cases = Array.from({ length: 60 }, () => {
      const ranks = Array.from(
        { length: 1 + Math.floor(random() * 12) },
        () => 1 + Math.floor(random() * 255),
      );
      const ps = ranks.map((rank) => pValue(rank / 256));
      // X / 2 = sum of -ln(rank / 256), each by ln(1 + t) of a number in [1/2, 1] and ln 2.
      const half = ranks.reduce((sum, rank) => sum + minusLog(rank, 256), 0n);
      let term = ONE;
      let sum = ONE;
      for (let j = 1; j < ranks.length; j += 1) {
        term = fixedTimes(term, half) / BigInt(j);
        sum += term;
      }
      const product = ranks.reduce((value, rank) => value * BigInt(rank), 1n);
      const den = ONE * 256n ** BigInt(ranks.length);
      return [fisherCombination(ps).p, { num: sum * product, den }] as const;
    });
    expect(worst(cases)).toBeLessThan(1e-13);
  });
});

const multiplyPower = ({ num, den }: Rational, n: number): Rational => ({
  num: num ** BigInt(n),
  den: den ** BigInt(n),
});

const LOG_TWO = fixedLog1p(-ONE / 4n) * -2n + fixedLog1p(ONE / 8n);

/** -ln(num / den) in fixed point, 0 < num <= den. */
function minusLog(num: number, den: number): bigint {
  let halvings = 0n;
  let scaled = num;
  while (2 * scaled <= den) {
    scaled *= 2;
    halvings += 1n;
  }
  const ratio = fixed({ num: BigInt(scaled), den: BigInt(den) });
  return halvings * LOG_TWO - fixedLog1p(ratio - ONE);
}

/** 1/2 - (z - z^3/6 + z^5/40 ...)/sqrt(2 pi) with enough places for its cancellation at z = 35. */
function exactNormalTail(z: number, rootTwoPi: Rational): Rational {
  // For large z: density times the continued fraction, from so deep that it no longer changes.
  const square = multiply(ofDouble(z), ofDouble(z));
  const density = fixedExpMinus(fixed({ num: square.num, den: 2n * square.den }));
  const at = fixed(ofDouble(z));
  if (z >= 2) {
    let value = at;
    for (let level = 3_000; level >= 1; level -= 1)
      value = at + (BigInt(level) * ONE * ONE) / value;
    return multiply({ num: density, den: value }, { num: rootTwoPi.den, den: rootTwoPi.num });
  }
  let term = at;
  let sum = at;
  for (let odd = 3n; term !== 0n; odd += 2n) {
    term = fixedTimes(fixedTimes(term, at), at) / odd;
    sum += term;
  }
  const area = multiply(
    { num: fixedTimes(density, sum), den: ONE },
    { num: rootTwoPi.den, den: rootTwoPi.num },
  );
  return { num: area.den - 2n * area.num, den: 2n * area.den };
}
