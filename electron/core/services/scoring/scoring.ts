import type { PanelAnswer } from '#shared/domain/evaluation.ts';
import { reduceFound } from '#shared/evidence/score.ts';
import { reduceSamples } from '#shared/scoring/reduce-samples.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { PositionUse } from '../../db/audit-store.ts';

/** The attempt that counts for each sample: its last one. */
export function countingAttempts(attempts: readonly AttemptRow[]): AttemptRow[] {
  const last = new Map<string, AttemptRow>();
  for (const attempt of attempts) {
    const key = `${attempt.position}/${attempt.target}/${attempt.k}`;
    const known = last.get(key);
    if (!known || known.number < attempt.number) last.set(key, attempt);
  }
  return [...last.values()];
}

/** One answer a target, reduced over its samples (METHOD 4.3). A target that was not asked is absent. */
export function panelAnswers(
  attempts: readonly AttemptRow[],
  use: PositionUse,
): Record<string, PanelAnswer> {
  const reduce = use === 'found' ? reduceFound : reduceSamples;
  const byTarget = Map.groupBy(countingAttempts(attempts), (attempt) => attempt.target);
  return Object.fromEntries(
    [...byTarget].map(([target, samples]) => [
      target,
      reduce(
        samples.map((sample) => ({
          outcome: sample.outcome ?? 'interrupted',
          found: sample.found,
        })),
      ),
    ]),
  );
}
