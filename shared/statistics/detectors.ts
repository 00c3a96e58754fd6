import { type LogE, logE } from './brands.ts';
import { type EInput, eFactor } from './e-process.ts';

/** Alarm level of METHOD 5.7: the average run length to a false alarm is at least this many canaries. */
export const ALARM_LEVEL = 1000;

export type DetectorKind = 'cusum' | 'shiryaev-roberts';

/**
 * ln M after one e-value, from ln M before it (start: minus infinity). e-CUSUM: M = max(M, 1) e; e-SR: M = (M + 1) e. For a
 * stream whose e-values have conditional mean 1 under the null an alarm at M >= A gives an average run length of at
 * least A, whatever the dependence (Shin, Ramdas and Rinaldo, arXiv:2203.03532; METHOD 5.7).
 */
export function detectorStep(kind: DetectorKind, logM: number, logEValue: LogE): number {
  if (kind === 'cusum') return Math.max(logM, 0) + logEValue;
  // ln(M + 1), without leaving the logarithm where M is large.
  const plusOne = logM > 0 ? logM + Math.log1p(Math.exp(-logM)) : Math.log1p(Math.exp(logM));
  return plusOne + logEValue;
}

export interface DetectorPath {
  /** ln M after every step. */
  readonly logM: readonly number[];
  /** Step (from 1) of the first alarm; null without one. */
  readonly alarmAt: number | null;
}

/** A detector over a stream of ln e-values, with its first alarm at M >= `level`. */
export function runDetector(
  kind: DetectorKind,
  stream: Iterable<LogE>,
  level = ALARM_LEVEL,
): DetectorPath {
  const path: number[] = [];
  let logM = Number.NEGATIVE_INFINITY;
  let alarmAt: number | null = null;
  for (const value of stream) {
    logM = detectorStep(kind, logM, value);
    path.push(logM);
    if (alarmAt === null && logM >= Math.log(level)) alarmAt = path.length;
  }
  return { logM: path, alarmAt };
}

/** ln e(q) of one canary at one inheritance rate (METHOD 5.3), the increment of a detector. */
export function logEIncrement(q: number, input: EInput): LogE {
  return logE(Math.log(eFactor(q, input)));
}
