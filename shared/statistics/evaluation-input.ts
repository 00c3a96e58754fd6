import type { EvaluationInput, OpenedCanary, PanelAnswer } from '../domain/evaluation.ts';

/** More found candidates than this are list spam: the best-guess set is empty (METHOD 4.2, c_max). */
export const MAX_FOUND = 3;

export type EvaluationErrorCode =
  | 'TOO_MANY_SUSPECTS'
  | 'DUPLICATE_TARGET'
  | 'DUPLICATE_CANARY'
  | 'BAD_CANARY'
  | 'BAD_ANSWER'
  | 'OPENED_TOO_EARLY';

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

/**
 * Refuses what cannot come from a sealed plan: a canary or a target twice, more suspects than declared,
 * bad indices, and an answer to a canary that was open already.
 */
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
  for (const target of Object.keys(canary.answers)) {
    const { found, sealedAt } = canary.answers[target] as PanelAnswer;
    if (canary.openedAt !== undefined && !isSealedBefore(sealedAt, canary.openedAt)) {
      throw new EvaluationError(
        'OPENED_TOO_EARLY',
        `canary ${key} was opened before the answer of ${target} was sealed, so it can't be scored for it`,
      );
    }
    const [first] = found;
    // One index or none is the rule, and a panel has very many answers.
    const distinct = found.length < 2 || new Set(found).size === found.length;
    if (!distinct || (first !== undefined && !found.every(inList))) {
      throw new EvaluationError(
        'BAD_ANSWER',
        `the answer of ${target} to canary ${key} names an index twice or outside the list`,
      );
    }
  }
}

/** METHOD 4.2 C4. An answer without a place where the opening has one can't be shown to have come first. */
function isSealedBefore(sealedAt: number | undefined, openedAt: number): boolean {
  return sealedAt !== undefined && sealedAt < openedAt;
}

// Names that every object answers to; asking each object whether a name is its own is slow over a million answers.
const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype));

/** The answer of a target to a canary; undefined where it was not asked. */
export function answerOf(canary: OpenedCanary, target: string): PanelAnswer | undefined {
  if (INHERITED.has(target) && !Object.hasOwn(canary.answers, target)) return undefined;
  return canary.answers[target];
}
