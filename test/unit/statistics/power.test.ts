import { describe, expect, it } from 'vitest';
import {
  canariesForHits,
  chanceOfReportGrade,
  growthRate,
  queriesToThreshold,
  reportGradeCurve,
} from '#shared/statistics/power.ts';
import { expectPrinted, seeded } from './close.ts';

const CROSSING = { threshold: 1000, minHits: 0, leaveOneOut: 0, futility: false };

describe('power and planning (METHOD 5.8)', () => {
  it.each([
    [0.02, '0.145'],
    [0.05, '0.615'],
    [0.1, '0.948'],
    [0.2, '1.000'],
  ] as const)('P(E >= 1000 within 60), N = 1024, q = %d', (q, printed) => {
    const chance = chanceOfReportGrade({ ...CROSSING, q, n: new Array<number>(60).fill(1024) });
    // The table was simulated, so it is not good to its last digit; this is exact.
    expect(Math.abs(chance - Number(printed))).toBeLessThan(0.006);
  });

  it.each([
    [0.02, 256, 337, 673],
    [0.05, 1024, 51, 121],
    [0.1, 16, 141, 267],
    [0.1, 1024, 20, 51],
    [0.2, 65_536, 4, 11],
    [0.5, 256, 4, 9],
  ] as const)('queries to 1000, q = %d, N = %i', (q, n, median, ninety) => {
    const curve = reportGradeCurve({ ...CROSSING, q, n, steps: 800 });
    const first = (chance: number) => curve.findIndex((value) => value >= chance) + 1;
    expect(Math.abs(first(0.5) - median)).toBeLessThanOrEqual(1 + median * 0.02);
    expect(Math.abs(first(0.9) - ninety)).toBeLessThanOrEqual(1 + ninety * 0.02);
  });

  it('canaries for one and for three hits', () => {
    const rates = [0.02, 0.05, 0.1, 0.2];
    expect(rates.map((q) => canariesForHits(q, 1))).toEqual([149, 59, 29, 14]);
    expect(rates.map((q) => canariesForHits(q, 3))).toEqual([313, 124, 61, 30]);
    expect(canariesForHits(1, 3)).toBe(3);
  });

  it('growth rate is positive under inheritance and no larger than ln N', () => {
    expect(growthRate(1, 1024)).toBe(Math.log(1024));
    expect(growthRate(0, 1024)).toBe(0);
    const needed = queriesToThreshold(0.1, 1024, 1000);
    expectPrinted(needed * growthRate(0.1, 1024), '6.907755');
  });

  it('asks more for report-grade than for the crossing alone', () => {
    const n = new Array<number>(60).fill(1024);
    const strict = chanceOfReportGrade({ q: 0.05, n, threshold: 1000, minHits: 3 });
    const loose = chanceOfReportGrade({ ...CROSSING, q: 0.05, n });
    expect(strict).toBeLessThan(loose);
    expect(strict).toBeGreaterThan(0.3);
    expect(chanceOfReportGrade({ q: 0, n, threshold: 1000 })).toBeLessThan(0.001);
    expect(chanceOfReportGrade({ q: 0.5, n: [], threshold: 1000 })).toBe(0);
  });

  it('agrees with a seeded simulation, which serves lists of unlike length', () => {
    const rule = { q: 0.08, threshold: 3000, minHits: 3 };
    const exact = chanceOfReportGrade({ ...rule, n: new Array<number>(60).fill(1024) });
    // One canary of another length at the end changes next to nothing.
    const mixed = [...new Array<number>(59).fill(1024), 1025];
    const runs = 20_000;
    const simulated = chanceOfReportGrade({ ...rule, n: mixed }, { random: seeded(7), runs });
    const error = Math.sqrt((exact * (1 - exact)) / runs);
    expect(Math.abs(simulated - exact)).toBeLessThan(4 * error);
    expect(() => chanceOfReportGrade({ ...rule, n: mixed })).toThrow(TypeError);
  });
});
