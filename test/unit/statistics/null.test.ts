import { describe, expect, it } from 'vitest';
import { E_START, EAccumulator, eFactor, eStep, GRID } from '#shared/statistics/e-process.ts';
import { clopperPearson } from '#shared/statistics/intervals.ts';
import { copycatFamily, INNOCENTS, innocentSequence } from '../../../scripts/bench/innocents.ts';
import { powerCell } from '../../../scripts/bench/power.ts';
import { expectClose, seeded } from './close.ts';

describe('under the null', () => {
  it.each([16, 256, 1024])(
    'E[e] = 1 for every rate and answer, by enumeration over the draw (N = %i)',
    (n) => {
      for (const q of GRID) {
        for (const found of [[3], [0, 5], [1, 2, 7]]) {
          let sum = 0;
          for (let drawn = 0; drawn < n; drawn += 1) {
            sum += eFactor(q, { n, found: found.length, hit: found.includes(drawn) });
          }
          expectClose(sum / n, 1, 1e-12);
        }
        expect(eFactor(q, { n, found: 0, hit: false })).toBe(1 - q);
      }
    },
  );

  // Ville's bound is 1/20 and 1/1000; METHOD 8 measured 0.014-0.019 and 0.00022-0.00027 over 2e5 runs.
  it.each([
    [16, 0.0191],
    [256, 0.0172],
    [1024, 0.014],
  ] as const)('sup E stays below its bounds, N = %i', (n, measured) => {
    const random = seeded(20_260 + n);
    const runs = 20_000;
    let twenty = 0;
    let thousand = 0;
    for (let run = 0; run < runs; run += 1) {
      // A constant answer: the draw alone is random.
      let hits = 0;
      let state = E_START;
      for (let step = 0; step < 200; step += 1) {
        const hit = Math.floor(random() * n) === 0;
        if (hit) hits += 1;
        // Without a hit E only falls, and steps of misses commute: fold them into the next hit.
        state = hit || hits > 0 ? eStep(state, { n, found: 1, hit }) : missed(state);
      }
      if (state.maxLogE >= Math.log(20)) twenty += 1;
      if (state.maxLogE >= Math.log(1000)) thousand += 1;
    }
    expect(Math.abs(twenty / runs - measured)).toBeLessThan(0.004);
    expect(thousand / runs).toBeLessThan(0.001);
  });
});

const LOG_MISS = GRID.map((q) => Math.log1p(-q));

function missed(state: typeof E_START): typeof E_START {
  return {
    ...state,
    steps: state.steps + 1,
    logTerms: state.logTerms.map((term, index) => term + (LOG_MISS[index] ?? 0)),
  };
}

describe('innocents of every kind (the smaller run of `npm run bench -- null`)', () => {
  it.each(Object.entries(INNOCENTS))('%s', (_, behaviour) => {
    const random = seeded(77);
    const sequences = 5_000;
    const reached = [20, 100, 1000].map(() => 0);
    for (let run = 0; run < sequences; run += 1) {
      const { maxLogE } = innocentSequence(behaviour, random, 64, 200);
      for (const [at, level] of [20, 100, 1000].entries()) {
        if (maxLogE >= Math.log(level)) reached[at] = (reached[at] ?? 0) + 1;
      }
    }
    // Ville: at most 1/level. A fixed seed, so a failure is a fault and not bad luck.
    for (const [at, level] of [20, 100, 1000].entries()) {
      expect(clopperPearson(reached[at] ?? 0, sequences, 0.999).low).toBeLessThanOrEqual(1 / level);
    }
    // And the process is alive: an e-process that never moves would pass as well.
    const some = Array.from({ length: 50 }, () => innocentSequence(behaviour, random, 16, 200));
    expect(Math.max(...some.map(({ maxLogE }) => maxLogE))).toBeGreaterThan(0);
  });

  it('copycats of each other: any of five, at five times the level', () => {
    const random = seeded(78);
    let alarms = 0;
    for (let run = 0; run < 3_000; run += 1) {
      const { members } = copycatFamily(5, random, 64, 200);
      if (members.some(({ maxLogE }) => maxLogE >= Math.log(5 * 20))) alarms += 1;
    }
    expect(clopperPearson(alarms, 3_000, 0.999).low).toBeLessThanOrEqual(1 / 20);
    expect(alarms).toBeGreaterThan(0);
  });

  it('catches a cheat: an answer that knows the draw one time in ten', () => {
    const random = seeded(79);
    let caught = 0;
    for (let run = 0; run < 200; run += 1) {
      const e = new EAccumulator();
      for (let step = 0; step < 200; step += 1) {
        e.add({ n: 64, found: 1, hit: random() < 0.1 + 0.9 / 64 });
      }
      if (e.maxLogE >= Math.log(1000)) caught += 1;
    }
    expect(caught / 200).toBeGreaterThan(0.9);
  });

  it('several misses at once are the misses one by one', () => {
    const one = new EAccumulator();
    const many = new EAccumulator();
    for (let step = 0; step < 50; step += 1) one.add({ n: 64, found: 1, hit: false });
    many.addMisses(50);
    expectClose(many.logE, one.logE, 1e-12);
    expect(many.maxLogE).toBe(one.maxLogE);
    expect(many.steps).toBe(50);
  });
});

describe('power (the smaller run of `npm run bench -- power`)', () => {
  it.each([
    [0.05, 1024, [51, 121]],
    [0.2, 256, [13, 29]],
    [0.1, 65_536, [7, 33]],
  ] as const)('q = %d, N = %i agrees with METHOD 5.8', (q, n, printed) => {
    expect(powerCell(q, n, printed, 3_000, seeded(80)).agrees).toBe(true);
  });
});
