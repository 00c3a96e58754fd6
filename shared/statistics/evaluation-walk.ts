import type { CountCheck, EStep } from '../domain/evaluation.ts';
import { poissonBinomialUpperTail } from './convolution.ts';
import { EAccumulator, isFutile, logLeaveOneOut } from './e-process.ts';
import { foundOf, isAdministered, isAsked, isHit, type UseColumns } from './evaluation-columns.ts';

/** Report-grade needs this many distinct hit canaries (METHOD 5.5). */
export const MIN_HITS = 3;
/** ... and every leave-one-hit-out E at least this (METHOD 5.5). */
export const LEAVE_ONE_OUT_FLOOR = 100;

const LOG_LEAVE_ONE_OUT_FLOOR = Math.log(LEAVE_ONE_OUT_FLOOR);

interface Tally {
  readonly hitCount: number;
  /** Largest N/|A| among the hits: deleting that hit leaves the least evidence, for every rate of the grid. */
  readonly heaviest: { readonly n: number; readonly found: number } | null;
  readonly normal: Readonly<EAccumulator>;
  /** The same with every not-administered step as a miss; the same object as `normal` where there is none. */
  readonly worst: Readonly<EAccumulator>;
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
  /** ln E if every not-administered canary had been hit: how far the missing answers could have gone. */
  readonly mostLogE: number;
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
  evidence: UseColumns,
  logThreshold: number | null,
): Walk {
  const column = evidence.columns.get(target) ?? new Int8Array(0);
  const steps: EStep[] = [];
  const hits: { canaryId: string; n: number; found: number }[] = [];
  const chances: number[] = [];
  let notAdministered = 0;
  let unasked = 0;
  const normal = new EAccumulator();
  let worst = normal;
  let heaviest: Tally['heaviest'] = null;
  let stoppedAt: number | null = null;
  for (const [row, code] of column.entries()) {
    const canary = evidence.canaries[row];
    if (canary === undefined) break;
    if (!isAsked(code)) {
      unasked += 1;
      continue;
    }
    const { id: canaryId, n } = canary;
    const administered = isAdministered(code);
    const hit = isHit(code);
    const step = { n, found: foundOf(code), hit };
    if (!administered) {
      notAdministered += 1;
      // Until the first failure both paths are one.
      if (worst === normal) worst = normal.fork();
    }
    if (worst !== normal) worst.add(step);
    if (administered) {
      normal.add(step);
      chances.push(step.found / n);
    }
    if (hit) {
      hits.push({ canaryId, n, found: step.found });
      heaviest = heavier(heaviest, step);
    }
    steps.push({ canaryId, n, found: step.found, hit, administered, logE: normal.logE });
    if (logThreshold === null) continue;
    const tally = { hitCount: hits.length, heaviest, normal, worst };
    if (reachesReportGrade(tally, logThreshold) || isFutile(normal.logTerms)) {
      stoppedAt = steps.length;
      break;
    }
  }
  const futile = isFutile(normal.logTerms);
  const most = normal.fork();
  for (const step of steps) if (!step.administered) most.add({ n: step.n, found: 1, hit: true });
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
    mostLogE: most.logE,
  };
}

/** Hits of one target on the canaries of one use, with the exact Poisson-binomial tail (METHOD 5.5 twin check). */
export function countCheck(target: string, { canaries, columns }: UseColumns): CountCheck {
  const chances: number[] = [];
  let hits = 0;
  for (const [row, code] of (columns.get(target) ?? new Int8Array(0)).entries()) {
    if (!isAdministered(code)) continue;
    chances.push(foundOf(code) / (canaries[row]?.n ?? 1));
    if (isHit(code)) hits += 1;
  }
  return { asked: chances.length, hits, p: poissonBinomialUpperTail(chances, hits) };
}
