import type { PanelAnswer } from '../domain/evaluation.ts';
import { tierB } from '../scoring/tier-b.ts';
import type { PanelTarget, TierBResult } from './document.ts';

/** One opened found canary: `found` of an answer holds the indices of the expected responses that it contains. */
export interface FoundCanary {
  readonly canaryId: string;
  readonly answers: Readonly<Record<string, PanelAnswer>>;
}

function hitOf(canary: FoundCanary, target: string): boolean | null {
  const answer = Object.hasOwn(canary.answers, target) ? canary.answers[target] : undefined;
  return answer?.status === 'administered' ? answer.found.length > 0 : null;
}

const LABELS = {
  consistent: 'consistent-with',
  none: 'none',
  undetermined: 'undetermined',
} as const;

/** Tier B (METHOD 3.1, 5.1): each suspect's hits on found canaries ranked among the controls. Null without found canaries. */
export function evaluateTierB(
  panel: readonly Pick<PanelTarget, 'name' | 'role'>[],
  canaries: readonly FoundCanary[],
): TierBResult | null {
  if (canaries.length === 0) return null;
  const names = (roles: readonly string[]) =>
    panel.filter(({ role }) => roles.includes(role)).map(({ name }) => name);
  const controls = names(['control', 'temporal-control']);
  const suspects = names(['suspect']).map((suspect) =>
    tierB({
      suspect,
      controls,
      canaries: canaries.map((canary) => ({
        canaryId: canary.canaryId,
        suspect: hitOf(canary, suspect),
        controls: Object.fromEntries(controls.map((control) => [control, hitOf(canary, control)])),
      })),
    }),
  );
  return {
    tier: 'B',
    canaries: canaries.length,
    controls: controls.length,
    floor: 1 / (controls.length + 1),
    suspects: suspects.map((result) => ({
      target: result.suspect,
      hits: result.score,
      asked: result.asked,
      p: result.p,
      likelihoodRatioCap: result.likelihoodRatioCap,
      label: LABELS[result.label],
      text: result.wording,
    })),
    controlHits: controls.map((target) => {
      const hits = canaries.map((canary) => hitOf(canary, target)).filter((hit) => hit !== null);
      return { target, hits: hits.filter(Boolean).length, asked: hits.length };
    }),
  };
}
