import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runStats } from '#core/services/scoring/stats.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';
import { VERBAL_SCALE } from '#shared/statistics/verbal-scale.ts';
import { canaries, HIT, WRONG } from '../statistics/panels.ts';

const page = readFileSync(new URL('../../../docs/method.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```stats\n(.*?)```/gs)].flatMap(([, block = '']) =>
  block.trim().split('\n'),
);

describe('docs/method.md', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(20);
  });

  it.each(examples)('%s', (line) => {
    const [, kind = '', input = '', printed = ''] = /^(\w+) (\{.*\}) = (.*)$/.exec(line) ?? [];
    const [result] = runStats({ cases: [{ id: 1, kind, input: JSON.parse(input) }] }).results;
    expect(result?.error).toBeUndefined();
    expect(result?.value).toEqual(JSON.parse(printed));
  });

  it('tells the story of section 4 as the code does', () => {
    const panel = [{ target: 's', role: 'suspect' as const }];
    const hits = [9, 23, 41, 66];
    const opened = canaries('evidence', 80, panel, (_, step) =>
      hits.includes(step) ? HIT : WRONG,
    );
    const [suspect] = evaluate({
      panel,
      suspects: 8,
      rule: 'label',
      state: 'complete',
      canaries: opened,
    }).suspects;
    expect(Math.exp(suspect?.steps[40]?.logE ?? 0).toFixed(1)).toBe('7944.8');
    expect(suspect?.stoppedAt).toBe(66);
    expect(suspect?.label).toBe('report-grade');
  });

  it('prints the verbal scale of the code', () => {
    for (const { upTo } of VERBAL_SCALE.bands) {
      if (upTo !== null) expect(page).toContain(` ${upTo.toLocaleString('en-US')} |`);
    }
  });
});
