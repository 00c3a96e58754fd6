import type {
  CountCheck,
  EvaluationInput,
  EvaluationResult,
  OpenedCanary,
} from '../domain/evaluation.ts';
import type { Role } from '../domain/target.ts';
import { type ControlCanary, calibrateControls } from './convolution.ts';
import { answerOf, bestGuess } from './evaluation-input.ts';

/** Below this a control, twin, temporal-control or after-release check fails (METHOD 5.4, 5.5). */
export const CHECK_LEVEL = 0.01;

function targetsOf(input: EvaluationInput, roles: readonly Role[]): string[] {
  return input.panel.filter(({ role }) => roles.includes(role)).map(({ target }) => target);
}

function answersTo(
  canary: OpenedCanary,
  targets: readonly string[],
): { readonly asked: number; readonly calibration: ControlCanary } {
  const found: (readonly number[])[] = [];
  for (const target of targets) {
    const answer = answerOf(canary, target);
    if (answer?.status === 'administered') found.push(bestGuess(answer));
  }
  return { asked: found.length, calibration: { n: canary.n, trueIndex: canary.trueIndex, found } };
}

/**
 * Control calibration over every opened drawn canary that a control answered: served, twin and after-release alike. A
 * presumed-innocent model hits each of them with chance exactly |A|/N, so all three belong to the check, and a leak, a
 * guessable list or a bug may show in any of them. Known positives and reference models do not enter (METHOD 5.4).
 */
export function controlCheck(input: EvaluationInput): EvaluationResult['controls'] {
  const targets = targetsOf(input, ['control', 'temporal-control']);
  const { hits, expected, p } = calibrateControls(
    input.canaries.map((canary) => answersTo(canary, targets).calibration),
  );
  return { count: targets.length, hits, expected, p, frozen: p < CHECK_LEVEL };
}

/** Hits of all temporal controls together on evidence canaries, p by the dependence-aware convolution (METHOD 5.4, 6). */
export function temporalControlCheck(input: EvaluationInput): CountCheck {
  const targets = targetsOf(input, ['temporal-control']);
  const answers = input.canaries
    .filter(({ use }) => use === 'evidence')
    .map((canary) => answersTo(canary, targets));
  const { hits, p } = calibrateControls(answers.map(({ calibration }) => calibration));
  return { asked: answers.reduce((sum, { asked }) => sum + asked, 0), hits, p };
}
