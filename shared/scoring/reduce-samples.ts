import type { PanelAnswer } from '../domain/evaluation.ts';
import type { OutcomeUse } from '../domain/outcome.ts';
import { MAX_FOUND } from '../statistics/evaluation-input.ts';

export interface ScoredSample {
  readonly use: OutcomeUse;
  /** Candidates found in this sample's answer; ignored unless `use` is `scored`. */
  readonly found: readonly number[];
}

/**
 * K samples of one canary to one best-guess set (METHOD 4.3): per sample the found set, more than 3 -> empty; then the
 * candidates found in most samples, ties kept, more than 3 -> empty. Failed samples are omitted; all failed, or none
 * asked -> not administered. Refused, filtered and truncated samples count with an empty set.
 */
export function reduceSamples(samples: readonly ScoredSample[]): PanelAnswer {
  const administered = samples.filter(({ use }) => use !== 'not-administered');
  if (administered.length === 0) return { status: 'not-administered', found: [] };
  const counts = new Map<number, number>();
  let most = 0;
  for (const { use, found } of administered) {
    const distinct = new Set(found);
    if (use !== 'scored' || distinct.size > MAX_FOUND) continue;
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
