import type { EvaluationInput, OpenedCanary, PanelAnswer } from '../domain/evaluation.ts';

/** More found candidates than this are list spam: the best-guess set is empty (METHOD 4.2, c_max). */
export const MAX_FOUND = 3;

export type EvaluationErrorCode =
  | 'TOO_MANY_SUSPECTS'
  | 'DUPLICATE_TARGET'
  | 'DUPLICATE_CANARY'
  | 'BAD_CANARY'
  | 'BAD_ANSWER';

/** The input contradicts itself. The message names ids and targets, never canary text. */
export class EvaluationError extends Error {
  readonly code: EvaluationErrorCode;
  constructor(code: EvaluationErrorCode, message: string) {
    super(message);
    this.name = 'EvaluationError';
    this.code = code;
  }
}

/** The best-guess set that enters the arithmetic: empty where nothing was administered or more than 3 were found. */
export function bestGuess(answer: PanelAnswer): readonly number[] {
  if (answer.status === 'not-administered' || answer.found.length > MAX_FOUND) return [];
  return answer.found;
}

/** Refuses what cannot come from a sealed plan: a canary or a target twice, more suspects than declared, bad indices. */
export function checkEvaluationInput(input: EvaluationInput): void {
  const targets = new Set<string>();
  let suspects = 0;
  for (const member of input.panel) {
    if (targets.has(member.target)) {
      throw new EvaluationError(
        'DUPLICATE_TARGET',
        `target ${member.target} is in the panel twice`,
      );
    }
    targets.add(member.target);
    if (member.role === 'suspect') suspects += 1;
  }
  if (!Number.isInteger(input.suspects) || input.suspects < 1 || suspects > input.suspects) {
    throw new EvaluationError(
      'TOO_MANY_SUSPECTS',
      `the panel has ${suspects} suspects, the plan declares ${input.suspects}`,
    );
  }
  const ids = new Set<string>();
  for (const canary of input.canaries) {
    const key = `${canary.registry}/${canary.id}`;
    if (ids.has(key)) {
      throw new EvaluationError('DUPLICATE_CANARY', `canary ${key} is opened twice`);
    }
    ids.add(key);
    checkCanary(key, canary);
  }
}

function checkCanary(key: string, canary: OpenedCanary): void {
  const inList = (index: number) => Number.isInteger(index) && index >= 0 && index < canary.n;
  if (!Number.isInteger(canary.n) || canary.n < 1 || !inList(canary.trueIndex)) {
    throw new EvaluationError('BAD_CANARY', `canary ${key} has an index outside its list`);
  }
  for (const [target, answer] of Object.entries(canary.answers)) {
    const distinct = new Set(answer.found).size === answer.found.length;
    if (!distinct || !answer.found.every(inList)) {
      throw new EvaluationError(
        'BAD_ANSWER',
        `the answer of ${target} to canary ${key} names an index twice or outside the list`,
      );
    }
  }
}

/** The answer of a target to a canary; undefined where it was not asked. */
export function answerOf(canary: OpenedCanary, target: string): PanelAnswer | undefined {
  return Object.hasOwn(canary.answers, target) ? canary.answers[target] : undefined;
}
