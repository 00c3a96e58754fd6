import type { PanelAnswer } from '../domain/evaluation.ts';
import { OUTCOME_USE, type Outcome } from '../domain/outcome.ts';
import { MAX_FOUND } from '../statistics/evaluation-input.ts';

/**
 * The only reasons for which a sample may be left out: what happened to its request. They are decided by code that does
 * not know the sealed response, and there is no other way to leave a sample out (METHOD 4.2 C3, 5.2).
 */
export const EXCLUSION_REASONS = [
  'rate-limited',
  'timed-out',
  'transport-failed',
  'malformed',
  'interrupted',
] as const satisfies readonly Outcome[];
export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

export interface ScoredSample {
  readonly outcome: Outcome;
  /** Candidates found in this sample's answer; ignored unless the outcome is to be scored. */
  readonly found: readonly number[];
}

/** Why a sample is left out; null where it counts. */
export function exclusionOf(outcome: Outcome): ExclusionReason | null {
  return EXCLUSION_REASONS.find((reason) => reason === outcome) ?? null;
}

/**
 * K samples of one canary to one best-guess set (METHOD 4.3): per sample the found set, more than 3 -> empty; then the
 * candidates found in most samples, ties kept, more than 3 -> empty. Excluded samples are omitted; all excluded, or none
 * asked -> not administered. Refused, filtered and truncated samples count with an empty set.
 */
export function reduceSamples(samples: readonly ScoredSample[]): PanelAnswer {
  const administered = samples.filter(({ outcome }) => exclusionOf(outcome) === null);
  if (administered.length === 0) return { status: 'not-administered', found: [] };
  const counts = new Map<number, number>();
  let most = 0;
  for (const { outcome, found } of administered) {
    const distinct = new Set(found);
    if (OUTCOME_USE[outcome] !== 'scored' || distinct.size > MAX_FOUND) continue;
    for (const index of distinct) {
      const count = (counts.get(index) ?? 0) + 1;
      counts.set(index, count);
      most = Math.max(most, count);
    }
  }
  const best = [...counts].filter(([, count]) => count === most).map(([index]) => index);
  if (best.length > MAX_FOUND) return { status: 'administered', found: [] };
  return { status: 'administered', found: best.sort((a, b) => a - b) };
}
