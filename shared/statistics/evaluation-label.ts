import type {
  CountCheck,
  EvaluationInput,
  EvaluationResult,
  Explanation,
  Label,
  SuspectEvaluation,
} from '../domain/evaluation.ts';
import { formatCount, formatE, formatP, formatPlural } from '../util/format.ts';
import { CHECK_LEVEL } from './evaluation-panel.ts';
import {
  LEAVE_ONE_OUT_FLOOR,
  MIN_HITS,
  minLogLeaveOneOut,
  reachesReportGrade,
  type Walk,
} from './evaluation-walk.ts';

/** A lead needs this E at the stop (METHOD 5.5). */
export const LEAD_THRESHOLD = 20;

export interface LabelContext {
  readonly rule: EvaluationInput['rule'];
  readonly state: EvaluationInput['state'];
  readonly threshold: number;
  readonly controls: EvaluationResult['controls'];
  readonly temporalControls: CountCheck;
  readonly twins: CountCheck;
  readonly afterRelease: CountCheck;
}

interface Verdict {
  readonly label: Label;
  readonly reasons: SuspectEvaluation['reasons'];
}

function reportGradeConditions(walk: Walk, context: LabelContext): SuspectEvaluation['reasons'] {
  const logThreshold = Math.log(context.threshold);
  const needs = `report-grade needs ${formatCount(context.threshold)}`;
  const leastOneOut = minLogLeaveOneOut(walk);
  const { controls, twins } = context;
  return [
    {
      met: walk.normal.maxLogE >= logThreshold,
      text: `The largest E is ${formatE(walk.normal.maxLogE)}; ${needs}.`,
    },
    {
      met: walk.worst.maxLogE >= logThreshold,
      text: `With ${formatPlural(walk.notAdministered, 'canary', 'canaries')} not administered counted as missed, the largest E is ${formatE(walk.worst.maxLogE)}; ${needs}.`,
    },
    {
      met: walk.hits.length >= MIN_HITS,
      text: `Distinct canaries hit: ${walk.hits.length}; report-grade needs ${MIN_HITS}.`,
    },
    {
      met: leastOneOut !== null && leastOneOut >= Math.log(LEAVE_ONE_OUT_FLOOR),
      text:
        leastOneOut === null
          ? `No canary is hit, so no hit can be left out; report-grade needs E of ${LEAVE_ONE_OUT_FLOOR} with any one hit left out.`
          : `With any one hit left out, also if what is not administered counts as missed, the smallest E is ${formatE(leastOneOut)}; report-grade needs ${LEAVE_ONE_OUT_FLOOR}.`,
    },
    {
      met: !controls.frozen,
      text: `The controls have ${formatPlural(controls.hits, 'hit', 'hits')} where ${formatP(controls.expected)} are expected by chance, p = ${formatP(controls.p)}; below ${CHECK_LEVEL} nothing is reported.`,
    },
    {
      met: twins.p >= CHECK_LEVEL,
      text:
        twins.asked === 0
          ? 'No twin is asked, so the twin check finds nothing, p = 1.'
          : `${formatPlural(twins.hits, 'hit', 'hits')} on ${formatPlural(twins.asked, 'twin', 'twins')} that ${twins.asked === 1 ? 'was' : 'were'} never served, p = ${formatP(twins.p)}; report-grade needs ${CHECK_LEVEL} or more.`,
    },
  ];
}

/** The label of METHOD 5.5 for a suspect, with one sentence for each condition of report-grade and for what decided. */
export function labelSuspect(walk: Walk, context: LabelContext): Verdict {
  const conditions = reportGradeConditions(walk, context);
  const decided = (label: Label, text: string): Verdict => ({
    label,
    reasons: [...conditions, { met: label !== 'undetermined', text }],
  });
  const { controls, state } = context;
  if (controls.frozen) {
    return decided(
      'undetermined',
      `The controls are hit more often than chance allows, p = ${formatP(controls.p)}: a leak, a guessable list or a fault must be found first.`,
    );
  }
  if (walk.asked === 0) {
    return decided('undetermined', 'No evidence canary is answered, so nothing can be said.');
  }
  const ended = walk.stoppedAt !== null || (context.rule === 'fixed' && state !== 'running');
  const own = reachesReportGrade(walk, Math.log(context.threshold));
  if (ended && own && context.twins.p >= CHECK_LEVEL) {
    return decided('report-grade', 'Every condition of report-grade is met.');
  }
  if (walk.normal.logE >= Math.log(LEAD_THRESHOLD)) {
    return decided('lead', `E is ${formatE(walk.normal.logE)}; a lead needs ${LEAD_THRESHOLD}.`);
  }
  if (walk.futile) {
    return decided(
      'futility',
      'Every term of E for an inheritance rate of 5 % or more is below 0.05: further canaries are not worth their exposure.',
    );
  }
  if (state === 'budget') {
    return decided('futility', 'The exposure budget is spent before a threshold is reached.');
  }
  if (walk.stoppedAt === null && (state === 'running' || state === 'stopped')) {
    const text =
      state === 'running'
        ? 'The run is not finished.'
        : 'The run is stopped before the plan is finished.';
    return decided('undetermined', text);
  }
  if (walk.stoppedAt === null && walk.unasked > 0) {
    const count = formatPlural(walk.unasked, 'planned canary is', 'planned canaries are');
    return decided('undetermined', `${count} not asked.`);
  }
  if (walk.mostLogE >= Math.log(LEAD_THRESHOLD)) {
    const count = formatPlural(walk.notAdministered, 'planned canary has', 'planned canaries have');
    return decided(
      'undetermined',
      `${count} no answer; hits on them could have made E ${formatE(walk.mostLogE)}, and a lead needs ${LEAD_THRESHOLD}.`,
    );
  }
  const failed = walk.notAdministered > 0 ? ` (${walk.notAdministered} not administered)` : '';
  return decided(
    'none',
    `All planned canaries are asked${failed}; E is ${formatE(walk.normal.logE)} and a lead needs ${LEAD_THRESHOLD}.`,
  );
}

/**
 * Which path of METHOD 6 the negative controls leave: F where snapshots from before the planting hit (an analyst error
 * or fraud explains twins as well), R where never-served twins hit, L where canaries planted after the release hit,
 * else T for report-grade. P (public third-party data) can't be examined from transcripts and is never named
 * here: it needs a search of public corpora, so T always means "T, or P if that search finds something".
 */
export function explain(label: Label, context: LabelContext): Explanation {
  const twinsFail = context.twins.p < CHECK_LEVEL;
  const afterReleaseFails = context.afterRelease.p < CHECK_LEVEL;
  // Below report-grade independence is not rejected (METHOD 6), so nothing needs an explanation yet.
  const evidence = label === 'report-grade';
  if (!evidence && !twinsFail && !afterReleaseFails) return 'none';
  if (context.temporalControls.p < CHECK_LEVEL) return 'F';
  if (twinsFail) return 'R';
  return afterReleaseFails ? 'L' : 'T';
}
