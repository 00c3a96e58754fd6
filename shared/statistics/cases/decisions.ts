import { z } from 'zod';
import type {
  CanaryUse,
  EvaluationInput,
  EvaluationResult,
  OpenedCanary,
} from '../../domain/evaluation.ts';
import { evaluate } from '../evaluate.ts';
import { planBudget } from '../power.ts';
import { seededRandom } from '../seeded.ts';
import { VERBAL_SCALE_ID, wordsForE, wordsForRatio } from '../verbal-scale.ts';
import { type CaseKind, type CaseValue, caseKind, listLength, step, unit } from './define.ts';

const SUSPECT = 'suspect';
const opened = z.array(z.union([step, z.null()])).max(20_000);
const suspectInput = z.strictObject({
  m: z.int().min(1).default(1),
  rule: z.enum(['label', 'fixed']).default('label'),
  state: z.enum(['running', 'complete', 'budget', 'stopped']).default('complete'),
  steps: opened,
  twins: opened.default([]),
  after_release: opened.default([]),
});
type SuspectInput = z.output<typeof suspectInput>;

const panelInput = z.strictObject({
  panel: z
    .array(
      z.strictObject({
        target: z.string(),
        role: z.enum(['suspect', 'control', 'temporal-control', 'known-positive', 'reference']),
      }),
    )
    .max(1_000),
  suspects: z.int().min(1),
  rule: z.enum(['label', 'fixed']),
  state: z.enum(['running', 'complete', 'budget', 'stopped']),
  canaries: z
    .array(
      z.strictObject({
        id: z.string(),
        registry: z.int().min(1).default(1),
        use: z.enum(['evidence', 'twin', 'after-release']).default('evidence'),
        n: listLength,
        trueIndex: z.int().min(0),
        answers: z.record(
          z.string(),
          z.strictObject({
            status: z.enum(['administered', 'not-administered']),
            found: z.array(z.int().min(0)).max(1_000),
          }),
        ),
      }),
    )
    .max(20_000),
});

/** Canaries that give back the steps: index 0 is the drawn one, a miss finds those after it. */
function canariesOf(steps: SuspectInput['steps'], use: CanaryUse): OpenedCanary[] {
  return steps.map((taken, at) => {
    const { n, found, hit } = taken ?? { n: 1, found: 0, hit: false };
    if (!hit && found >= n) throw new RangeError('all candidates found, and still no hit');
    const first = hit ? 0 : 1;
    return {
      id: `${use}-${at + 1}`,
      registry: 1,
      use,
      n,
      trueIndex: 0,
      answers: {
        [SUSPECT]: {
          status: taken === null ? ('not-administered' as const) : ('administered' as const),
          found: Array.from({ length: Math.min(found, 4) }, (_, index) => first + index),
        },
      },
    };
  });
}

function evaluateCase(input: SuspectInput | z.output<typeof panelInput>): EvaluationResult {
  if ('panel' in input) return evaluate(input satisfies EvaluationInput);
  return evaluate({
    panel: [{ target: SUSPECT, role: 'suspect' }],
    suspects: input.m,
    rule: input.rule,
    state: input.state,
    canaries: [
      ...canariesOf(input.steps, 'evidence'),
      ...canariesOf(input.twins, 'twin'),
      ...canariesOf(input.after_release, 'after-release'),
    ],
  });
}

const evaluationInput = z.union([suspectInput, panelInput]);

const EXAMPLE = {
  steps: Array.from({ length: 20 }, (_, at): [number, number, 0 | 1] => [
    1024,
    1,
    at % 7 === 3 ? 1 : 0,
  ]),
};

/** Labels, words and budgets. */
export const DECISION_KINDS: Readonly<Record<string, CaseKind>> = {
  label: caseKind({
    about:
      '{steps: [[N, A, hit] or null, ...], m, rule, state, twins, after_release} → the label (5.5); null is not administered. With a whole panel, {panel, suspects, rule, state, canaries} → one label for each suspect',
    example: EXAMPLE,
    input: evaluationInput,
    run: (input) => {
      const labels = evaluateCase(input).suspects.map(({ label }) => label);
      return 'panel' in input ? labels : (labels[0] ?? null);
    },
  }),
  evaluation: caseKind({
    about: 'the input of label → every number of the evaluation, as in evidence show --json',
    example: EXAMPLE,
    input: evaluationInput,
    run: (input) => evaluateCase(input) as unknown as CaseValue,
  }),
  verbal: caseKind({
    about:
      '{lr} → {words, favours, scale}, words for a likelihood ratio; or {e} → {words, scale}, words for E, capped',
    example: { lr: 120 },
    input: z.union([
      z.strictObject({ lr: z.number().gt(0) }),
      z.strictObject({ e: z.number().min(0) }),
    ]),
    run: (input) =>
      'lr' in input
        ? { ...wordsForRatio(input.lr), scale: VERBAL_SCALE_ID }
        : { words: wordsForE(Math.log(input.e)), scale: VERBAL_SCALE_ID },
  }),
  power: caseKind({
    about:
      '{q, N: [...], threshold, min_hits, leave_one_out, futility, runs, seed} → {median, ninety, chance}: canaries, in the order of N, to reach the threshold; simulated where lengths differ',
    example: { q: 0.1, N: Array.from({ length: 60 }, () => 1024), threshold: 1000 },
    input: z.strictObject({
      q: unit,
      N: z.array(listLength).max(2_000),
      threshold: z.number().min(1),
      min_hits: z.int().min(0).default(0),
      leave_one_out: z.number().min(0).default(0),
      futility: z.boolean().default(false),
      runs: z.int().min(100).max(100_000).default(10_000),
      seed: z.int().default(1),
    }),
    run: ({ q, N, threshold, min_hits, leave_one_out, futility, runs, seed }) => ({
      ...planBudget(
        { q, n: N, threshold, minHits: min_hits, leaveOneOut: leave_one_out, futility },
        { random: seededRandom(seed), runs },
      ),
    }),
  }),
};
