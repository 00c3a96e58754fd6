import type { EMaximum, EValue, PValue } from './brands.ts';
import type { CurrentEValues } from './current-e-values.ts';

export interface Rejections {
  /** In the order of the input. */
  readonly rejected: readonly boolean[];
  readonly count: number;
}

function order(values: readonly number[], descending: boolean): number[] {
  const direction = descending ? -1 : 1;
  return values
    .map((_, index) => index)
    .sort((a, b) => direction * ((values[a] ?? 0) - (values[b] ?? 0)) || a - b);
}

function checkAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError('alpha lies between 0 and 1');
}

function rejectFirst(ranked: readonly number[], count: number): Rejections {
  const chosen = new Set(ranked.slice(0, count));
  return { rejected: ranked.map((_, index) => chosen.has(index)), count };
}

/**
 * e-BH on E-values of one common time: k* = max{k : k E_(k) / m >= 1/alpha}. False discovery rate <= alpha under any
 * dependence (Wang and Ramdas, arXiv:2009.02824; METHOD 3.3). Not valid on running maxima (arXiv:2501.19360), hence the
 * type of its argument, which no maximum can enter.
 */
export function eBenjaminiHochberg(current: CurrentEValues, alpha: number): Rejections {
  checkAlpha(alpha);
  const { values } = current;
  const ranked = order(values, true);
  let count = 0;
  for (const [place, index] of ranked.entries()) {
    if (((place + 1) * (values[index] ?? 0)) / values.length >= 1 / alpha) count = place + 1;
  }
  return rejectFirst(ranked, count);
}

/** e-Holm: reject in decreasing order while E_(j) >= (m - j + 1) / alpha; valid on running maxima (METHOD 5.5). */
export function eHolm(eValues: readonly (EValue | EMaximum)[], alpha: number): Rejections {
  checkAlpha(alpha);
  const ranked = order(eValues, true);
  let count = 0;
  for (const [place, index] of ranked.entries()) {
    if ((eValues[index] ?? 0) < (eValues.length - place) / alpha) break;
    count = place + 1;
  }
  return rejectFirst(ranked, count);
}

/** e-Bonferroni: reject where E >= m / alpha; valid on running maxima (METHOD 3.3). */
export function eBonferroni(eValues: readonly (EValue | EMaximum)[], alpha: number): Rejections {
  checkAlpha(alpha);
  const rejected = eValues.map((value) => value >= eValues.length / alpha);
  return { rejected, count: rejected.filter(Boolean).length };
}

/** Benjamini-Hochberg (1995) adjusted p-values, in the order of the input. For independent or positively dependent p. */
export function benjaminiHochberg(pValues: readonly PValue[]): PValue[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  const ranked = order(pValues, false);
  let least = 1;
  for (let place = ranked.length - 1; place >= 0; place -= 1) {
    const index = ranked[place] ?? 0;
    least = Math.min(least, ((pValues[index] ?? 1) * pValues.length) / (place + 1));
    adjusted[index] = least;
  }
  return adjusted as PValue[];
}

/** Holm (1979) adjusted p-values, in the order of the input. Any dependence. */
export function holm(pValues: readonly PValue[]): PValue[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  let most = 0;
  for (const [place, index] of order(pValues, false).entries()) {
    most = Math.min(1, Math.max(most, (pValues[index] ?? 1) * (pValues.length - place)));
    adjusted[index] = most;
  }
  return adjusted as PValue[];
}

/**
 * E that a suspect needs for report-grade: m / 0.001, m = suspects in the sealed plan. The j-th suspect (or version)
 * added after the seal needs j (j + 1) m / 0.001; `addedAs` 0 means declared in the plan (METHOD 5.5).
 */
export function reportGradeThreshold(suspects: number, addedAs = 0): number {
  if (!Number.isInteger(suspects) || suspects < 1) throw new RangeError('m is at least 1');
  if (!Number.isInteger(addedAs) || addedAs < 0) throw new RangeError('j is not negative');
  return suspects * 1000 * (addedAs === 0 ? 1 : addedAs * (addedAs + 1));
}

/**
 * Factor for the E of the r-th public registry of a laboratory, r from 1: 1 / (r (r + 1)). The weights add up to at most
 * 1, so an E that is multiplied by its registry's weight stays an e-value for the best of all registries (METHOD 4.5).
 */
export function registryWeight(number: number): number {
  if (!Number.isInteger(number) || number < 1) throw new RangeError('registries count from 1');
  return 1 / (number * (number + 1));
}
