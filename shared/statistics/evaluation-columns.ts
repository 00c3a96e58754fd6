import type { CanaryUse, OpenedCanary } from '../domain/evaluation.ts';
import { answerOf, bestGuess } from './evaluation-input.ts';

const NOT_ASKED = -2;
const NOT_ADMINISTERED = -1;

/** What one target answered to the canaries of one use, a byte each: -2, -1, or 2 |A| + hit. */
export type AnswerColumn = Int8Array;

/** The opened canaries of one use in committed order, with a column for each target of the panel. */
export interface UseColumns {
  readonly canaries: readonly OpenedCanary[];
  readonly columns: ReadonlyMap<string, AnswerColumn>;
}

/** Reads every answer once, canary by canary, as they lie in memory: the walks go target by target. */
export function columnsOf(
  canaries: readonly OpenedCanary[],
  use: CanaryUse,
  targets: readonly string[],
): UseColumns {
  const chosen = canaries.filter((canary) => canary.use === use);
  const columns = targets.map(() => new Int8Array(chosen.length));
  for (const [row, canary] of chosen.entries()) {
    for (let at = 0; at < targets.length; at += 1) {
      const column = columns[at];
      if (column !== undefined) column[row] = codeOf(canary, targets[at] ?? '');
    }
  }
  return {
    canaries: chosen,
    columns: new Map(targets.map((target, at) => [target, columns[at] ?? new Int8Array(0)])),
  };
}

function codeOf(canary: OpenedCanary, target: string): number {
  const answer = answerOf(canary, target);
  if (answer === undefined) return NOT_ASKED;
  if (answer.status === 'not-administered') return NOT_ADMINISTERED;
  const found = bestGuess(answer);
  return 2 * found.length + (found.includes(canary.trueIndex) ? 1 : 0);
}

export const isAsked = (code: number): boolean => code !== NOT_ASKED;
export const isAdministered = (code: number): boolean => code >= 0;
/** |A|; 0 where nothing was administered. */
export const foundOf = (code: number): number => (code < 0 ? 0 : code >> 1);
export const isHit = (code: number): boolean => code >= 0 && (code & 1) === 1;
