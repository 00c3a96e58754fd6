import type { PValue } from './brands.ts';

/**
 * Exact upper tail of a sum of independent counts. `distributions[i][c]` = P(count i equals c); each sums to 1.
 * P(sum >= threshold) by adding one count at a time; whatever reaches the threshold is put aside, so that a small tail
 * is a sum of positive terms and keeps its relative precision. Chances that underflow are dropped at both ends, which
 * bounds the work by the spread of the sum and not by its largest value. Source: METHOD 4.2 (b) and 5.4.
 */
export function convolutionUpperTail(
  distributions: Iterable<readonly number[]>,
  threshold: number,
): PValue {
  if (!Number.isInteger(threshold)) throw new RangeError('a threshold is a whole number');
  if (threshold <= 0) return 1 as PValue;
  let reached = 0;
  let offset = 0;
  let mass: Float64Array = Float64Array.of(1);
  for (const distribution of distributions) {
    const largest = distribution.length - 1;
    if (largest <= 0) continue;
    const next = new Float64Array(Math.min(mass.length + largest, threshold - offset));
    for (let count = 0; count <= largest; count += 1) {
      const chance = distribution[count] ?? 0;
      if (chance === 0) continue;
      for (let index = 0; index < mass.length; index += 1) {
        const share = chance * (mass[index] ?? 0);
        const place = index + count;
        if (offset + place >= threshold) reached += share;
        else next[place] = (next[place] ?? 0) + share;
      }
    }
    let first = 0;
    let last = next.length;
    while (first < last && next[first] === 0) first += 1;
    while (last > first && next[last - 1] === 0) last -= 1;
    offset += first;
    mass = next.subarray(first, last);
    if (mass.length === 0) break;
  }
  return Math.min(reached, 1) as PValue;
}

/**
 * Exact Poisson-binomial upper tail P(S >= hits), S the sum of independent events with chances `chances` (for a drawn
 * canary |A|/N), by the same convolution in place: O(n * hits) time, O(hits) memory. Source: METHOD 4.2 corollary (b).
 */
export function poissonBinomialUpperTail(chances: readonly number[], hits: number): PValue {
  if (!Number.isInteger(hits)) throw new RangeError('a count of hits is a whole number');
  for (const chance of chances) {
    if (!(chance >= 0 && chance <= 1)) throw new RangeError('a chance lies between 0 and 1');
  }
  if (hits <= 0) return 1 as PValue;
  if (hits > chances.length) return 0 as PValue;
  const mass = new Float64Array(hits);
  mass[0] = 1;
  let first = 0;
  let last = 0;
  let reached = 0;
  for (const chance of chances) {
    const miss = 1 - chance;
    if (last === hits - 1) reached += chance * (mass[last] ?? 0);
    else last += 1;
    for (let count = last; count > first; count -= 1) {
      mass[count] = miss * (mass[count] ?? 0) + chance * (mass[count - 1] ?? 0);
    }
    mass[first] = miss * (mass[first] ?? 0);
    // What has underflowed at either end stays out of the work.
    while (first < last && mass[first] === 0) first += 1;
    while (last > first && mass[last] === 0) last -= 1;
  }
  return Math.min(reached, 1) as PValue;
}

export interface ControlCanary {
  /** N: length of the candidate list. */
  readonly n: number;
  readonly trueIndex: number;
  /** The best-guess set of every control that answered this canary. */
  readonly found: readonly (readonly number[])[];
}

export interface ControlCalibration {
  readonly hits: number;
  /** Mean of the number of hits under the null: sum of |A|/N. */
  readonly expected: number;
  /** P(conv D >= hits). */
  readonly p: PValue;
}

/**
 * D_i(c) = share of the N candidates that exactly c controls have in their best-guess set: the exact distribution of
 * the number of control hits on one canary over the draw, however strongly the controls depend on each other
 * (METHOD 5.4).
 */
function controlHitDistribution(canary: ControlCanary): number[] {
  const byCandidate = new Map<number, number>();
  for (const found of canary.found) {
    for (const index of found) byCandidate.set(index, (byCandidate.get(index) ?? 0) + 1);
  }
  let most = 0;
  for (const count of byCandidate.values()) most = Math.max(most, count);
  const candidates = new Array<number>(most + 1).fill(0);
  candidates[0] = canary.n - byCandidate.size;
  for (const count of byCandidate.values()) candidates[count] = (candidates[count] ?? 0) + 1;
  return candidates.map((count) => count / canary.n);
}

/** Exact, dependence-aware calibration of the controls: total hits C and P(conv D_i >= C) (METHOD 5.4). */
export function calibrateControls(canaries: readonly ControlCanary[]): ControlCalibration {
  let hits = 0;
  let expected = 0;
  for (const canary of canaries) {
    for (const found of canary.found) {
      expected += found.length / canary.n;
      if (found.includes(canary.trueIndex)) hits += 1;
    }
  }
  return { hits, expected, p: convolutionUpperTail(canaries.map(controlHitDistribution), hits) };
}
