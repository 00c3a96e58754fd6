import { describe, expect, it } from 'vitest';
import { expectClose } from './close.ts';
import { canaries, FAILED, HIT, hitsAt, only, PANEL, run, WRONG, wrong } from './panels.ts';

describe('what was not administered', () => {
  it('gives factor 1, and a miss on the worst path', () => {
    const all = canaries('evidence', 3, PANEL, (target, step) =>
      target === 'suspect' && step === 2 ? FAILED : hitsAt(1)(target, step),
    );
    const suspect = only(run({ panel: PANEL, canaries: all }));
    expect(suspect.asked).toBe(2);
    expect(suspect.notAdministered).toBe(1);
    expect(suspect.steps[1]).toMatchObject({ administered: false, logE: suspect.steps[0]?.logE });
    const missed = canaries('evidence', 3, PANEL, hitsAt(1));
    expectClose(suspect.logEWorst, only(run({ panel: PANEL, canaries: missed })).logE);
    expect(suspect.logEWorst).toBeLessThan(suspect.logE);
  });

  it('does not lift a suspect to report-grade when the failures as misses would not', () => {
    // 60 failures before the hits: E is that of three hits, the worst path that of three hits after 60 misses.
    const all = canaries('evidence', 63, PANEL, (target, step) => {
      if (target !== 'suspect') return WRONG;
      return step <= 60 ? FAILED : HIT;
    });
    const suspect = only(run({ panel: PANEL, suspects: 8, canaries: all }));
    expect(suspect.maxLogE).toBeGreaterThan(Math.log(8000));
    expect(suspect.maxLogEWorst).toBeLessThan(Math.log(8000));
    expect(suspect.stoppedAt).toBeNull();
    expect(suspect.label).toBe('lead');
    expect(suspect.reasons[1]?.met).toBe(false);
  });

  it('holds the worst path to the threshold by itself', () => {
    const all = canaries('evidence', 33, PANEL, (target, step) => {
      if (target !== 'suspect') return wrong(target);
      return step <= 30 ? FAILED : HIT;
    });
    const suspect = only(run({ panel: PANEL, suspects: 50, canaries: all }));
    expect(suspect.maxLogE).toBeGreaterThan(Math.log(50_000));
    expect(suspect.maxLogEWorst).toBeLessThan(Math.log(50_000));
    expect(suspect.reasons[3]?.met).toBe(true);
    expect(suspect.label).toBe('lead');
    expect(suspect.stoppedAt).toBeNull();
  });

  it('holds the worst path to the leave-one-out by itself', () => {
    const heavy = canaries('evidence', 2, PANEL, hitsAt(1, 2), 65_536);
    const lost = canaries('evidence', 200, PANEL, (target) =>
      target === 'suspect' ? FAILED : wrong(target),
    ).map((canary) => ({ ...canary, id: `lost-${canary.id}` }));
    const light = canaries('evidence', 1, PANEL, hitsAt(1), 16).map((canary) => ({
      ...canary,
      id: `light-${canary.id}`,
    }));
    const suspect = only(run({ panel: PANEL, canaries: [...heavy, ...lost, ...light] }));
    expect(suspect.maxLogEWorst).toBeGreaterThan(Math.log(1000));
    expect(suspect.minLogLeaveOneOut).toBeGreaterThan(Math.log(100));
    expect(suspect.reasons[3]?.met).toBe(false);
    expect(suspect.label).toBe('lead');
    // With lists of unlike length the weightiest hit is the one that counts.
    const each = suspect.leaveOneOut.map(({ logE }) => logE);
    expect(suspect.minLogLeaveOneOut).toBe(Math.min(...each));
    expect(each[2]).toBeGreaterThan(each[0] ?? Number.NaN);
  });

  it('is undetermined when nothing was administered, whatever ended the run', () => {
    const all = canaries('evidence', 20, PANEL, () => FAILED);
    for (const state of ['complete', 'budget', 'stopped', 'running'] as const) {
      const suspect = only(run({ panel: PANEL, canaries: all, state }));
      expect(suspect.label).toBe('undetermined');
      expect(suspect.rate).toBeNull();
      expect(suspect.confidenceSequence).toEqual({ low: 0, high: 1 });
    }
  });
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
