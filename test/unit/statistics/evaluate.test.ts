import { describe, expect, it } from 'vitest';
import type { PanelMember } from '#shared/domain/evaluation.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { EvaluationError } from '#shared/statistics/evaluation-input.ts';
import { expectClose, expectPrinted } from './close.ts';
import {
  CONTROLS,
  canaries,
  HIT,
  hitsAt,
  MISS,
  only,
  PANEL,
  run,
  SUSPECT,
  WRONG,
  wrong,
} from './panels.ts';

describe('the end-to-end example of the method (m = 8, hits at 9, 23, 41, 66)', () => {
  const evidence = canaries('evidence', 80, PANEL, hitsAt(9, 23, 41, 66));
  const upTo = (count: number, state: 'running' | 'complete' | 'stopped') =>
    only(run({ panel: PANEL, suspects: 8, canaries: evidence.slice(0, count), state }));

  it('prints E at every step named', () => {
    const { steps } = only(
      run({ panel: PANEL, suspects: 8, rule: 'fixed', canaries: evidence, state: 'complete' }),
    );
    const at = (step: number) => Math.exp(steps[step - 1]?.logE ?? Number.NaN);
    expectPrinted(at(9), '24.030057');
    expectPrinted(at(23), '481.2049');
    expectPrinted(at(41), '7944.7961');
    expectPrinted(at(60), '2381.21');
    expectPrinted(at(66), '90693.214');
    expectPrinted(at(80), '40175.53');
  });

  it('does not reach the threshold at 41, and the leave-one-out fails at 60', () => {
    const at41 = upTo(41, 'running');
    expect(at41.stoppedAt).toBeNull();
    expect(at41.label).toBe('lead');
    expectPrinted(at41.anytimeP, '0.000125869');
    expect(at41.reasons[0]).toEqual({
      met: false,
      text: 'The largest E is 7\u202f944; report-grade needs 8\u202f000.',
    });
    const at60 = upTo(60, 'complete');
    expect(at60.label).toBe('lead');
    expect(at60.verbal).toBe('strong');
    expectPrinted(Math.exp(at60.minLogLeaveOneOut ?? 0), '64.879');
    expect(at60.reasons[3]?.met).toBe(false);
    expect(at60.fixed).toBeNull();
  });

  it('stops at 66 with report-grade and counts nothing after it', () => {
    const result = upTo(80, 'complete');
    expect(result.stoppedAt).toBe(66);
    expect(result.steps).toHaveLength(66);
    expect(result.label).toBe('report-grade');
    expect(result.explanation).toBe('T');
    expect(result.verbal).toBe('very strong');
    expectPrinted(Math.exp(result.minLogLeaveOneOut ?? 0), '1848.95');
    expect(result.leaveOneOut.map(({ canaryId }) => canaryId)).toEqual([
      'evidence-9',
      'evidence-23',
      'evidence-41',
      'evidence-66',
    ]);
    expectPrinted(result.anytimeP, '1.10262e-5');
    expect(result.hits).toBe(4);
    expect(result.reasons.every(({ met }) => met)).toBe(true);
    expect(result.reasons).toHaveLength(7);
  });

  it('fills the fixed-n numbers only for a finished plan of fixed length', () => {
    const input = {
      panel: PANEL,
      suspects: 8,
      rule: 'fixed',
      canaries: evidence.slice(0, 60),
    } as const;
    const done = only(run({ ...input, state: 'complete' }));
    expect(done.stoppedAt).toBeNull();
    expectPrinted(done.fixed?.p ?? 0, '3.0568e-5');
    expectPrinted(done.fixed?.clopperPearson.low ?? 0, '0.0104323296');
    expectPrinted(done.confidenceSequence.high, '0.19999423');
    expect(only(run({ ...input, state: 'stopped' })).fixed).toBeNull();
  });

  it('maps the rate and its limits to the inheritance rate', () => {
    const twelve = canaries('evidence', 40, PANEL, (target, step) =>
      target === 'suspect' && step <= 12 ? HIT : WRONG,
    );
    const { inheritance } = only(run({ panel: PANEL, rule: 'fixed', canaries: twelve }));
    expectPrinted(inheritance?.rate ?? 0, '0.29931574');
    expectPrinted(inheritance?.low ?? 0, '0.16481159');
    expectPrinted(inheritance?.high ?? 0, '0.46479362');
  });
});

describe('stopping', () => {
  it('stops for futility at 59 misses and says nothing in favour of anybody', () => {
    const all = canaries('evidence', 80, PANEL, () => MISS);
    const suspect = only(run({ panel: PANEL, canaries: all }));
    expect(suspect.stoppedAt).toBe(59);
    expect(suspect.label).toBe('futility');
    expect(suspect.verbal).toBe('no meaningful support for either');
    expect(suspect.explanation).toBe('none');
    expect(suspect.inheritance?.low).toBe(0);
    expect(suspect.inheritance?.rate).toBe(0);
  });

  it('tells none, undetermined and budget apart', () => {
    const few = canaries('evidence', 10, PANEL, () => WRONG);
    const label = (state: 'running' | 'complete' | 'budget' | 'stopped') =>
      only(run({ panel: PANEL, canaries: few, state })).label;
    expect(label('complete')).toBe('none');
    expect(label('running')).toBe('undetermined');
    expect(label('stopped')).toBe('undetermined');
    expect(label('budget')).toBe('futility');
  });

  it('does not call a suspect clear that was left out of part of the plan', () => {
    const part = canaries('evidence', 20, PANEL, (target, step) =>
      target === 'suspect' && step > 5 ? undefined : wrong(target),
    );
    const suspect = only(run({ panel: PANEL, canaries: part }));
    expect(suspect.label).toBe('undetermined');
    expect(suspect.steps).toHaveLength(5);
    expect(suspect.reasons.at(-1)).toEqual({
      met: false,
      text: '15 planned canaries are not asked.',
    });
  });

  it('keeps the stop of one suspect from touching another', () => {
    const panel: PanelMember[] = [SUSPECT, { target: 'other', role: 'suspect' }, ...CONTROLS];
    const all = canaries('evidence', 70, panel, (target, step) => {
      if (target === 'suspect') return step <= 4 ? HIT : undefined;
      return target === 'other' ? WRONG : MISS;
    });
    const result = run({ panel, suspects: 2, canaries: all });
    expect(result.threshold).toBe(2000);
    expect(result.suspects.map(({ label, stoppedAt }) => ({ label, stoppedAt }))).toEqual([
      { label: 'report-grade', stoppedAt: 3 },
      { label: 'futility', stoppedAt: 59 },
    ]);
  });

  it('reads a fixed plan as report-grade only once it is over', () => {
    const all = canaries('evidence', 10, PANEL, hitsAt(1, 2, 3, 4));
    const input = { panel: PANEL, rule: 'fixed', canaries: all } as const;
    expect(only(run({ ...input, state: 'running' })).label).toBe('lead');
    expect(only(run({ ...input, state: 'complete' })).label).toBe('report-grade');
    expect(only(run({ ...input, state: 'complete' })).stoppedAt).toBeNull();
  });
});

describe('negative controls choose the explanation', () => {
  const evidence = canaries('evidence', 20, PANEL, hitsAt(2, 4, 6, 8));
  const twins = (hits: number) =>
    canaries('twin', 40, PANEL, (target, step) =>
      target === 'suspect' && step <= hits ? HIT : wrong(target),
    );

  it('relay: hits on canaries planted after the release', () => {
    const later = canaries('after-release', 20, PANEL, hitsAt(1, 2, 3));
    const result = run({ panel: PANEL, canaries: [...evidence, ...twins(0), ...later] });
    const suspect = only(result);
    expect(suspect.label).toBe('report-grade');
    expect(suspect.explanation).toBe('L');
    expect(suspect.afterRelease).toMatchObject({ asked: 20, hits: 3 });
    expect(suspect.hits).toBe(3);
    expect(suspect.stoppedAt).toBe(6);
  });

  it('leaked registry: hits on twins that were never served', () => {
    const suspect = only(run({ panel: PANEL, canaries: [...evidence, ...twins(3)] }));
    expect(suspect.twins).toMatchObject({ asked: 40, hits: 3 });
    expect(suspect.twins.p).toBeLessThan(0.01);
    expect(suspect.label).toBe('lead');
    expect(suspect.explanation).toBe('R');
    expect(suspect.reasons[5]?.met).toBe(false);
  });

  it('names a leak even without a lead', () => {
    const none = canaries('evidence', 20, PANEL, () => WRONG);
    const suspect = only(run({ panel: PANEL, canaries: [...none, ...twins(3)] }));
    expect(suspect.label).toBe('none');
    expect(suspect.explanation).toBe('R');
  });

  it('snapshots from before the planting point to ourselves', () => {
    const all = canaries('evidence', 20, PANEL, (target, step) => {
      if (target === 'snapshot-a' && step === 5) return HIT;
      return hitsAt(2, 4, 6, 8)(target, step);
    });
    // One hit of 20 x 2 has p = 0.04; a second one crosses 0.01.
    const one = run({ panel: PANEL, canaries: all });
    expect(one.temporalControls.hits).toBe(1);
    expect(only(one).explanation).toBe('T');
    const two = canaries('evidence', 20, PANEL, (target, step) =>
      target === 'snapshot-a' && step <= 3 ? HIT : hitsAt(2, 4, 6, 8)(target, step),
    );
    const result = run({ panel: PANEL, canaries: [...two, ...twins(3)] });
    expect(result.temporalControls.p).toBeLessThan(0.01);
    expect(result.controls.frozen).toBe(true);
    expect(only(result).label).toBe('undetermined');
    expect(only(result).explanation).toBe('F');
  });

  it('freezes every label when the controls are hit', () => {
    const all = canaries('evidence', 20, PANEL, (target, step) => {
      if (target.startsWith('control') && step === 3) return HIT;
      if (target === 'control-a' && step <= 2) return HIT;
      return hitsAt(2, 4, 6, 8)(target, step);
    });
    const result = run({ panel: PANEL, canaries: all });
    expect(result.controls).toMatchObject({ count: 5, hits: 5, frozen: true });
    const suspect = only(result);
    expect(suspect.label).toBe('undetermined');
    expect(suspect.reasons[4]?.met).toBe(false);
    expect(suspect.reasons.at(-1)?.text).toContain('controls are hit more often');
  });

  it('does not take five controls with one and the same answer for five witnesses', () => {
    const same = (target: string, step: number) =>
      target.startsWith('control') && step === 3 ? HIT : WRONG;
    const { controls } = run({ panel: PANEL, canaries: canaries('evidence', 20, PANEL, same) });
    expect(controls.hits).toBe(3);
    expect(controls.p).toBeGreaterThan(0.01);
  });

  it('keeps known positives and references out of the controls', () => {
    const panel: PanelMember[] = [
      ...PANEL,
      { target: 'student', role: 'known-positive' },
      { target: 'teacher', role: 'reference' },
    ];
    const all = canaries('evidence', 30, panel, (target) =>
      target === 'student' || target === 'teacher' ? HIT : WRONG,
    );
    const result = run({ panel, canaries: all });
    expect(result.controls.hits).toBe(0);
    expect(result.knownPositives).toEqual([{ target: 'student', asked: 30, hits: 30 }]);
    expect(result.others.map(({ target }) => target)).toEqual(
      panel.slice(1).map(({ target }) => target),
    );
    expect(
      result.others.every(({ label, stoppedAt }) => label === 'none' && stoppedAt === null),
    ).toBe(true);
    expect(only(result).label).toBe('none');
  });
});

describe('suspects that answer strangely', () => {
  it('gives a constant answer what chance gives it', () => {
    // The same index for every canary: right once in 1024 draws, here at step 7.
    const all = canaries('evidence', 60, PANEL, hitsAt(7));
    const suspect = only(run({ panel: PANEL, canaries: all }));
    expect(suspect.label).toBe('none');
    expect(suspect.hits).toBe(1);
  });

  it('empties a list of more than three candidates', () => {
    const spam = { status: 'administered', found: [0, 1, 2, 3] } as const;
    const all = canaries('evidence', 40, PANEL, (target) => (target === 'suspect' ? spam : WRONG));
    const suspect = only(run({ panel: PANEL, canaries: all }));
    expect(suspect.hits).toBe(0);
    expect(suspect.steps[0]).toMatchObject({ found: 0, hit: false });
  });

  it('weighs a list of three by N/3', () => {
    const three = { status: 'administered', found: [2, 0, 1] } as const;
    const [first] = canaries('evidence', 1, PANEL, (target) =>
      target === 'suspect' ? three : WRONG,
    );
    if (first === undefined) throw new Error('no canary');
    const suspect = only(run({ panel: PANEL, canaries: [first] }));
    const mean = (0.01 + 0.02 + 0.05 + 0.1 + 0.2 + 0.5) / 6;
    expectClose(Math.exp(suspect.logE), 1 - mean + (mean * 1024) / 3);
  });
});

describe('input that contradicts itself', () => {
  const [first] = canaries('evidence', 1, PANEL, () => WRONG);
  if (first === undefined) throw new Error('no canary');
  const code = (input: Parameters<typeof evaluate>[0]) => {
    try {
      evaluate(input);
    } catch (error) {
      return error instanceof EvaluationError ? error.code : error;
    }
    return 'accepted';
  };
  const good = {
    panel: PANEL,
    suspects: 1,
    rule: 'label',
    canaries: [first],
    state: 'complete',
  } as const;

  it('is refused', () => {
    expect(code(good)).toBe('accepted');
    expect(code({ ...good, canaries: [first, first] })).toBe('DUPLICATE_CANARY');
    expect(code({ ...good, panel: [...PANEL, SUSPECT] })).toBe('DUPLICATE_TARGET');
    expect(code({ ...good, panel: [...PANEL, { target: 'x', role: 'suspect' }] })).toBe(
      'TOO_MANY_SUSPECTS',
    );
    expect(code({ ...good, canaries: [{ ...first, trueIndex: 1024 }] })).toBe('BAD_CANARY');
    const twice = { suspect: { status: 'administered', found: [1, 1] } } as const;
    expect(code({ ...good, canaries: [{ ...first, answers: twice }] })).toBe('BAD_ANSWER');
  });
});

it('evaluates 10,000 canaries in one pass', () => {
  const all = canaries('evidence', 10_000, PANEL, (target, step) =>
    target === 'suspect' && step % 50 === 0
      ? HIT
      : { status: 'administered', found: [(step % 1023) + 1] },
  );
  const started = performance.now();
  const suspect = only(run({ panel: PANEL, rule: 'fixed', canaries: all }));
  expect(suspect.hits).toBe(200);
  expect(Number.isFinite(suspect.logE)).toBe(true);
  expect(suspect.leaveOneOut).toHaveLength(200);
  expect(suspect.fixed?.p).toBeGreaterThan(0);
  expect(performance.now() - started).toBeLessThan(5_000);
});
