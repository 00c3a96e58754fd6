import { type EValue, eValue, type PValue, pValue } from './brands.ts';
import { normalUpperTail, normalUpperTailQuantile } from './normal.ts';

export interface Combined {
  readonly statistic: number;
  readonly p: PValue;
}

function check(pValues: readonly PValue[]): void {
  if (pValues.length === 0) throw new RangeError('there is nothing to combine');
}

/**
 * Fisher's method for independent p-values: X = -2 sum ln p against chi-square with 2k degrees of freedom, whose tail is
 * exp(-X/2) sum_{j<k} (X/2)^j / j!. Conservative for the discrete rank p-values of tier A (METHOD 3.2). Source: Fisher,
 * Statistical Methods for Research Workers, 4th ed. 1932.
 */
export function fisherCombination(pValues: readonly PValue[]): Combined {
  check(pValues);
  const half = -pValues.reduce((sum, p) => sum + Math.log(p), 0);
  if (half === Number.POSITIVE_INFINITY) return { statistic: half, p: pValue(0) };
  let term = 1;
  let sum = 1;
  for (let j = 1; j < pValues.length; j += 1) {
    term *= half / j;
    sum += term;
    // Scaled down before it overflows; only with thousands of p-values.
    if (sum > 1e250) return { statistic: 2 * half, p: pValue(scaledTail(half, pValues.length)) };
  }
  return { statistic: 2 * half, p: pValue(Math.min(1, Math.exp(Math.log(sum) - half))) };
}

/** P(Poisson(mean) < count) by its largest term first, for means where e^mean overflows. */
function scaledTail(mean: number, count: number): number {
  let logTerm = -mean;
  let largest = logTerm;
  const logs = [logTerm];
  for (let j = 1; j < count; j += 1) {
    logTerm += Math.log(mean / j);
    logs.push(logTerm);
    largest = Math.max(largest, logTerm);
  }
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - largest);
  return Math.min(1, Math.exp(largest + Math.log(sum)));
}

/**
 * Stouffer's method for independent p-values: Z = sum z(p) / sqrt(k). A single p of 1 makes it 1, so it is not for ranks
 * (METHOD 3.2). Source: Stouffer et al., The American Soldier, vol. 1, 1949.
 */
export function stoufferCombination(pValues: readonly PValue[]): Combined {
  check(pValues);
  const sum = pValues.reduce((total, p) => total + normalUpperTailQuantile(p), 0);
  if (Number.isNaN(sum)) throw new RangeError('a p of 0 and a p of 1 cannot be combined');
  const statistic = sum / Math.sqrt(pValues.length);
  return { statistic, p: normalUpperTail(statistic) };
}

/**
 * Cauchy combination (ACAT): T = mean of tan((1/2 - p) pi), p = 1/2 - arctan(T)/pi. Valid only as alpha goes to 0 and then
 * close to Bonferroni; for exploration, never for a report (METHOD 3.2). Source: Liu and Xie, JASA 2020.
 */
export function acatCombination(pValues: readonly PValue[]): Combined {
  check(pValues);
  // tan((1/2 - p) pi) = 1 / tan(p pi), and 1/2 - arctan(T)/pi = arctan2(1, T)/pi: no digits are lost for a small p.
  const cot = (p: number) => (p === 1 ? Number.NEGATIVE_INFINITY : 1 / Math.tan(p * Math.PI));
  const statistic = pValues.reduce((sum, p) => sum + cot(p), 0) / pValues.length;
  if (Number.isNaN(statistic)) throw new RangeError('a p of 0 and a p of 1 cannot be combined');
  return { statistic, p: pValue(Math.atan2(1, statistic) / Math.PI) };
}

/** Twice the mean: valid under any dependence, and weak (Vovk and Wang, Biometrika 2020; METHOD 3.2). */
export function twiceMeanP(pValues: readonly PValue[]): PValue {
  check(pValues);
  return pValue(Math.min(1, (2 * pValues.reduce((sum, p) => sum + p, 0)) / pValues.length));
}

/** Arithmetic mean of e-values: an e-value under any dependence (Vovk and Wang, Annals of Statistics 2021). */
export function meanE(eValues: readonly EValue[]): EValue {
  if (eValues.length === 0) throw new RangeError('there is nothing to combine');
  return eValue(eValues.reduce((sum, e) => sum + e, 0) / eValues.length);
}

/**
 * p to e: kappa p^(kappa - 1), 0 < kappa < 1. Its integral over a uniform p is 1, so it is an e-value (Vovk and Wang 2021;
 * METHOD 8, kappa = 1/2). Infinite for p = 0.
 */
export function pToE(p: PValue, kappa = 0.5): EValue {
  if (!(kappa > 0 && kappa < 1)) throw new RangeError('kappa lies between 0 and 1');
  return eValue(kappa * p ** (kappa - 1));
}
