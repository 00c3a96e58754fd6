import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from '#shared/statistics/binomial.ts';
import { eValue, pValue } from '#shared/statistics/brands.ts';
import { calibrateControls, convolutionUpperTail } from '#shared/statistics/convolution.ts';
import { CurrentEValues } from '#shared/statistics/current-e-values.ts';
import { logEOfCounts } from '#shared/statistics/e-process.ts';
import { fisherExact, hypergeometricUpperTail } from '#shared/statistics/hypergeometric.ts';
import {
  clopperPearson,
  confidenceSequence,
  logUniformMixture,
  wilson,
  zeroHitUpperBound,
} from '#shared/statistics/intervals.ts';
import {
  benjaminiHochberg,
  eBenjaminiHochberg,
  eBonferroni,
  eHolm,
  holm,
  reportGradeThreshold,
} from '#shared/statistics/multiplicity.ts';
import { conformalRank, exposureBits, monteCarloP, rankP } from '#shared/statistics/ranks.ts';
import {
  VERBAL_SCALE,
  VERBAL_SCALE_ID,
  verbalScaleId,
  wordsForE,
  wordsForRatio,
} from '#shared/statistics/verbal-scale.ts';
import { expectClose, expectPrinted } from './close.ts';

describe('METHOD section 8', () => {
  it('intervals beyond the file', () => {
    const ninetyNine = clopperPearson(7, 20, 0.99);
    expectPrinted(ninetyNine.low, '0.1138797633');
    expectPrinted(ninetyNine.high, '0.6565685842');
    expectPrinted(zeroHitUpperBound(20), '0.1391083407');
    expectPrinted(zeroHitUpperBound(60), '0.0487029133');
    expect(zeroHitUpperBound(0)).toBe(1);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it.each([
    [7, 20, '0.10348270', '0.67283437'],
    [3, 60, '0.00305517', '0.19999423'],
    [12, 40, '0.11810918', '0.54041224'],
  ] as const)('confidence sequence %i/%i', (hits, n, low, high) => {
    const interval = confidenceSequence(hits, n);
    expectPrinted(interval.low, low);
    expectPrinted(interval.high, high);
    // At a limit the martingale is exactly 1/alpha.
    expectClose(Math.exp(logUniformMixture(hits, n, interval.low)), 20, 1e-11);
    expectClose(Math.exp(logUniformMixture(hits, n, interval.high)), 20, 1e-11);
  });

  it('confidence sequence without a hit, with hits only, and M(7, 20, 0.1)', () => {
    expect(confidenceSequence(0, 60).low).toBe(0);
    expectPrinted(confidenceSequence(0, 60).high, '0.11169794');
    expectClose(confidenceSequence(60, 60).low, 1 - confidenceSequence(0, 60).high, 1e-12);
    expect(confidenceSequence(60, 60).high).toBe(1);
    expect(confidenceSequence(0, 0)).toEqual({ low: 0, high: 1 });
    expectPrinted(Math.exp(logUniformMixture(7, 20, 0.1)), '24.1665312619');
  });

  it('hypergeometric and the Fisher table that prints only one side', () => {
    expectPrinted(hypergeometricUpperTail(12, 90, 60, 12), '0.005109059');
    const table = fisherExact([
      [12, 28],
      [3, 37],
    ]);
    expectPrinted(table.twoSided, '0.01975703');
    expectClose(
      fisherExact([
        [0, 0],
        [0, 0],
      ]).greater,
      1,
    );
  });

  it('E by counts', () => {
    const e = (hits: number, steps: number, n: number) => Math.exp(logEOfCounts(hits, steps, n));
    expectPrinted(e(0, 10, 1024), '0.4628701677');
    expectPrinted(e(0, 60, 1024), '0.1487630211');
    expectPrinted(e(0, 100, 1024), '0.08409983133');
    expectPrinted(e(2, 20, 1024), '644.9643593');
    expectPrinted(e(3, 20, 1024), '74678.19181');
    expectPrinted(e(1, 20, 65_536), '624.5139713');
    expectPrinted(e(5, 60, 256), '12319.39812');
    expectPrinted(e(2, 59, 1024), '64.879');
    expectPrinted(e(3, 65, 1024), '1848.95');
  });

  it('ranks and exposure', () => {
    const counts = new Map([
      [5, 3],
      [6, 1],
      [7, 1],
    ]);
    expect(rankP(counts, 5, 1024)).toBe(1 / 1024);
    expect(rankP(counts, 6, 1024)).toBe(3 / 1024);
    expect(rankP(counts, 900, 1024)).toBe(1);
    expect(exposureBits(1 / 1024)).toBe(10);
    expectPrinted(exposureBits(3 / 1024), '8.415037');
    expect(exposureBits(1)).toBe(0);
  });

  it('permutation and conformal p', () => {
    expect(monteCarloP(0, 999)).toBe(0.001);
    expect(monteCarloP(4, 9999)).toBe(0.0005);
    expect(conformalRank(3, new Array<number>(19).fill(0))).toEqual({ p: 0.05, floor: 0.05 });
    const ten = conformalRank(3, [3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expectPrinted(ten.p, '0.1818181818');
    expectClose(ten.floor, 1 / 11);
  });

  it('multiplicity', () => {
    const adjusted = benjaminiHochberg([0.001, 0.008, 0.039, 0.041, 0.2].map(pValue));
    for (const [index, p] of [0.005, 0.02, 0.05125, 0.05125, 0.2].entries()) {
      expectClose(adjusted[index] ?? 0, p);
    }
    const stepDown = holm([0.001, 0.008, 0.039, 0.041, 0.2].map(pValue));
    for (const [index, p] of [0.005, 0.032, 0.117, 0.117, 0.2].entries()) {
      expectClose(stepDown[index] ?? 0, p);
    }
    const e = [9, 4200, 0.4, 130, 52].map(eValue);
    expect(eBenjaminiHochberg(CurrentEValues.declared(e), 0.05)).toEqual({
      rejected: [false, true, false, true, true],
      count: 3,
    });
    expect(eBonferroni(e, 0.05)).toEqual({
      rejected: [false, true, false, true, false],
      count: 2,
    });
    expect(eHolm(e, 0.05)).toEqual({ rejected: [false, true, false, true, false], count: 2 });
    expect(eHolm([100, 80, 60, 40, 20].map(eValue), 0.05).count).toBe(5);
    expect(reportGradeThreshold(8)).toBe(8000);
    expect(reportGradeThreshold(8, 3)).toBe(96_000);
  });

  it('control convolution', () => {
    const sets = [...Array.from({ length: 6 }, () => [1]), ...[2, 3, 4, 5, 6, 7].map((r) => [r])];
    // Twelve hits: the shared answer is right on two canaries.
    const canaries = Array.from({ length: 60 }, (_, index) => ({
      n: 1024,
      trueIndex: index < 2 ? 1 : 0,
      found: sets,
    }));
    const { hits, expected, p } = calibrateControls(canaries);
    expect(hits).toBe(12);
    expectPrinted(expected, '0.703125');
    expectPrinted(p, '0.0016256529');
    const distribution = [1 - 7 / 1024, 6 / 1024, 0, 0, 0, 0, 1 / 1024];
    const tail = (threshold: number) =>
      convolutionUpperTail(new Array<number[]>(60).fill(distribution), threshold);
    expectPrinted(tail(1), '0.33738727');
    expectPrinted(tail(2), '0.10283409');
    expectPrinted(tail(3), '0.06201215');
    expectPrinted(tail(6), '0.05693864');
  });

  it('verbal scale: a boundary belongs to the lower band', () => {
    const words = (ratio: number) => wordsForRatio(ratio).words;
    expect(wordsForRatio(2)).toEqual({
      words: 'no meaningful support for either',
      favours: 'neither',
    });
    expect(words(2.01)).toBe('weak');
    expect(words(10)).toBe('weak');
    expect(words(10.01)).toBe('moderate');
    expect(words(100)).toBe('moderate');
    expect(words(1000)).toBe('moderately strong');
    expect(words(1000.01)).toBe('strong');
    expect(words(10_000)).toBe('strong');
    expect(words(1e6)).toBe('very strong');
    expect(words(1e7)).toBe('extremely strong');
    expect(wordsForRatio(0.05)).toEqual({ words: 'moderate', favours: 'second' });
  });

  it('never words an E below 1, nor one above the cap', () => {
    expect(wordsForE(Math.log(0.05))).toBe('no meaningful support for either');
    expect(wordsForE(Math.log(2))).toBe('no meaningful support for either');
    expect(wordsForE(Math.log(1000))).toBe('moderately strong');
    expect(wordsForE(Math.log(1e12))).toBe('very strong');
  });

  it('pins the scale by the hash of its canonical form', () => {
    expect(VERBAL_SCALE_ID).toMatch(/^[0-9a-f]{64}$/);
    expect(verbalScaleId(VERBAL_SCALE)).toBe(VERBAL_SCALE_ID);
    expect(verbalScaleId({ ...VERBAL_SCALE, cap: 1e7 })).not.toBe(VERBAL_SCALE_ID);
  });
});

it('counts nothing as certain: a tail of zero hits is 1, an impossible one 0', () => {
  expect(binomialUpperTail(0, 10, 0.1)).toBe(1);
  expect(binomialUpperTail(11, 10, 0.1)).toBe(0);
  expect(convolutionUpperTail([], 0)).toBe(1);
  expect(convolutionUpperTail([], 1)).toBe(0);
});
