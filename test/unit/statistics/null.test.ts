import { describe, expect, it } from 'vitest';
import { E_START, eFactor, eStep, GRID } from '#shared/statistics/e-process.ts';
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
