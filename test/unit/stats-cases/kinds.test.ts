import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KINDS, runStats } from '#core/services/scoring/stats.ts';
import { expectClose, expectPrinted } from '../statistics/close.ts';

const ISSUE_KINDS =
  'clopper_pearson wilson confidence_sequence fisher_greater fisher_two_sided binomial_upper_tail poisson_binomial e_process anytime_p leave_one_out conformal_p permutation_p control_calibration bh holm e_bh e_holm e_bonferroni turner_block e_cusum sr_detector p_to_e merkle_root draw label verbal'.split(
    ' ',
  );

function value<T>(kind: string, input: unknown): T {
  const [result] = runStats({ cases: [{ id: 1, kind, input }] }).results;
  if (result?.error !== undefined) throw new Error(`${kind}: ${result.error}`);
  return result?.value as T;
}

const error = (entry: unknown) => runStats({ cases: [entry] }).results[0]?.error;

const STEPS = [0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1].map((hit) => [1024, 1, hit]);

describe('stats run', () => {
  it('knows every kind asked for, and each example works and is JSON', () => {
    expect(Object.keys(KINDS)).toEqual(expect.arrayContaining(ISSUE_KINDS));
    for (const [kind, { example, about }] of Object.entries(KINDS)) {
      const [result] = runStats({ cases: [{ id: kind, kind, input: example }] }).results;
      expect(result?.error, kind).toBeUndefined();
      expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      expect(about).toContain('→');
    }
  });

  it('documents every kind in its own words', () => {
    const page = readFileSync(
      new URL('../../../docs/statistics-cases.md', import.meta.url),
      'utf8',
    );
    for (const [kind, { about }] of Object.entries(KINDS)) {
      expect(page).toContain(`## \`${kind}\`\n\n${about}\n`);
    }
  });

  it('recomputes METHOD 8', () => {
    const [low, high] = value<number[]>('clopper_pearson', { k: 7, n: 20, level: 0.95 });
    expectPrinted(low ?? 0, '0.1539092048');
    expectPrinted(high ?? 0, '0.5921885345');
    expectPrinted(value<number[]>('wilson', { k: 3, n: 60, level: 0.95 })[0] ?? 0, '0.0171495022');
    expectPrinted(
      value<number[]>('confidence_sequence', { k: 12, n: 40, alpha: 0.05 })[1] ?? 0,
      '0.54041224',
    );
    const table = [
      [8, 2],
      [1, 5],
    ];
    expectPrinted(value('fisher_greater', { table }), '0.0244755244755');
    expectPrinted(value('fisher_two_sided', { table }), '0.034965034965');
    expectPrinted(value('binomial_upper_tail', { N: 256, n: 10, k: 3 }), '7.00724178776e-6');
    const p = [1024, 1024, 4096, 65_536, 16].map((n) => [1, n]);
    expectPrinted(value('poisson_binomial', { p, k: 3 }), '9.17093436748e-8');
    const path = value<number[]>('e_process', { steps: STEPS });
    expectPrinted(path[0] ?? 0, '0.8533333333');
    expectPrinted(path.at(-1) ?? 0, '325895.5926');
    expectPrinted(
      value<number[]>('e_process', { grid: [0.05], steps: STEPS }).at(-1) ?? 0,
      '89387.21079',
    );
    expectPrinted(value('anytime_p', { steps: STEPS }), '3.068467395e-6');
    expectClose(
      Math.exp(value<number[]>('e_process_ln', { steps: STEPS }).at(-1) ?? 0),
      path.at(-1) ?? 0,
    );
    const early = Array.from({ length: 60 }, (_, at) => [
      1024,
      1,
      [8, 22, 40].includes(at) ? 1 : 0,
    ]);
    const left = value<number[]>('leave_one_out', { steps: early });
    expect(left).toHaveLength(3);
    for (const e of left) expectPrinted(e, '64.879');
    expect(value('conformal_p', { controls: 19, at_least: 0 })).toBe(0.05);
    expectPrinted(
      value('conformal_p', { suspect: 3, scores: [3, 0, 0, 0, 0, 0, 0, 0, 0, 0] }),
      '0.1818181818',
    );
    expect(value('permutation_p', { b: 4, B: 9999 })).toBe(0.0005);
    expect(value('e_bh', { e: [4200, 130, 52, 9, 0.4], alpha: 0.05 })).toBe(3);
    expect(value('e_holm', { e: [4200, 130, 52, 9, 0.4], alpha: 0.05 })).toBe(2);
    expect(value('e_bonferroni', { e: [4200, 130, 52, 9, 0.4], alpha: 0.05 })).toBe(2);
    const adjusted = { p: [0.001, 0.008, 0.039, 0.041, 0.2] };
    expectClose(value<number[]>('bh', adjusted)[2] ?? 0, 0.05125);
    expectClose(value<number[]>('holm', adjusted)[2] ?? 0, 0.117);
    expectPrinted(
      value('turner_block', { theta_a: 0.3, theta_b: 0.02, n_b: 4, y_a: 1, y_b: 0 }),
      '4.9948687449',
    );
    const stream = { q: 0.1, N: 256, hits: [0, 0, 0, 1, 0, 1] };
    expectPrinted(value<number[]>('e_cusum', stream).at(-1) ?? 0, '632.025');
    expectPrinted(value<number[]>('sr_detector', stream).at(-1) ?? 0, '2223.883975');
    expectPrinted(value<number[]>('sr_detector', { e: [0.9, 0.9] }).at(-1) ?? 0, '1.71');
    expectPrinted(value('p_to_e', { p: 0.05 }), '2.236068');
    expect(value('merkle_root', { leaves: ['canary-0', 'canary-1', 'canary-2'] })).toBe(
      'd1ac57e31ecf62d9aaf9139f9022c31bfea449aa6685f42f2de05c51160dfcda',
    );
    const ascii = ['canary-0', 'canary-1'].map((leaf) => Buffer.from(leaf).toString('hex'));
    expect(value('merkle_root', { leaves: ascii, encoding: 'hex' })).toBe(
      '4978951eec67dfc9214d406ed0fb1980ea378e0e6553dbf021e542d571237e69',
    );
    const draw = KINDS.draw?.example as Record<string, unknown>;
    expect(value('draw', draw)).toEqual({ u: '8983104471405043707', index: 1019 });
    expect(value('draw', { ...draw, N: 65_536 })).toMatchObject({ index: 8187 });
    expect(value('verbal', { lr: 10.01 })).toMatchObject({ words: 'moderate', favours: 'first' });
    expect(value('verbal', { e: 1e9 })).toMatchObject({ words: 'very strong' });
  });

  it('gives the control calibration of METHOD 8', () => {
    const found = [...new Array(6).fill([1]), [2], [3], [4], [5], [6], [7]];
    const canaries = Array.from({ length: 60 }, (_, at) => ({
      N: 1024,
      true_index: at < 1 ? 1 : 0,
      found,
    }));
    const result = value<{ hits: number; expected: number; p: number }>('control_calibration', {
      canaries,
    });
    expect(result.hits).toBe(6);
    expectPrinted(result.expected, '0.703125');
    expectPrinted(result.p, '0.05693864');
  });

  it('labels by the same code as an audit', () => {
    const hitsAt = (hits: number[], length: number) =>
      Array.from({ length }, (_, at) => [1024, 1, hits.includes(at + 1) ? 1 : 0]);
    const steps = hitsAt([9, 23, 41, 66], 80);
    expect(value('label', { m: 8, steps })).toBe('report-grade');
    expect(value('label', { m: 8, steps: steps.slice(0, 60) })).toBe('lead');
    expect(value('label', { steps: hitsAt([], 59) })).toBe('futility');
    expect(value('label', { steps: hitsAt([], 5), state: 'running' })).toBe('undetermined');
    expect(
      value('label', {
        m: 8,
        steps,
        twins: [
          [1024, 1, 1],
          [1024, 1, 1],
        ],
      }),
    ).not.toBe('report-grade');
    expect(
      value('label', { m: 8, steps: [...steps.slice(0, 60), ...new Array(20).fill(null)] }),
    ).toBe('lead');
    const [full] = value<{ suspects: { stoppedAt: number }[] }>('evaluation', {
      m: 8,
      steps,
    }).suspects;
    expect(full?.stoppedAt).toBe(66);
    expect(
      value('label', {
        panel: [
          { target: 's', role: 'suspect' },
          { target: 'c', role: 'control' },
        ],
        suspects: 1,
        rule: 'fixed',
        state: 'complete',
        canaries: [
          { id: 'a', n: 16, trueIndex: 3, answers: { s: { status: 'administered', found: [3] } } },
        ],
      }),
    ).toEqual(['none']);
  });
});

describe('errors', () => {
  it('come one a case and never stop the others', () => {
    const { results } = runStats({
      cases: [
        { id: 'a', kind: 'wilson', input: { k: 1, n: 2, level: 0.95 } },
        { id: 'b', kind: 'wilson', input: { k: 3, n: 2, level: 0.95 } },
        { id: 'c', kind: 'no-such', input: {} },
        { id: 'd', kind: 'toString', input: {} },
        { id: 'e' },
        null,
        'text',
        [],
        { kind: 'wilson', input: { k: 1, n: 2 } },
        { id: 9, kind: 'holm', input: { p: [0.5, 2] } },
        { id: 'z', kind: 'e_process', input: { steps: new Array(400).fill([2 ** 32, 1, 1]) } },
      ],
    });
    expect(results.map(({ id }) => id)).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
      null,
      null,
      null,
      null,
      9,
      'z',
    ]);
    expect(results[0]?.error).toBeUndefined();
    expect(results.slice(1).every((result) => typeof result.error === 'string')).toBe(true);
    expect(results[9]?.error).toContain('p.1');
    expect(results[10]?.error).toContain('double precision');
  });

  it('refuses nonsense of every kind without a crash', () => {
    const nonsense = [undefined, null, 0, 'x', [], {}, { p: [] }, { e: ['x'] }, { steps: 3 }];
    const broken = [{ k: -1, n: 2 }, { k: 0.5, n: 2 }, { k: Number.NaN, n: 3 }, { table: [[1]] }];
    for (const kind of Object.keys(KINDS)) {
      for (const input of [...nonsense, ...broken]) {
        expect(() => runStats({ cases: [{ id: 1, kind, input }] })).not.toThrow();
      }
      expect(error({ id: 1, kind, input: 'x' })).toBeTypeOf('string');
    }
    expect(error({ id: 1, kind: 'e_process', input: { steps: [[16, 0, 1]] } })).toContain('hit');
    expect(error({ id: 1, kind: 'e_process', input: { steps: [[16, 17, 0]] } })).toContain('N');
    expect(error({ id: 1, kind: 'label', input: { steps: [[2, 2, 0]] } })).toContain('no hit');
    expect(
      error({ id: 1, kind: 'merkle_root', input: { leaves: ['xy'], encoding: 'hex' } }),
    ).toBeTypeOf('string');
    expect(error({ id: 1, kind: 'e_process', input: { steps: [], extra: 1 } })).toContain('extra');
  });

  it('is stable for long inputs', () => {
    const steps = Array.from({ length: 10_000 }, (_, at) => [2 ** 32, 1, at % 500 === 0 ? 1 : 0]);
    expect(value<number[]>('e_process_ln', { steps }).every(Number.isFinite)).toBe(true);
    expect(value<number>('anytime_p', { steps })).toBeGreaterThanOrEqual(0);
    const [low, high] = value<number[]>('clopper_pearson', { k: 3, n: 10_000_000 });
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(1e-6);
  });
});
