import { describe, expect, it } from 'vitest';
import type { EvaluationInput, OpenedCanary } from '#shared/domain/evaluation.ts';
import { exclusionOf, type reduceSamples } from '#shared/scoring/reduce-samples.ts';
import {
  type FoundCanaryHits,
  type TierBInput,
  type TierBResult,
  tierB,
} from '#shared/scoring/tier-b.ts';
import {
  type EMaximum,
  type EValue,
  eMaximumOfLog,
  eOfLog,
  eValue,
  type LogE,
  type LogEMaximum,
  logE,
  type Probability,
  type PValue,
  probability,
  pValue,
} from '#shared/statistics/brands.ts';
import type { fisherCombination, meanE, pToE } from '#shared/statistics/combine.ts';
import { CurrentEValues } from '#shared/statistics/current-e-values.ts';
import { anytimeP, E_START, type EState, eStep } from '#shared/statistics/e-process.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { eBenjaminiHochberg, eHolm } from '#shared/statistics/multiplicity.ts';
import { canaries, MISS, run } from './panels.ts';

/** Whether a function may be called with these arguments, answered by the compiler. */
type Takes<F, A extends readonly unknown[]> = F extends (...args: infer P) => unknown
  ? A extends P
    ? true
    : false
  : never;
type MayBe<A, B> = A extends B ? true : false;

/** These do nothing at run time: the type check of the tests fails where one of them is not so. */
function compiles<_T extends true>(): void {}
function doesNotCompile<_T extends false>(): void {}

const state = eStep(E_START, { n: 1024, found: 1, hit: true });

describe('what must not be mixed up does not compile', () => {
  it('e-BH takes no running maximum', () => {
    const current = CurrentEValues.of([{ opened: 1, logE: state.logE }]);
    expect(eBenjaminiHochberg(current, 0.05).count).toBe(1);
    type Of = typeof CurrentEValues.of;
    compiles<Takes<Of, [{ opened: number; logE: EState['logE'] }[]]>>();
    // A running maximum is no e-value, nor is its exponential.
    doesNotCompile<Takes<Of, [{ opened: number; logE: EState['maxLogE'] }[]]>>();
    doesNotCompile<Takes<typeof CurrentEValues.declared, [EMaximum[]]>>();
    // A bare list says nothing about its time, and an object of the same shape is not enough.
    doesNotCompile<Takes<typeof eBenjaminiHochberg, [EValue[], number]>>();
    doesNotCompile<Takes<typeof eBenjaminiHochberg, [{ values: EValue[] }, number]>>();
    // There is no other way in.
    doesNotCompile<MayBe<typeof CurrentEValues, new (...args: never[]) => unknown>>();
    // A bare number has no brand; e-Holm may have maxima.
    doesNotCompile<Takes<typeof eHolm, [number[], number]>>();
    compiles<Takes<typeof eHolm, [EMaximum[], number]>>();
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
    compiles<Takes<typeof anytimeP, [LogEMaximum]>>();
    doesNotCompile<Takes<typeof anytimeP, [LogE]>>();
    compiles<Takes<typeof fisherCombination, [PValue[]]>>();
    doesNotCompile<Takes<typeof fisherCombination, [EValue[]]>>();
    doesNotCompile<Takes<typeof fisherCombination, [Probability[]]>>();
    compiles<Takes<typeof meanE, [EValue[]]>>();
    doesNotCompile<Takes<typeof meanE, [PValue[]]>>();
    doesNotCompile<Takes<typeof meanE, [LogE[]]>>();
    compiles<Takes<typeof pToE, [PValue]>>();
    doesNotCompile<Takes<typeof pToE, [Probability]>>();
    doesNotCompile<Takes<typeof pToE, [number]>>();
    // All of them are numbers for everybody else.
    compiles<MayBe<PValue | EValue | LogE | Probability, number>>();
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
    // A rank p of tier B is neither combined with p-values of tier A nor turned into an e-value.
    doesNotCompile<Takes<typeof fisherCombination, [(PValue | TierBResult['p'])[]]>>();
    doesNotCompile<Takes<typeof pToE, [TierBResult['p']]>>();
    // A found canary does not enter an e-process, a drawn one is not ranked among controls.
    compiles<MayBe<OpenedCanary, EvaluationInput['canaries'][number]>>();
    doesNotCompile<MayBe<FoundCanaryHits, EvaluationInput['canaries'][number]>>();
    compiles<MayBe<FoundCanaryHits, TierBInput['canaries'][number]>>();
    doesNotCompile<MayBe<OpenedCanary, TierBInput['canaries'][number]>>();
    // A result of tier B is no result of tier A.
    doesNotCompile<Takes<typeof CurrentEValues.ofEvaluation, [TierBResult]>>();
    expect(result.tier).toBe('B');
  });

  it('leaves out a sample for a listed reason only', () => {
    type Sample<O> = { outcome: O; found: number[] };
    compiles<Takes<typeof reduceSamples, [Sample<'timed-out'>[]]>>();
    doesNotCompile<Takes<typeof reduceSamples, [Sample<'odd answer'>[]]>>();
    // A sample says what happened to it, not what to do with it.
    doesNotCompile<Takes<typeof reduceSamples, [{ use: 'not-administered'; found: number[] }[]]>>();
    doesNotCompile<Takes<typeof exclusionOf, ['scored']>>();
    expect(exclusionOf('malformed')).toBe('malformed');
    expect(exclusionOf('refused')).toBeNull();
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
