import type { LogE, LogEMaximum, PValue } from './brands.ts';

/** The committed prior of METHOD 5.3: six inheritance rates, equal weights. */
export const GRID = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5] as const;

/** The smallest grid rate that the futility rule looks at (METHOD 5.5). */
const FUTILITY_RATE = 0.05;
/** Futility: every grid term from FUTILITY_RATE on is below this (METHOD 5.5). */
const LOG_FUTILITY_BOUND = Math.log(0.05);

/** One scored canary: N candidates, |A| of them found, the true one among them or not. */
export interface EInput {
  readonly n: number;
  /** |A|, 0 to N. */
  readonly found: number;
  readonly hit: boolean;
}

/** The running e-process. Never mutated; a step returns a new state in time O(grid). */
export interface EState {
  readonly steps: number;
  /** ln of the running product for each rate of GRID. */
  readonly logTerms: readonly number[];
  /** ln E: logarithm of the mean of the terms. */
  readonly logE: LogE;
  /** Running maximum of ln E, the start (0) included. */
  readonly maxLogE: LogEMaximum;
}

export const E_START: EState = {
  steps: 0,
  logTerms: GRID.map(() => 0),
  logE: 0 as LogE,
  maxLogE: 0 as LogEMaximum,
};

/** e(q) = 1 - q + q (N/|A|) h; 1 - q where nothing was found (METHOD 5.3). */
export function eFactor(q: number, input: EInput): number {
  return input.hit && input.found > 0 ? 1 - q + q * (input.n / input.found) : 1 - q;
}

/** ln of the mean of the terms, whose logarithms are given: the equal-weight mixture, by log-sum-exp. */
export function logMeanExp(logTerms: ArrayLike<number>): LogE {
  let largest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < logTerms.length; at += 1) {
    const term = logTerms[at] ?? 0;
    if (term > largest) largest = term;
  }
  let sum = 0;
  for (let at = 0; at < logTerms.length; at += 1) sum += Math.exp((logTerms[at] ?? 0) - largest);
  return (largest + Math.log(sum) - Math.log(logTerms.length)) as LogE;
}

const logFactors = (input: EInput): Float64Array =>
  Float64Array.from(GRID, (q) => Math.log(eFactor(q, input)));

const LOG_MISS = logFactors({ n: 1, found: 0, hit: false });
/** Lists have few lengths, so the factors of a hit are computed once for each N and |A|. */
const hitFactors = new Map<number, Float64Array>();
const MAX_KNOWN = 4096;

function knownFactors(input: EInput): Float64Array {
  if (!input.hit || input.found <= 0) return LOG_MISS;
  const ratio = input.n / input.found;
  let known = hitFactors.get(ratio);
  if (known === undefined) {
    known = logFactors(input);
    if (hitFactors.size < MAX_KNOWN) hitFactors.set(ratio, known);
  }
  return known;
}

/**
 * The e-process in place, for long walks: the same arithmetic as `eStep`, without an object for each step. Memory does
 * not grow with the number of steps.
 */
export class EAccumulator {
  steps = 0;
  logE = 0 as LogE;
  maxLogE = 0 as LogEMaximum;
  readonly logTerms = new Float64Array(GRID.length);

  add(input: EInput): void {
    const factors = knownFactors(input);
    const terms = this.logTerms;
    for (let at = 0; at < terms.length; at += 1) terms[at] = (terms[at] ?? 0) + (factors[at] ?? 0);
    this.steps += 1;
    this.logE = logMeanExp(terms);
    // An e-value at a time is at most the maximum up to it.
    if (this.logE > this.maxLogE) this.maxLogE = this.logE as number as LogEMaximum;
  }

  /** Several misses at once: E only falls, so the maximum stays what it was. For simulations. */
  addMisses(count: number): void {
    const terms = this.logTerms;
    for (let at = 0; at < terms.length; at += 1) {
      terms[at] = (terms[at] ?? 0) + count * (LOG_MISS[at] ?? 0);
    }
    this.steps += count;
    this.logE = logMeanExp(terms);
  }

  /** A copy that goes its own way. */
  fork(): EAccumulator {
    const copy = new EAccumulator();
    copy.steps = this.steps;
    copy.logE = this.logE;
    copy.maxLogE = this.maxLogE;
    copy.logTerms.set(this.logTerms);
    return copy;
  }
}

/** E_t = (1/6) sum over q of the product of e_i(q), in log space by log-sum-exp (METHOD 5.3). */
export function eStep(state: EState, input: EInput): EState {
  const factors = knownFactors(input);
  const logTerms = state.logTerms.map((term, index) => term + (factors[index] ?? 0));
  const logE = logMeanExp(logTerms);
  const maxLogE = Math.max(state.maxLogE, logE) as LogEMaximum;
  return { steps: state.steps + 1, logTerms, logE, maxLogE };
}

/** What a leave-one-out needs of a state. */
export interface Terms {
  readonly logTerms: ArrayLike<number>;
}

/** ln E after deleting one hit step (not turning it into a miss) from the state (METHOD 5.5). */
export function logLeaveOneOut(state: Terms, hit: Pick<EInput, 'n' | 'found'>): LogE {
  const factors = knownFactors({ ...hit, hit: true });
  const { logTerms } = state;
  return logMeanExp(GRID.map((_, index) => (logTerms[index] ?? 0) - (factors[index] ?? 0)));
}

/** ln E after k hits and t - k misses on canaries with the same N and |A| = 1. */
export function logEOfCounts(hits: number, steps: number, n: number): LogE {
  return logMeanExp(
    GRID.map((q) => hits * Math.log(1 - q + q * n) + (steps - hits) * Math.log1p(-q)),
  );
}

/**
 * ln E after every step on any grid of rates with equal weights; for recomputing a number under another prior. A report
 * uses GRID only, since the prior is committed.
 */
export function logEPath(grid: readonly number[], steps: readonly EInput[]): LogE[] {
  if (grid.length === 0 || !grid.every((q) => q >= 0 && q <= 1)) {
    throw new RangeError('a grid holds rates between 0 and 1');
  }
  const logTerms = grid.map(() => 0);
  return steps.map((step) => {
    for (const [index, q] of grid.entries()) {
      logTerms[index] = (logTerms[index] ?? 0) + Math.log(eFactor(q, step));
    }
    return logMeanExp(logTerms);
  });
}

/** Anytime p-value 1 / max E, at most 1 (METHOD 5.3). */
export function anytimeP(maxLogE: LogEMaximum): PValue {
  return Math.min(1, Math.exp(-maxLogE)) as PValue;
}

/** The futility rule of METHOD 5.5 on the terms of a state. */
export function isFutile(logTerms: ArrayLike<number>): boolean {
  for (const [index, q] of GRID.entries()) {
    if (q >= FUTILITY_RATE && (logTerms[index] ?? 0) >= LOG_FUTILITY_BOUND) return false;
  }
  return true;
}
