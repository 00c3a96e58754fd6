import type {
  EvaluationInput,
  EvaluationResult,
  PanelMember,
  SuspectEvaluation,
} from '../domain/evaluation.ts';
import { poissonBinomialUpperTail } from './convolution.ts';
import { anytimeP, logLeaveOneOut } from './e-process.ts';
import { columnsOf, type UseColumns } from './evaluation-columns.ts';
import { checkEvaluationInput } from './evaluation-input.ts';
import { explain, type LabelContext, labelSuspect } from './evaluation-label.ts';
import { controlCheck, temporalControlCheck } from './evaluation-panel.ts';
import { countCheck, type Walk, walkEvidence } from './evaluation-walk.ts';
import { clopperPearson, confidenceSequence, inheritanceRate } from './intervals.ts';
import { reportGradeThreshold } from './multiplicity.ts';
import { VERBAL_SCALE_ID, wordsForE } from './verbal-scale.ts';

type Shared = Omit<LabelContext, 'twins' | 'afterRelease'>;

interface Columns {
  readonly evidence: UseColumns;
  readonly twins: UseColumns;
  readonly afterRelease: UseColumns;
}

function effectSize(
  walk: Walk,
  fixedN: boolean,
): Pick<SuspectEvaluation, 'rate' | 'confidenceSequence' | 'fixed' | 'inheritance'> {
  const hits = walk.hits.length;
  const sequence = confidenceSequence(hits, walk.asked);
  if (walk.asked === 0) {
    return { rate: null, confidenceSequence: sequence, fixed: null, inheritance: null };
  }
  const fixed = fixedN
    ? {
        p: poissonBinomialUpperTail(walk.chances, hits),
        clopperPearson: clopperPearson(hits, walk.asked),
      }
    : null;
  const rate = hits / walk.asked;
  const chance = walk.chances.reduce((sum, value) => sum + value, 0) / walk.asked;
  const limits = fixed?.clopperPearson ?? sequence;
  const inherited = inheritanceRate(rate, chance);
  const low = inheritanceRate(limits.low, chance);
  const high = inheritanceRate(limits.high, chance);
  const inheritance =
    inherited === null || low === null || high === null ? null : { rate: inherited, low, high };
  return { rate, confidenceSequence: sequence, fixed, inheritance };
}

function evaluateMember(
  member: PanelMember,
  input: EvaluationInput,
  columns: Columns,
  shared: Shared,
): SuspectEvaluation {
  const { target, role } = member;
  const suspect = role === 'suspect';
  const stops = suspect && input.rule === 'label';
  const walk = walkEvidence(target, columns.evidence, stops ? Math.log(shared.threshold) : null);
  const twins = countCheck(target, columns.twins);
  const afterRelease = countCheck(target, columns.afterRelease);
  const context: LabelContext = { ...shared, twins, afterRelease };
  const verdict = suspect
    ? labelSuspect(walk, context)
    : {
        label: 'none' as const,
        reasons: [
          {
            met: true,
            text: 'Only suspects get a label; this is a member of the panel for comparison.',
          },
        ],
      };
  const { heaviest } = walk;
  const fixedN = suspect && input.rule === 'fixed' && input.state === 'complete';
  return {
    target,
    role,
    steps: walk.steps,
    asked: walk.asked,
    notAdministered: walk.notAdministered,
    hits: walk.hits.length,
    logE: walk.normal.logE,
    maxLogE: walk.normal.maxLogE,
    logEWorst: walk.worst.logE,
    maxLogEWorst: walk.worst.maxLogE,
    anytimeP: anytimeP(walk.normal.maxLogE),
    minLogLeaveOneOut: heaviest === null ? null : logLeaveOneOut(walk.normal, heaviest),
    leaveOneOut: walk.hits.map((hit) => ({
      canaryId: hit.canaryId,
      logE: logLeaveOneOut(walk.normal, hit),
    })),
    stoppedAt: walk.stoppedAt,
    ...effectSize(walk, fixedN),
    twins,
    afterRelease,
    label: verdict.label,
    reasons: verdict.reasons,
    explanation: suspect ? explain(verdict.label, context) : 'none',
    verbal: wordsForE(walk.normal.logE),
    scaleId: VERBAL_SCALE_ID,
  };
}

/**
 * All numbers of a tier-A audit from the opened canaries: METHOD 5.2-5.6 as a pure function, linear in the number of
 * answers. The live runner, the evidence screen and the offline verifier call it, so they cannot disagree. Throws
 * EvaluationError where the input contradicts itself.
 *
 * E and its leave-one-outs are per suspect up to that suspect's stop; the twin, after-release and control checks use
 * everything that was answered. The control check is a fixed-n tail: it guards the run, it carries no evidence.
 */
export function evaluate(input: EvaluationInput): EvaluationResult {
  checkEvaluationInput(input);
  const shared: Shared = {
    rule: input.rule,
    state: input.state,
    threshold: reportGradeThreshold(input.suspects),
    controls: controlCheck(input),
    temporalControls: temporalControlCheck(input),
  };
  const targets = input.panel.map(({ target }) => target);
  const columns: Columns = {
    evidence: columnsOf(input.canaries, 'evidence', targets),
    twins: columnsOf(input.canaries, 'twin', targets),
    afterRelease: columnsOf(input.canaries, 'after-release', targets),
  };
  const members = input.panel.map((member) => evaluateMember(member, input, columns, shared));
  const others = members.filter(({ role }) => role !== 'suspect');
  return {
    method: 'method-1',
    threshold: shared.threshold,
    controls: shared.controls,
    temporalControls: shared.temporalControls,
    knownPositives: others
      .filter(({ role }) => role === 'known-positive')
      .map(({ target, asked, hits }) => ({ target, asked, hits })),
    suspects: members.filter(({ role }) => role === 'suspect'),
    others,
  };
}
