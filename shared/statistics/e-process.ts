/** The committed prior of METHOD 5.3: six inheritance rates, equal weights. */
export const GRID = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5] as const;

/** The smallest grid rate that the futility rule looks at (METHOD 5.5). */
const FUTILITY_RATE = 0.05;
/** Futility: every grid term from FUTILITY_RATE on is below this (METHOD 5.5). */
const FUTILITY_BOUND = 0.05;

const LOG_WEIGHT = -Math.log(GRID.length);

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
  readonly logE: number;
  /** Running maximum of ln E, the start (0) included. */
  readonly maxLogE: number;
}

export const E_START: EState = {
  steps: 0,
  logTerms: GRID.map(() => 0),
  logE: 0,
  maxLogE: 0,
};

/** e(q) = 1 - q + q (N/|A|) h; 1 - q where nothing was found (METHOD 5.3). */
export function eFactor(q: number, input: EInput): number {
  return input.hit && input.found > 0 ? 1 - q + q * (input.n / input.found) : 1 - q;
}

function logMeanExp(logTerms: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const term of logTerms) largest = Math.max(largest, term);
  let sum = 0;
  for (const term of logTerms) sum += Math.exp(term - largest);
  return largest + Math.log(sum) + LOG_WEIGHT;
}

/** E_t = (1/6) sum over q of the product of e_i(q), in log space by log-sum-exp (METHOD 5.3). */
export function eStep(state: EState, input: EInput): EState {
  const logTerms = GRID.map(
    (q, index) => (state.logTerms[index] ?? 0) + Math.log(eFactor(q, input)),
  );
  const logE = logMeanExp(logTerms);
  return { steps: state.steps + 1, logTerms, logE, maxLogE: Math.max(state.maxLogE, logE) };
}

/** ln E after deleting one hit step (not turning it into a miss) from the state (METHOD 5.5). */
export function logLeaveOneOut(state: EState, hit: Pick<EInput, 'n' | 'found'>): number {
  const input: EInput = { ...hit, hit: true };
  return logMeanExp(
    GRID.map((q, index) => (state.logTerms[index] ?? 0) - Math.log(eFactor(q, input))),
  );
}

/** ln E after k hits and t - k misses on canaries with the same N and |A| = 1. */
export function logEOfCounts(hits: number, steps: number, n: number): number {
  return logMeanExp(
    GRID.map((q) => hits * Math.log(1 - q + q * n) + (steps - hits) * Math.log1p(-q)),
  );
}

/** Anytime p-value 1 / max E, at most 1 (METHOD 5.3). */
export function anytimeP(maxLogE: number): number {
  return Math.min(1, Math.exp(-maxLogE));
}

/** The futility rule of METHOD 5.5 on the terms of a state. */
export function isFutile(logTerms: readonly number[]): boolean {
  return GRID.every(
    (q, index) => q < FUTILITY_RATE || (logTerms[index] ?? 0) < Math.log(FUTILITY_BOUND),
  );
}
