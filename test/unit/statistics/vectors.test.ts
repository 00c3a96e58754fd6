import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binomialUpperTail } from '#shared/statistics/binomial.ts';
import { poissonBinomialUpperTail } from '#shared/statistics/convolution.ts';
import { anytimeP, E_START, type EState, eStep } from '#shared/statistics/e-process.ts';
import { fisherExact, type Table2x2 } from '#shared/statistics/hypergeometric.ts';
import { clopperPearson, wilson } from '#shared/statistics/intervals.ts';
import { VERBAL_SCALE } from '#shared/statistics/verbal-scale.ts';
import { expectClose, expectPrinted } from './close.ts';

interface Vectors {
  readonly clopper_pearson_95: Record<string, [number, number]>;
  readonly wilson_95: Record<string, [number, number]>;
  readonly fisher: readonly { table: Table2x2; greater: number; two_sided: number }[];
  readonly binomial_upper_tail: readonly { N: number; n: number; k: number; p: number }[];
  readonly poisson_binomial: { Ns: number[]; tail: Record<string, number> };
  readonly e_process: { steps_N_A_hit: [number, number, number][]; E: number[] };
  readonly e_process_mixed: { steps_N_A_hit: [number, number, number][]; E: number[] };
  readonly end_to_end_60: { N: number; hits_at: number[]; E_60: number; max_E: number };
  readonly enfsi: { bands: [number | 'inf', string][] };
}

const vectors = JSON.parse(
  readFileSync(new URL('../../fixtures/vectors/statistics.json', import.meta.url), 'utf8'),
) as Vectors;

function ratio(key: string): [number, number] {
  const [hits = '', n = ''] = key.split('/');
  return [Number(hits), Number(n)];
}

function path(steps: readonly [number, number, number][]): EState[] {
  let state = E_START;
  return steps.map(([n, found, hit]) => {
    state = eStep(state, { n, found, hit: hit === 1 });
    return state;
  });
}

describe('vectors/statistics.json', () => {
  it.each(Object.entries(vectors.clopper_pearson_95))('Clopper-Pearson %s', (key, [low, high]) => {
    const interval = clopperPearson(...ratio(key));
    expectClose(interval.low, low, 1e-13);
    expectClose(interval.high, high, 1e-13);
  });

  it.each(Object.entries(vectors.wilson_95))('Wilson %s', (key, [low, high]) => {
    const interval = wilson(...ratio(key));
    expectClose(interval.low, low);
    expectClose(interval.high, high);
  });

  it.each(vectors.fisher)('Fisher $table', ({ table, greater, two_sided }) => {
    expectClose(fisherExact(table).greater, greater, 1e-12);
    expectClose(fisherExact(table).twoSided, two_sided, 1e-12);
  });

  it.each(vectors.binomial_upper_tail)('binomial tail $N $n $k', ({ N, n, k, p }) => {
    expectClose(binomialUpperTail(k, n, 1 / N), p, 1e-12);
  });

  it('Poisson-binomial', () => {
    const chances = vectors.poisson_binomial.Ns.map((n) => 1 / n);
    for (const [hits, p] of Object.entries(vectors.poisson_binomial.tail)) {
      expectClose(poissonBinomialUpperTail(chances, Number(hits)), p);
    }
    expectClose(poissonBinomialUpperTail(chances, 5), 2 ** -52, 1e-12);
    expectPrinted(poissonBinomialUpperTail(chances, 3), '9.17093436748e-8');
  });

  it('e-process, pure and mixed', () => {
    const states = path(vectors.e_process.steps_N_A_hit);
    for (const [index, e] of vectors.e_process.E.entries()) {
      expectClose(Math.exp(states[index]?.logE ?? 0), e, 1e-12);
    }
    expectPrinted(anytimeP((states.at(-1) ?? E_START).maxLogE), '3.068467395e-6');
    const atFivePercent = Math.exp(states.at(-1)?.logTerms[2] ?? 0);
    expectPrinted(atFivePercent, '89387.21079');
    const mixed = path(vectors.e_process_mixed.steps_N_A_hit);
    for (const [index, e] of vectors.e_process_mixed.E.entries()) {
      expectClose(Math.exp(mixed[index]?.logE ?? 0), e, 1e-12);
    }
  });

  it('end to end at 60', () => {
    const { N, hits_at, E_60, max_E } = vectors.end_to_end_60;
    const steps = Array.from({ length: 60 }, (_, index): [number, number, number] => [
      N,
      1,
      hits_at.includes(index + 1) ? 1 : 0,
    ]);
    const last = path(steps).at(-1) ?? E_START;
    expectClose(Math.exp(last.logE), E_60, 1e-12);
    expectClose(Math.exp(last.maxLogE), max_E, 1e-12);
  });

  it('the verbal scale', () => {
    expect(VERBAL_SCALE.bands.map(({ upTo, words }) => [upTo ?? 'inf', words])).toEqual(
      vectors.enfsi.bands,
    );
  });
});
