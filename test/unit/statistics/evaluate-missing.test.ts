import { describe, expect, it } from 'vitest';
import type { PanelAnswer, PanelMember } from '#shared/domain/evaluation.ts';
import { CONTROLS, canaries, FAILED, only, run } from './panels.ts';

const PANEL: readonly PanelMember[] = [{ target: 'suspect', role: 'suspect' }, ...CONTROLS];

/** A wrong answer of each member's own: the control check sees when all give the same one. */
const wrong = (target: string): PanelAnswer => ({
  status: 'administered',
  found: [1 + PANEL.findIndex((member) => member.target === target)],
});

describe('missing answers', () => {
  const answered = (asked: number, failed: number) =>
    only(
      run({
        panel: PANEL,
        suspects: 1,
        rule: 'fixed',
        canaries: canaries('evidence', asked + failed, PANEL, (target, step) =>
          target === 'suspect' && step > asked ? FAILED : wrong(target),
        ),
        state: 'complete',
      }),
    );

  it('leave the label open as long as they could have carried a lead', () => {
    const mostly = answered(1, 7);
    expect(mostly.label).toBe('undetermined');
    expect(mostly.reasons.at(-1)?.text).toContain('7 planned canaries have no answer');
    expect(answered(20, 3).label).toBe('undetermined');
    expect(answered(40, 1).label).toBe('none');
    expect(answered(8, 0).label).toBe('none');
  });
});
