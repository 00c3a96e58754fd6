import type {
  CanaryUse,
  EvaluationInput,
  EvaluationResult,
  OpenedCanary,
  PanelAnswer,
  PanelMember,
  SuspectEvaluation,
} from '#shared/domain/evaluation.ts';
import { evaluate } from '#shared/statistics/evaluate.ts';

export const MISS: PanelAnswer = { status: 'administered', found: [] };
export const WRONG: PanelAnswer = { status: 'administered', found: [1] };
export const HIT: PanelAnswer = { status: 'administered', found: [0] };
export const FAILED: PanelAnswer = { status: 'not-administered', found: [] };

export const CONTROLS: readonly PanelMember[] = [
  { target: 'control-a', role: 'control' },
  { target: 'control-b', role: 'control' },
  { target: 'control-c', role: 'control' },
  { target: 'snapshot-a', role: 'temporal-control' },
  { target: 'snapshot-b', role: 'temporal-control' },
];

export const SUSPECT: PanelMember = { target: 'suspect', role: 'suspect' };
export const PANEL: readonly PanelMember[] = [SUSPECT, ...CONTROLS];

/** A wrong answer of each member's own: the control check sees when all give the same one. */
export const wrong = (target: string): PanelAnswer => ({
  status: 'administered',
  found: [1 + PANEL.findIndex((member) => member.target === target)],
});

/** The suspect hits at these steps and is otherwise wrong; every other member is always wrong. */
export const hitsAt =
  (...steps: number[]) =>
  (target: string, step: number) =>
    target === 'suspect' && steps.includes(step) ? HIT : wrong(target);

/** `count` canaries of one use; `answer(target, step)` with step from 1; the true index is always 0. */
export function canaries(
  use: CanaryUse,
  count: number,
  panel: readonly PanelMember[],
  answer: (target: string, step: number) => PanelAnswer | undefined,
  n = 1024,
): OpenedCanary[] {
  return Array.from({ length: count }, (_, index) => {
    const answers: Record<string, PanelAnswer> = {};
    for (const { target } of panel) {
      const given = answer(target, index + 1);
      if (given !== undefined) answers[target] = given;
    }
    return { id: `${use}-${index + 1}`, registry: 1, use, n, trueIndex: 0, answers };
  });
}

export function run(
  input: Partial<EvaluationInput> & Pick<EvaluationInput, 'panel' | 'canaries'>,
): EvaluationResult {
  return evaluate({ suspects: 1, rule: 'label', state: 'complete', ...input });
}

export function only(result: EvaluationResult): SuspectEvaluation {
  const [suspect] = result.suspects;
  if (suspect === undefined) throw new Error('no suspect');
  return suspect;
}
