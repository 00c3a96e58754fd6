import { binomialUpperTail } from './binomial.ts';
import { EAccumulator, GRID, isFutile, logEOfCounts, logLeaveOneOut } from './e-process.ts';
import { LEAVE_ONE_OUT_FLOOR, MIN_HITS } from './evaluation-walk.ts';

/**
 * Growth rate of ln E per canary for an inheritance rate q when the suspect otherwise guesses one of N:
 * g = (q + (1-q)/N) ln(1-q+qN) + (1-q)(1-1/N) ln(1-q) (METHOD 5.8).
 */
export function growthRate(q: number, n: number): number {
  const miss = q < 1 ? (1 - q) * (1 - 1 / n) * Math.log1p(-q) : 0;
  return (q + (1 - q) / n) * Math.log(1 - q + q * n) + miss;
}

/** About how many canaries E needs to reach `threshold`: ln(threshold) / g (METHOD 5.8). */
export function queriesToThreshold(q: number, n: number, threshold: number): number {
  return Math.log(threshold) / growthRate(q, n);
}

/** Fewest canaries for at least `hits` hits with the given chance when each is hit with chance q (METHOD 5.8). */
export function canariesForHits(q: number, hits: number, chance = 0.95): number {
  if (!(q > 0 && q <= 1 && chance > 0 && chance < 1)) throw new RangeError('0 < q <= 1');
  let low = hits - 1;
  let high = Math.max(1, hits);
  while (binomialUpperTail(hits, high, q) < chance) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (binomialUpperTail(hits, middle, q) < chance) low = middle;
    else high = middle;
  }
  return high;
}

export interface PowerInput {
  /** Inheritance rate: with chance q the suspect gives the true response, otherwise one of the N at random. */
  readonly q: number;
  /** N of each served canary in committed order. */
  readonly n: readonly number[];
  /** E to be reached, m / 0.001 for report-grade. */
  readonly threshold: number;
  readonly minHits?: number;
  /** E with any one hit left out; 0 asks for none. */
  readonly leaveOneOut?: number;
  /** Whether the futility rule ends the walk, as under the rule `label`. */
  readonly futility?: boolean;
}

interface Rule {
  readonly q: number;
  readonly logThreshold: number;
  readonly minHits: number;
  readonly logLeaveOneOut: number;
  readonly futility: boolean;
}

function ruleOf(input: PowerInput): Rule {
  if (!(input.q >= 0 && input.q <= 1)) throw new RangeError('q lies between 0 and 1');
  return {
    q: input.q,
    logThreshold: Math.log(input.threshold),
    minHits: input.minHits ?? MIN_HITS,
    logLeaveOneOut: Math.log(input.leaveOneOut ?? LEAVE_ONE_OUT_FLOOR),
    futility: input.futility ?? true,
  };
}

function logTermsOfCounts(hits: number, steps: number, n: number): number[] {
  return GRID.map((q) => hits * Math.log(1 - q + q * n) + (steps - hits) * Math.log1p(-q));
}

/**
 * Exact chance that the rule has been met by each step, all N equal: E depends only on (hits, steps), so a walk over
 * (step, hits, has E ever reached the threshold) needs no simulation. What meets the rule or is futile leaves the walk.
 */
export function reportGradeCurve(
  input: Omit<PowerInput, 'n'> & { n: number; steps: number },
): number[] {
  const { n, steps } = input;
  const rule = ruleOf({ ...input, n: [] });
  const hitChance = rule.q + (1 - rule.q) / n;
  const curve: number[] = [];
  let met = 0;
  // Chances by hits: below[k] where E has not reached the threshold yet, above[k] where it once has.
  let below = new Float64Array(steps + 1);
  let above = new Float64Array(steps + 1);
  below[0] = 1;
  for (let step = 1; step <= steps; step += 1) {
    const nextBelow = new Float64Array(steps + 1);
    const nextAbove = new Float64Array(steps + 1);
    for (let hits = 0; hits <= step; hits += 1) {
      const carried = (from: Float64Array) =>
        (from[hits] ?? 0) * (1 - hitChance) + (hits > 0 ? (from[hits - 1] ?? 0) * hitChance : 0);
      const fresh = carried(below);
      let reached = carried(above);
      if (fresh === 0 && reached === 0) continue;
      if (logEOfCounts(hits, step, n) >= rule.logThreshold) reached += fresh;
      else nextBelow[hits] = fresh;
      if (reached > 0 && meetsCounts(rule, hits, step, n)) {
        met += reached;
        reached = 0;
      }
      nextAbove[hits] = reached;
      if (rule.futility && isFutile(logTermsOfCounts(hits, step, n))) {
        nextBelow[hits] = 0;
        nextAbove[hits] = 0;
      }
    }
    below = nextBelow;
    above = nextAbove;
    curve.push(Math.min(1, met));
  }
  return curve;
}

function meetsCounts(rule: Rule, hits: number, steps: number, n: number): boolean {
  if (hits < rule.minHits) return false;
  return hits === 0 || logEOfCounts(hits - 1, steps - 1, n) >= rule.logLeaveOneOut;
}

export interface Simulation {
  /** Uniform numbers in [0, 1), the caller's. */
  readonly random: () => number;
  readonly runs: number;
}

/**
 * Chance that the rule has been met by each step, for canaries of any lengths in committed order. Exact where all N are
 * equal; else by simulation, and then good to about 1 / sqrt(runs).
 */
export function powerCurve(input: PowerInput, simulation?: Simulation): number[] {
  const [first] = input.n;
  if (first === undefined) return [];
  if (input.n.every((n) => n === first)) {
    return reportGradeCurve({ ...input, n: first, steps: input.n.length });
  }
  if (simulation === undefined) throw new TypeError('lists of unlike length need a simulation');
  const rule = ruleOf(input);
  const metAt = new Float64Array(input.n.length);
  for (let run = 0; run < simulation.runs; run += 1) {
    const step = simulateOnce(rule, input.n, simulation.random);
    if (step !== null) metAt[step - 1] = (metAt[step - 1] ?? 0) + 1;
  }
  let met = 0;
  return Array.from(metAt, (count) => {
    met += count;
    return met / simulation.runs;
  });
}

/**
 * Chance that the evidence conditions of report-grade are met within the planned canaries if the inheritance rate is q
 * (PRODUCT "power"). Control and twin checks are not in it. Exactness as in `powerCurve`.
 */
export function chanceOfReportGrade(input: PowerInput, simulation?: Simulation): number {
  return powerCurve(input, simulation).at(-1) ?? 0;
}

export interface Budget {
  /** Fewest canaries, in the order given, by which the rule is met with chance 1/2; null: not within those given. */
  readonly median: number | null;
  /** The same with chance 9/10. */
  readonly ninety: number | null;
  /** Chance that the rule is met within all canaries given. */
  readonly chance: number;
}

/** What a plan costs and what it can find: METHOD 5.8 for one inheritance rate and any mix of N. */
export function planBudget(input: PowerInput, simulation?: Simulation): Budget {
  const curve = powerCurve(input, simulation);
  const first = (chance: number): number | null => {
    const index = curve.findIndex((value) => value >= chance);
    return index < 0 ? null : index + 1;
  };
  return { median: first(0.5), ninety: first(0.9), chance: curve.at(-1) ?? 0 };
}

/** The step at which a simulated suspect meets the rule; null where it never does. */
function simulateOnce(rule: Rule, lengths: readonly number[], random: () => number): number | null {
  const state = new EAccumulator();
  let hits = 0;
  let heaviest = 0;
  for (const n of lengths) {
    const hit = random() < rule.q + (1 - rule.q) / n;
    state.add({ n, found: 1, hit });
    if (hit) {
      hits += 1;
      heaviest = Math.max(heaviest, n);
    }
    if (hits >= rule.minHits && state.maxLogE >= rule.logThreshold) {
      const least = hits === 0 ? 0 : logLeaveOneOut(state, { n: heaviest, found: 1 });
      if (least >= rule.logLeaveOneOut) return state.steps;
    }
    if (rule.futility && isFutile(state.logTerms)) return null;
  }
  return null;
}
