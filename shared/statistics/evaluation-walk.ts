import type { CanaryUse, CountCheck, EStep, OpenedCanary } from '../domain/evaluation.ts';
import { poissonBinomialUpperTail } from './convolution.ts';
import { E_START, type EState, eStep, isFutile, logLeaveOneOut } from './e-process.ts';
import { answerOf, bestGuess } from './evaluation-input.ts';

/** Report-grade needs this many distinct hit canaries (METHOD 5.5). */
export const MIN_HITS = 3;
/** ... and every leave-one-hit-out E at least this (METHOD 5.5). */
export const LEAVE_ONE_OUT_FLOOR = 100;

const LOG_LEAVE_ONE_OUT_FLOOR = Math.log(LEAVE_ONE_OUT_FLOOR);

interface Tally {
  readonly hitCount: number;
  /** Largest N/|A| among the hits: deleting that hit leaves the least evidence, for every rate of the grid. */
  readonly heaviest: { readonly n: number; readonly found: number } | null;
  readonly normal: EState;
  /** The same with every not-administered step as a miss. */
  readonly worst: EState;
}

/** What one target's evidence steps add up to, as far as its committed stop. */
export interface Walk extends Tally {
  readonly steps: readonly EStep[];
  readonly asked: number;
  readonly notAdministered: number;
  /** Opened evidence canaries, as far as the stop, that this target was not asked. */
  readonly unasked: number;
  readonly hits: readonly {
    readonly canaryId: string;
    readonly n: number;
    readonly found: number;
  }[];
  /** |A|/N of every administered step. */
  readonly chances: readonly number[];
  readonly stoppedAt: number | null;
  readonly futile: boolean;
}

/** Smallest leave-one-hit-out ln E over both paths; null without a hit. */
export function minLogLeaveOneOut(tally: Tally): number | null {
  if (tally.heaviest === null) return null;
  return Math.min(
    logLeaveOneOut(tally.normal, tally.heaviest),
    logLeaveOneOut(tally.worst, tally.heaviest),
  );
}

/** The part of report-grade that rests on a suspect's own numbers (METHOD 5.5), on both paths. */
export function reachesReportGrade(tally: Tally, logThreshold: number): boolean {
  return (
    tally.hitCount >= MIN_HITS &&
    Math.min(tally.normal.maxLogE, tally.worst.maxLogE) >= logThreshold &&
    (minLogLeaveOneOut(tally) ?? Number.NEGATIVE_INFINITY) >= LOG_LEAVE_ONE_OUT_FLOOR
  );
}

type Weight = NonNullable<Tally['heaviest']>;

function heavier(a: Weight | null, b: Weight): Weight {
  return a !== null && a.n / a.found >= b.n / b.found ? a : b;
}

/**
 * Walks a target's evidence canaries in committed order (METHOD 5.2, 5.3). `logThreshold` null: no stop. Otherwise the
 * walk ends at the first step where report-grade holds on the target's own numbers or futility holds; what comes after
 * is not counted, even if it was asked.
 */
export function walkEvidence(
  target: string,
  canaries: readonly OpenedCanary[],
  logThreshold: number | null,
): Walk {
  const steps: EStep[] = [];
  const hits: { canaryId: string; n: number; found: number }[] = [];
  const chances: number[] = [];
  let notAdministered = 0;
  let unasked = 0;
  let normal = E_START;
  let worst = E_START;
  let heaviest: Tally['heaviest'] = null;
  let stoppedAt: number | null = null;
  for (const canary of canaries) {
    if (canary.use !== 'evidence') continue;
    const answer = answerOf(canary, target);
    if (answer === undefined) {
      unasked += 1;
      continue;
    }
    const administered = answer.status === 'administered';
    const found = bestGuess(answer);
    const hit = found.includes(canary.trueIndex);
    const step = { n: canary.n, found: found.length, hit };
    if (administered) {
      normal = eStep(normal, step);
      chances.push(found.length / canary.n);
    } else {
      notAdministered += 1;
    }
    worst = eStep(worst, step);
    if (hit) {
      hits.push({ canaryId: canary.id, n: canary.n, found: found.length });
      heaviest = heavier(heaviest, step);
    }
    steps.push({ canaryId: canary.id, ...step, administered, logE: normal.logE });
    if (logThreshold === null) continue;
    const tally = { hitCount: hits.length, heaviest, normal, worst };
    if (reachesReportGrade(tally, logThreshold) || isFutile(normal.logTerms)) {
      stoppedAt = steps.length;
      break;
    }
  }
  const futile = isFutile(normal.logTerms);
  return {
    steps,
    asked: chances.length,
    notAdministered,
    unasked,
    hits,
    chances,
    hitCount: hits.length,
    heaviest,
    normal,
    worst,
    stoppedAt,
    futile,
  };
}

/** Hits of one target on the canaries of one use, with the exact Poisson-binomial tail (METHOD 5.5 twin check). */
export function countCheck(
  target: string,
  canaries: readonly OpenedCanary[],
  use: CanaryUse,
): CountCheck {
  const chances: number[] = [];
  let hits = 0;
  for (const canary of canaries) {
    const answer = canary.use === use ? answerOf(canary, target) : undefined;
    if (answer === undefined || answer.status !== 'administered') continue;
    const found = bestGuess(answer);
    chances.push(found.length / canary.n);
    if (found.includes(canary.trueIndex)) hits += 1;
  }
  return { asked: chances.length, hits, p: poissonBinomialUpperTail(chances, hits) };
}
