import { describe, expect, it } from 'vitest';
import type { EvaluationInput } from '#shared/domain/evaluation.ts';
import { exclusionOf, reduceSamples } from '#shared/scoring/reduce-samples.ts';
import { type FoundCanaryHits, tierB } from '#shared/scoring/tier-b.ts';
import {
  eMaximumOfLog,
  eOfLog,
  eValue,
  logE,
  probability,
  pValue,
} from '#shared/statistics/brands.ts';
import { fisherCombination, meanE, pToE } from '#shared/statistics/combine.ts';
import { CurrentEValues } from '#shared/statistics/current-e-values.ts';
import { anytimeP, E_START, eStep } from '#shared/statistics/e-process.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { eBenjaminiHochberg, eHolm } from '#shared/statistics/multiplicity.ts';
import { CONTROLS, canaries, MISS, run } from './panels.ts';

// The lines below a @ts-expect-error must not compile: the type check of the tests fails where one of them does.

const state = eStep(E_START, { n: 1024, found: 1, hit: true });

describe('what must not be mixed up does not compile', () => {
  it('e-BH takes no running maximum', () => {
    const current = CurrentEValues.of([{ opened: 1, logE: state.logE }]);
    expect(eBenjaminiHochberg(current, 0.05).count).toBe(1);
    // @ts-expect-error a running maximum is no e-value
    CurrentEValues.of([{ opened: 1, logE: state.maxLogE }]);
    // @ts-expect-error nor is its exponential
    CurrentEValues.declared([eMaximumOfLog(state.maxLogE)]);
    const notCurrent = () => {
      // @ts-expect-error a bare list says nothing about its time
      eBenjaminiHochberg([eOfLog(state.logE)], 0.05);
      // @ts-expect-error an object of the same shape is not enough
      eBenjaminiHochberg({ values: [eOfLog(state.logE)] }, 0.05);
      // @ts-expect-error the constructor is private
      new CurrentEValues([]);
      // @ts-expect-error a bare number has no brand
      eHolm([1000], 0.05);
    };
    expect(notCurrent).toThrow();
    // e-Holm may have maxima.
    expect(eHolm([eMaximumOfLog(state.maxLogE)], 0.05).count).toBe(1);
  });

  it('e-BH refuses e-values of different times', () => {
    const streams = [
      { opened: 4, logE: logE(9) },
      { opened: 5, logE: logE(9) },
    ];
    expect(() => CurrentEValues.of(streams)).toThrow('one common time');
  });

  it('keeps p, e, logarithms and probabilities apart', () => {
    expect(anytimeP(state.maxLogE)).toBeLessThan(0.01);
    const never = () => {
      // @ts-expect-error the current value is not the maximum
      anytimeP(state.logE);
      // @ts-expect-error an e-value is no p-value
      fisherCombination([eValue(3)]);
      // @ts-expect-error a p-value is no e-value
      meanE([pValue(0.1)]);
      // @ts-expect-error the logarithm of an e-value is no e-value
      meanE([state.logE]);
      // @ts-expect-error a probability is no p-value
      pToE(probability(0.3));
      // @ts-expect-error nor is a bare number
      pToE(0.3);
    };
    expect(never).toBeTypeOf('function');
  });

  it('checks at the doors', () => {
    for (const bad of [-0.1, 1.1, Number.NaN]) {
      expect(() => probability(bad)).toThrow(RangeError);
      expect(() => pValue(bad)).toThrow(RangeError);
    }
    expect(() => eValue(-1)).toThrow(RangeError);
    expect(() => logE(Number.NaN)).toThrow(RangeError);
    expect(eOfLog(logE(Number.NEGATIVE_INFINITY))).toBe(0);
  });

  it('never mixes tiers', () => {
    const canary: FoundCanaryHits = { canaryId: 'f', suspect: true, controls: {} };
    const result = tierB({ suspect: 's', controls: [], canaries: [canary] });
    const drawn = canaries('evidence', 1, CONTROLS, () => MISS);
    const never = () => {
      // @ts-expect-error a rank p of tier B is not combined with p-values of tier A
      fisherCombination([pValue(0.01), result.p]);
      // @ts-expect-error nor turned into an e-value
      pToE(result.p);
      // @ts-expect-error a found canary does not enter an e-process
      const input: EvaluationInput['canaries'] = [...drawn, canary];
      // @ts-expect-error a drawn canary is not ranked among controls
      tierB({ suspect: 's', controls: [], canaries: [canary, ...drawn] });
      // @ts-expect-error a result of tier B is no result of tier A
      CurrentEValues.ofEvaluation(result);
      return input;
    };
    expect(never).toBeTypeOf('function');
    expect(result.tier).toBe('B');
  });

  it('leaves out a sample for a listed reason only', () => {
    const never = () => {
      // @ts-expect-error "odd answer" is no outcome, so it can't exclude a sample
      reduceSamples([{ outcome: 'odd answer', found: [] }]);
      // @ts-expect-error a sample says what happened to it, not what to do with it
      reduceSamples([{ use: 'not-administered', found: [] }]);
      // @ts-expect-error the same list
      exclusionOf('scored');
    };
    expect(never).toBeTypeOf('function');
  });
});

describe('what must not happen is refused at run time', () => {
  const panel = [{ target: 's', role: 'suspect' as const }];

  it('a canary opened before a suspect answered', () => {
    const opened = (openedAt: number, sealedAt: number | undefined) =>
      canaries('evidence', 1, panel, () => ({
        ...MISS,
        ...(sealedAt === undefined ? {} : { sealedAt }),
      })).map((canary) => ({ ...canary, openedAt }));
    expect(run({ panel, canaries: opened(10, 9) }).suspects).toHaveLength(1);
    for (const sealedAt of [10, 11, undefined]) {
      expect(() => run({ panel, canaries: opened(10, sealedAt) })).toThrow(
        expect.objectContaining({ code: 'OPENED_TOO_EARLY' }),
      );
    }
  });

  it('a canary twice, also under another use', () => {
    const [canary] = canaries('evidence', 1, panel, () => MISS);
    if (canary === undefined) throw new Error('no canary');
    expect(() =>
      evaluate({
        panel,
        suspects: 1,
        rule: 'label',
        state: 'complete',
        canaries: [canary, { ...canary, use: 'twin' }],
      }),
    ).toThrow(expect.objectContaining({ code: 'DUPLICATE_CANARY' }));
  });

  it('gives e-BH the current values of an evaluation', () => {
    const result = run({ panel, canaries: canaries('evidence', 12, panel, () => MISS) });
    const [value] = CurrentEValues.ofEvaluation(result).values;
    expect(Math.log(value ?? 0)).toBeCloseTo(result.suspects[0]?.logE ?? 0, 12);
    expect(value).toBeLessThan(1);
    expect(result.suspects[0]?.maxLogE).toBe(0);
  });
});
