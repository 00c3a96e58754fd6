import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from '#shared/statistics/binomial.ts';
import { EAccumulator } from '#shared/statistics/e-process.ts';
import { conformalRank } from '#shared/statistics/ranks.ts';
import { expectClose, expectPrinted, seeded } from './close.ts';

/** METHOD 3.1, 3.3 and 4.4: what goes wrong without the rules, so that nobody takes a rule for a formality. */

const rate = (runs: number, once: () => boolean): number => {
  let count = 0;
  for (let run = 0; run < runs; run += 1) if (once()) count += 1;
  return count / runs;
};

describe('without the rules', () => {
  it.each([
    [16, 0.201],
    [256, 0.105],
  ])('peeking at a fixed-n p after every query: N = %i, %d instead of 0.05', (n, measured) => {
    const random = seeded(61);
    // Smallest number of hits at which p < 0.05, for every number of queries.
    const needed = Array.from({ length: 201 }, (_, queries) => {
      let hits = 1;
      while (binomialUpperTail(hits, queries, 1 / n) >= 0.05) hits += 1;
      return hits;
    });
    const seen = rate(20_000, () => {
      let hits = 0;
      for (let query = 1; query <= 200; query += 1) {
        if (random() < 1 / n) hits += 1;
        if (hits >= (needed[query] ?? 201)) return true;
      }
      return false;
    });
    expect(Math.abs(seen - measured)).toBeLessThan(0.012);
  });

  it('five paraphrases of one draw counted as five canaries: false leads more than three times the bound', () => {
    const random = seeded(62);
    const reaches = (repeats: number, level: number) =>
      rate(8_000, () => {
        const e = new EAccumulator();
        for (let canary = 0; canary < 40; canary += 1) {
          // A constant answer: all paraphrases hit or none.
          const hit = Math.floor(random() * 64) === 0;
          for (let at = 0; at < repeats; at += 1) e.add({ n: 64, found: 1, hit });
        }
        return e.maxLogE >= Math.log(level);
      });
    expect(reaches(5, 20)).toBeGreaterThan(0.15);
    expect(reaches(5, 1000)).toBeGreaterThan(0.07);
    expect(reaches(1, 20)).toBeLessThan(0.05);
  });

  it('a canary opened to one suspect and asked of a copy of it: half of the copies hit', () => {
    const random = seeded(63);
    let [first, both] = [0, 0];
    for (let run = 0; run < 400_000; run += 1) {
      const drawn = Math.floor(random() * 1024);
      const answer = Math.floor(random() * 1024);
      if (answer !== drawn) continue;
      first += 1;
      const copy = random() < 0.5 ? answer : Math.floor(random() * 1024);
      if (copy === drawn) both += 1;
    }
    expect(Math.abs(both / first - 0.502)).toBeLessThan(0.1);
  });

  it('pooled controls reject far too often, the rank does not', () => {
    const random = seeded(64);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    // Propensity to hit found canaries differs between innocent models (log-normal, sigma 0.5).
    const hits = () => {
      const propensity = Math.min(1, 0.05 * Math.exp(0.5 * normal()));
      let count = 0;
      for (let at = 0; at < 200; at += 1) if (random() < propensity) count += 1;
      return count;
    };
    let [pooled, ranked] = [0, 0];
    const runs = 4_000;
    for (let run = 0; run < runs; run += 1) {
      const suspect = hits();
      const controls = Array.from({ length: 10 }, hits);
      const share = controls.reduce((sum, count) => sum + count, 0) / 2_000;
      if (binomialUpperTail(suspect, 200, share) < 0.001) pooled += 1;
      if (conformalRank(suspect, controls).p <= 1 / 11) ranked += 1;
    }
    // METHOD 3.1: 6.07 % at a nominal 0.1 %; the rank at its floor of 9.09 % stays below it.
    expect(pooled / runs).toBeGreaterThan(0.03);
    expect(ranked / runs).toBeLessThan(1 / 11 + 0.014);
  });

  it('grinding keys without a beacon is cheap: 1 / P tries (METHOD 4.5)', () => {
    const tries = (n: number, asked: number, hits: number) =>
      1 / binomialUpperTail(hits, asked, 1 / n);
    expectPrinted(tries(256, 10, 3), '1.43e5');
    expectPrinted(tries(256, 10, 4), '2.1e7');
    expectPrinted(tries(256, 10, 5), '4.4e9');
    expectPrinted(tries(1024, 20, 3), '9.5e5');
    expectPrinted(tries(1024, 20, 4), '2.3e8');
  });

  it('three hits of one cohort of four (METHOD 6)', () => {
    expectClose(binomialUpperTail(3, 3, 1 / 4), 1 / 64, 1e-12);
    expectClose(4 * binomialUpperTail(3, 3, 1 / 4), 0.0625, 1e-12);
  });
});
