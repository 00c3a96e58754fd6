import { describe, expect, it } from 'vitest';
import { tierB } from '#shared/scoring/tier-b.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `control-${index}`);

function panel(
  count: number,
  suspectHits: number,
  answer: (control: number, canary: number) => boolean | null,
) {
  return tierB({
    suspect: 'suspect',
    controls: names(count),
    canaries: Array.from({ length: 10 }, (_, canary) => ({
      canaryId: `found-${canary}`,
      suspect: canary < suspectHits,
      controls: Object.fromEntries(
        names(count).map((name, index) => [name, answer(index, canary)]),
      ),
    })),
  });
}

describe('tierB', () => {
  it('prints the floor and stops at it', () => {
    const result = panel(19, 8, () => false);
    expect(result).toMatchObject({
      tier: 'B',
      asked: 10,
      score: 8,
      p: 0.05,
      floor: 0.05,
      likelihoodRatioCap: 20,
      label: 'consistent',
    });
    expect(result.wording).toContain('consistent with');
  });

  it('is undetermined below 19 controls, with the floor still printed', () => {
    const result = panel(18, 10, () => false);
    expect(result.label).toBe('undetermined');
    expect(result.floor).toBe(1 / 19);
    expect(result.wording).toContain('18 controls');
    expect(panel(0, 10, () => false)).toMatchObject({ p: 1, floor: 1, label: 'undetermined' });
  });

  it('ranks a suspect that does not stand out as none', () => {
    const result = panel(19, 4, (control, canary) => canary < (control === 0 ? 5 : 1));
    expect(result.p).toBe(0.1);
    expect(result.label).toBe('none');
  });

  it('caps the ratio at 100', () => {
    expect(panel(150, 9, () => false).likelihoodRatioCap).toBe(100);
  });

  it('lets missing data of a control never help the claim', () => {
    const silent = panel(20, 8, (control) => (control === 0 ? null : false));
    expect(silent.controlScores).toHaveLength(19);
    expect(silent.floor).toBe(0.05);
    const partly = panel(19, 8, (control, canary) => (control === 0 && canary > 0 ? null : false));
    expect(partly.controlScores[0]?.score).toBe(9);
    expect(partly.p).toBe(0.1);
  });

  it('counts only what the suspect was administered', () => {
    const result = tierB({
      suspect: 'suspect',
      controls: names(19),
      canaries: [
        { canaryId: 'a', suspect: null, controls: { 'control-0': true } },
        { canaryId: 'b', suspect: true, controls: { 'control-0': false } },
      ],
    });
    expect(result).toMatchObject({ asked: 1, score: 1, label: 'undetermined' });
    expect(result.controlScores).toEqual([{ target: 'control-0', score: 0 }]);
  });
});
