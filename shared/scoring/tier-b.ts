import type { TierBPValue } from '../statistics/brands.ts';
import { conformalRank } from '../statistics/ranks.ts';

/**
 * Found canaries (tier B): a hand-made prompt with known distinctive responses, no draw. Nothing here takes or returns
 * a tier-A type: a found canary has no chance under the null, so it never enters an e-process (METHOD 0.6).
 */

/** Fewer controls than this leave tier B undetermined (METHOD 5.1). */
export const MIN_TIER_B_CONTROLS = 19;
/** The level at which the rank p is read; 19 controls can just reach it. */
const TIER_B_LEVEL = 0.05;
/** No likelihood ratio of tier B is printed above this, nor above controls + 1 (METHOD 5.1). */
const TIER_B_RATIO_CAP = 100;

/** One found canary: hit or not for the suspect and for each control; null = not administered. */
export interface FoundCanaryHits {
  readonly canaryId: string;
  readonly suspect: boolean | null;
  readonly controls: Readonly<Record<string, boolean | null>>;
}

export interface TierBInput {
  readonly suspect: string;
  readonly controls: readonly string[];
  readonly canaries: readonly FoundCanaryHits[];
}

export interface TierBResult {
  readonly tier: 'B';
  readonly suspect: string;
  /** Found canaries that the suspect was administered. */
  readonly asked: number;
  /** S: how many of them it hit. */
  readonly score: number;
  /** Score of each control that counts, on the same canaries; what it was not administered counts as a hit. */
  readonly controlScores: readonly { readonly target: string; readonly score: number }[];
  /** Conformal rank p; never below `floor`. */
  readonly p: TierBPValue;
  /** 1 / (controls + 1): the smallest p that this many controls can give. */
  readonly floor: number;
  /** min(controls + 1, 100). */
  readonly likelihoodRatioCap: number;
  readonly label: 'consistent' | 'none' | 'undetermined';
  readonly wording: string;
}

/**
 * Ranks a suspect's number of hits on found canaries among control models (METHOD 3.1, 5.1). Exact if the suspect and
 * the controls are exchangeable. Missing data never helps the claim: a canary that a control was not administered
 * counts as hit by it, and a control that answered none of the suspect's canaries does not count as a control.
 */
export function tierB(input: TierBInput): TierBResult {
  const asked = input.canaries.filter(({ suspect }) => suspect !== null);
  const score = asked.filter(({ suspect }) => suspect === true).length;
  const hitOf = (canary: FoundCanaryHits, target: string): boolean | null =>
    Object.hasOwn(canary.controls, target) ? (canary.controls[target] ?? null) : null;
  const controlScores = input.controls
    .filter((target) => asked.some((canary) => hitOf(canary, target) !== null))
    .map((target) => ({
      target,
      score: asked.filter((canary) => hitOf(canary, target) !== false).length,
    }));
  const { p, floor } = conformalRank(
    score,
    controlScores.map((control) => control.score),
  );
  const enough = asked.length > 0 && controlScores.length >= MIN_TIER_B_CONTROLS;
  const label = enough ? (p <= TIER_B_LEVEL ? 'consistent' : 'none') : 'undetermined';
  return {
    tier: 'B',
    suspect: input.suspect,
    asked: asked.length,
    score,
    controlScores,
    p,
    floor,
    likelihoodRatioCap: Math.min(controlScores.length + 1, TIER_B_RATIO_CAP),
    label,
    wording: wordingOf(label, asked.length, controlScores.length),
  };
}

function wordingOf(label: TierBResult['label'], asked: number, controls: number): string {
  if (label === 'consistent') {
    return "The suspect's answers to found canaries are consistent with contact with the laboratory's outputs.";
  }
  if (label === 'none') {
    return "The suspect's answers to found canaries do not stand out from those of the controls.";
  }
  if (asked === 0) return 'No found canary is answered, so nothing can be said.';
  return `${controls} controls are too few to say anything: ${MIN_TIER_B_CONTROLS} are needed.`;
}
