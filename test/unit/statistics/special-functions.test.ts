import { describe, expect, it } from 'vitest';
import { binomialLowerTail, binomialPmf, binomialUpperTail } from '#shared/statistics/binomial.ts';
import {
  incompleteBeta,
  inverseIncompleteBeta,
  logBeta,
  logGamma,
  normalTwoSidedQuantile,
} from '#shared/statistics/special-functions.ts';
import { expectClose } from './close.ts';

describe('special functions', () => {
  it('logGamma at whole and half numbers', () => {
    let logFactorial = 0;
    for (let n = 1; n <= 170; n += 1) {
      logFactorial += Math.log(n);
      expectClose(logGamma(n + 1) + 1, logFactorial + 1, 1e-13);
    }
    expectClose(logGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
    expect(Math.abs(logGamma(1))).toBeLessThan(1e-14);
    expect(() => logGamma(0)).toThrow(RangeError);
  });

  it('logBeta against its factorial form', () => {
    expectClose(Math.exp(logBeta(3, 4)), 1 / 60, 1e-13);
    expectClose(Math.exp(logBeta(1, 1)), 1, 1e-13);
    expectClose(logBeta(0.5, 0.5), Math.log(Math.PI), 1e-13);
  });

  it('incomplete beta in closed forms', () => {
    for (const x of [1e-12, 0.001, 0.3, 0.5, 0.9, 0.999]) {
      expectClose(incompleteBeta(x, 1, 5).upper, (1 - x) ** 5, 1e-12);
      expectClose(incompleteBeta(x, 5, 1).lower, x ** 5, 1e-12);
      const arc = (2 / Math.PI) * Math.asin(Math.sqrt(x));
      expectClose(incompleteBeta(x, 0.5, 0.5).lower, arc, 1e-12);
    }
    expect(incompleteBeta(0, 2, 3)).toEqual({ lower: 0, upper: 1 });
    expect(incompleteBeta(1, 2, 3)).toEqual({ lower: 1, upper: 0 });
  });

  it('the inverse undoes it, from two canaries to ten thousand', () => {
    for (const [a, b] of [
      [1, 2],
      [3, 58],
      [200, 9801],
      [5000, 5001],
      [9999, 2],
      [0.5, 3],
    ] as const) {
      for (const p of [1e-9, 0.005, 0.025, 0.5, 0.975]) {
        expectClose(incompleteBeta(inverseIncompleteBeta(p, a, b), a, b).lower, p, 1e-10);
        const x = inverseIncompleteBeta(p, a, b, 'upper');
        // Next to 1 the spacing of doubles is what limits an upper tail.
        expectClose(incompleteBeta(x, a, b).upper, p, x > 0.999 ? 1e-7 : 1e-10);
      }
    }
  });

  it('quantiles that Clopper-Pearson needs at ten thousand canaries (computed with 40 digits elsewhere)', () => {
    expectClose(inverseIncompleteBeta(0.025, 200, 9801), 0.017346535326613344, 1e-13);
    expectClose(inverseIncompleteBeta(0.025, 201, 9800, 'upper'), 0.022937924776033184, 1e-13);
    expectClose(inverseIncompleteBeta(0.025, 1, 10_000, 'upper'), 0.0003688199146187623, 1e-13);
  });

  it('binomial tails are the sums of their terms, down to the smallest', () => {
    for (const [n, p] of [
      [20, 1 / 1024],
      [60, 0.3],
      [500, 1 / 16],
    ] as const) {
      let sum = 0;
      for (let k = n; k >= 0; k -= 1) {
        sum += binomialPmf(k, n, p);
        if (sum > 1e-300) expectClose(binomialUpperTail(k, n, p), sum, 1e-11);
        expectClose(binomialLowerTail(k - 1, n, p) + binomialUpperTail(k, n, p), 1, 1e-12);
      }
    }
  });

  it('normal quantiles', () => {
    expectClose(normalTwoSidedQuantile(0.95), 1.959963984540054, 1e-14);
    expectClose(normalTwoSidedQuantile(0.99), 2.5758293035489004, 1e-14);
    expectClose(normalTwoSidedQuantile(0.5), 0.6744897501960817, 1e-14);
  });
});
