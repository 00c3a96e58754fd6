import { describe, expect, it } from 'vitest';
import { eValue, logE, pValue } from '#shared/statistics/brands.ts';
import { clusterRate, designEffect } from '#shared/statistics/clusters.ts';
import {
  acatCombination,
  fisherCombination,
  meanE,
  pToE,
  stoufferCombination,
  twiceMeanP,
} from '#shared/statistics/combine.ts';
import { type DetectorKind, logEIncrement, runDetector } from '#shared/statistics/detectors.ts';
import { registryWeight } from '#shared/statistics/multiplicity.ts';
import { planBudget } from '#shared/statistics/power.ts';
import { countRankP } from '#shared/statistics/ranks.ts';
import {
  compareEpochs,
  pairE,
  signTest,
  turnerBlockLogE,
} from '#shared/statistics/two-proportions.ts';
import { expectClose, expectPrinted, seeded } from './close.ts';

describe('METHOD section 8, combinations and detectors', () => {
  const three = [0.01, 0.04, 0.3].map(pValue);

  it('combines p-values', () => {
    expectPrinted(fisherCombination(three).statistic, '18.0560376304');
    expectPrinted(fisherCombination(three).p, '0.006093669681');
    expectPrinted(stoufferCombination(three).statistic, '2.6566394230');
    expectPrinted(stoufferCombination(three).p, '0.003946190407');
    expectPrinted(acatCombination(three).statistic, '13.4876245234');
    expectPrinted(acatCombination(three).p, '0.02355704279');
    expectPrinted(twiceMeanP(three), '0.2333333333');
  });

  it('has no harmonic mean p: the number of METHOD 8 is an invalid one (do not use)', () => {
    const harmonic = three.length / three.reduce((sum, p) => sum + 1 / p, 0);
    expectPrinted(harmonic, '0.02337662338');
    // Fifty independent uniform p-values: their harmonic mean is below 0.05 far more often than in one case of twenty.
    const random = seeded(3);
    let below = 0;
    for (let run = 0; run < 4_000; run += 1) {
      let sum = 0;
      for (let at = 0; at < 50; at += 1) sum += 1 / random();
      if (50 / sum < 0.05) below += 1;
    }
    expect(below / 4_000).toBeGreaterThan(0.06);
  });

  it('keeps to the edges', () => {
    expect(fisherCombination([1, 1].map(pValue)).p).toBe(1);
    expect(fisherCombination([0, 1].map(pValue)).p).toBe(0);
    expect(stoufferCombination([1, 0.001].map(pValue)).p).toBe(1);
    expect(acatCombination([pValue(1)]).p).toBe(1);
    expect(acatCombination([pValue(0)]).p).toBe(0);
    expect(() => stoufferCombination([0, 1].map(pValue))).toThrow(RangeError);
    expect(() => acatCombination([0, 1].map(pValue))).toThrow(RangeError);
    expect(() => fisherCombination([])).toThrow(RangeError);
    expect(twiceMeanP([0.9, 0.9].map(pValue))).toBe(1);
    // One p alone stays what it is, however small.
    for (const p of [1e-300, 1e-12, 0.003, 0.5, 0.97].map(pValue)) {
      expectClose(fisherCombination([p]).p, p, 1e-12);
      expectClose(stoufferCombination([p]).p, p, 1e-12);
      expectClose(acatCombination([p]).p, p, 1e-12);
    }
    // Thousands of p-values: e^(X/2) overflows, the tail does not. X/2 = 5000 ln 2; P(Poisson(3465.7) < 5000) is 1.
    const many = new Array(5_000).fill(pValue(0.5));
    expectClose(fisherCombination(many).p, 1, 1e-11);
    expect(fisherCombination(new Array(5_000).fill(pValue(0.3))).p).toBeLessThan(1e-40);
  });

  it('turns p into e, and means e-values', () => {
    expectPrinted(pToE(pValue(0.05)), '2.236068');
    expectPrinted(pToE(pValue(0.01)), '5');
    expectPrinted(pToE(pValue(0.001)), '15.811388');
    expect(meanE([eValue(0), eValue(5)])).toBe(2.5);
    // The mean over a uniform p is 1: the antiderivative is p^kappa.
    let sum = 0;
    for (let at = 0; at < 100_000; at += 1) sum += pToE(pValue((at + 0.5) / 100_000), 0.9);
    expectClose(sum / 100_000, 1, 1e-4);
    expect(() => pToE(pValue(0.5), 1)).toThrow(RangeError);
  });

  it('counts ranks over samples', () => {
    const samples = [[5], [5], [5], [6], [7]];
    expect(countRankP(samples, 5, 1024)).toBe(1 / 1024);
    expect(countRankP(samples, 6, 1024)).toBe(3 / 1024);
    expect(countRankP(samples, 900, 1024)).toBe(1);
    expect(countRankP([], 0, 10)).toBe(1);
    // A candidate counts once in a sample.
    expect(countRankP([[1, 1], [2], [2]], 2, 4)).toBe(1 / 4);
  });

  it('Turner block', () => {
    const block = (ya: number, yb: number, nb = 1) =>
      Math.exp(turnerBlockLogE({ hits: ya, n: 1, theta: 0.3 }, { hits: yb, n: nb, theta: 0.02 }));
    expectPrinted(block(0, 0), '0.9722222222');
    expectPrinted(block(0, 1), '0.1041666667');
    expectPrinted(block(1, 0), '2.1875');
    expectPrinted(block(1, 1), '0.234375');
    expectPrinted(block(1, 0, 4), '4.9948687449');
    expectPrinted(block(0, 0, 4), '0.9586111733');
    expectPrinted(block(1, 1, 4), '1.2393283352');
    expectPrinted(block(0, 1, 4), '0.2378508926');
  });

  it('Turner block: the mean is at most 1 for every common rate, and reaches it (METHOD 3.3)', () => {
    for (const nb of [1, 4]) {
      let most = 0;
      for (let step = 1; step < 400; step += 1) {
        const theta = step / 400;
        let mean = 0;
        for (let ya = 0; ya <= 1; ya += 1) {
          for (let yb = 0; yb <= nb; yb += 1) {
            const ways = yb === 0 || yb === nb ? 1 : nb === 4 && yb === 2 ? 6 : nb;
            const chance = ways * theta ** (ya + yb) * (1 - theta) ** (1 + nb - ya - yb);
            const a = { hits: ya, n: 1, theta: 0.3 };
            mean += chance * Math.exp(turnerBlockLogE(a, { hits: yb, n: nb, theta: 0.02 }));
          }
        }
        expect(mean).toBeLessThanOrEqual(1 + 1e-12);
        most = Math.max(most, mean);
      }
      expect(most).toBeGreaterThan(0.9999);
    }
  });

  it.each([
    ['cusum', ['0.9', '0.9', '0.9', '26.5', '23.85', '632.025'], null],
    ['shiryaev-roberts', ['0.9', '1.71', '2.439', '91.1335', '82.92015', '2223.883975'], 6],
  ] as const)('detector %s', (kind: DetectorKind, expected, alarmAt) => {
    const stream = [0, 0, 0, 1, 0, 1].map((hit) =>
      logEIncrement(0.1, { n: 256, found: 1, hit: hit === 1 }),
    );
    const path = runDetector(kind, stream);
    for (const [index, printed] of expected.entries()) {
      expectPrinted(Math.exp(path.logM[index] ?? 0), printed);
    }
    expect(path.alarmAt).toBe(alarmAt);
    expect(runDetector(kind, stream, 26.49).alarmAt).toBe(4);
  });

  it('detectors do not overflow', () => {
    const path = runDetector('shiryaev-roberts', new Array(2_000).fill(logE(3)));
    expectClose(path.logM.at(-1) ?? 0, 6000 - Math.log(1 - Math.exp(-3)), 1e-12);
  });

  it('average run length to a false alarm is at least the level', () => {
    const random = seeded(17);
    const level = 50;
    for (const kind of ['cusum', 'shiryaev-roberts'] as const) {
      let total = 0;
      const runs = 300;
      for (let run = 0; run < runs; run += 1) {
        const stream = Array.from({ length: 4_000 }, () =>
          logEIncrement(0.1, { n: 16, found: 1, hit: random() < 1 / 16 }),
        );
        total += runDetector(kind, stream, level).alarmAt ?? 4_000;
      }
      expect(total / runs).toBeGreaterThan(level);
    }
  });

  it('design effect, sign test, pairs', () => {
    expectClose(designEffect(40, 5, 0.6).deff, 3.4);
    expectPrinted(designEffect(40, 5, 0.6).effective, '58.823529');
    expectClose(signTest(6, 0), 1 / 64, 1e-14);
    expectPrinted(signTest(9, 2), '0.03271484');
    expectPrinted(
      [1, 2, 3, 4, 5, 6].reduce((e) => e * pairE(true, false), 1),
      '34.0',
    );
    expect(pairE(true, true)).toBe(1);
    expectClose((pairE(true, false) + pairE(false, true)) / 2, 1);
  });

  it('registry weights add up to at most 1', () => {
    expect(registryWeight(1)).toBe(1 / 2);
    expect(registryWeight(3)).toBe(1 / 12);
    let sum = 0;
    for (let number = 1; number <= 10_000; number += 1) sum += registryWeight(number);
    expectClose(sum, 1 - 1 / 10_001, 1e-12);
    expect(() => registryWeight(0)).toThrow(RangeError);
  });
});

describe('clusters', () => {
  it('finds the width that repeats hide', () => {
    const random = seeded(5);
    // Every canary always or never hits: 20 canaries of 10 samples know as much as 20.
    const clusters = Array.from({ length: 20 }, (_, index) => ({
      samples: 10,
      hits: index < 5 ? 10 : 0,
    }));
    const rate = clusterRate(clusters, { random });
    expect(rate).toMatchObject({ canaries: 20, samples: 200, rate: 0.25 });
    // deff = K n / (n - 1) where samples of a canary agree entirely.
    expectClose(rate.deff ?? 0, 10 * (20 / 19), 1e-12);
    expectClose(rate.effective ?? 0, 19, 1e-12);
    expect(rate.bootstrap.low).toBeLessThan(0.11);
    expect(rate.bootstrap.high).toBeGreaterThan(0.39);
    expect(clusterRate(clusters, { random: seeded(9) })).toEqual(
      clusterRate(clusters, { random: seeded(9) }),
    );
  });

  it('agrees with the naive error where repeats are independent', () => {
    const random = seeded(6);
    const clusters = Array.from({ length: 3_000 }, () => ({
      samples: 4,
      hits: [0, 1, 2, 3].filter(() => random() < 0.3).length,
    }));
    const { deff, bootstrap, rate } = clusterRate(clusters, { random, rounds: 400 });
    expect(Math.abs((deff ?? 0) - 1)).toBeLessThan(0.1);
    expect(bootstrap.low).toBeLessThan(rate);
    expect(bootstrap.high - bootstrap.low).toBeLessThan(0.02);
  });

  it('refuses what is no count', () => {
    const random = seeded(1);
    expect(() => clusterRate([], { random })).toThrow(RangeError);
    expect(() => clusterRate([{ samples: 1, hits: 2 }], { random })).toThrow(RangeError);
    expect(clusterRate([{ samples: 3, hits: 1 }], { random }).clusterError).toBeNull();
    expect(() => designEffect(10, 5, -0.5)).toThrow(RangeError);
  });
});

describe('epochs', () => {
  it('compares by Fisher, with an interval for the difference', () => {
    const result = compareEpochs({ hits: 3, n: 40 }, { hits: 12, n: 40 });
    expectPrinted(result.p, '0.01975703');
    expectClose(result.difference.value, 0.225);
    // Newcombe 1998, table II (a): 56/70 against 48/80, interval of method 10.
    const known = compareEpochs({ hits: 48, n: 80 }, { hits: 56, n: 70 });
    expectPrinted(known.difference.low, '0.0524');
    expectPrinted(known.difference.high, '0.3339');
    expect(() => compareEpochs({ hits: 0, n: 0 }, { hits: 1, n: 2 })).toThrow(RangeError);
  });
});

describe('budget for any mix of N', () => {
  const crossing = { threshold: 1000, minHits: 0, leaveOneOut: 0, futility: false };

  it('is exact for equal lists', () => {
    const budget = planBudget({ ...crossing, q: 0.1, n: new Array<number>(60).fill(1024) });
    expect(budget.median).toBe(20);
    expect(budget.ninety).toBe(51);
    expect(Math.abs(budget.chance - 0.948)).toBeLessThan(0.006);
  });

  it('lies between its parts for a mixture, and says when a budget is too small', () => {
    const n = Array.from({ length: 120 }, (_, index) => (index % 2 === 0 ? 256 : 4096));
    const simulation = { random: seeded(8), runs: 3_000 };
    const mixed = planBudget({ ...crossing, q: 0.1, n }, simulation);
    const small = planBudget({ ...crossing, q: 0.1, n: new Array<number>(120).fill(256) });
    const large = planBudget({ ...crossing, q: 0.1, n: new Array<number>(120).fill(4096) });
    expect(mixed.median ?? 0).toBeGreaterThan(large.median ?? 0);
    expect(mixed.median ?? 0).toBeLessThan(small.median ?? 0);
    expect(planBudget({ ...crossing, q: 0.02, n: [1024] })).toMatchObject({
      median: null,
      ninety: null,
    });
    expect(() => planBudget({ ...crossing, q: 0.1, n })).toThrow(TypeError);
  });
});
