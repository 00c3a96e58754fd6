import { logBinomialPmf } from './binomial.ts';
import type { PValue } from './brands.ts';

/**
 * P(X = k): k marked among `draws` drawn without replacement from `size`, of which `marked` are marked. As a ratio of
 * three binomial chances, which keeps the digits that differences of log-factorials lose.
 */
function hypergeometricPmf(k: number, size: number, marked: number, draws: number): number {
  if (k < Math.max(0, draws + marked - size) || k > Math.min(marked, draws)) return 0;
  if (size === 0) return 1;
  const p = draws / size;
  return Math.exp(
    logBinomialPmf(k, marked, p) +
      logBinomialPmf(draws - k, size - marked, p) -
      logBinomialPmf(draws, size, p),
  );
}

/** P(X >= k) of the hypergeometric distribution (METHOD 3.1, 4.6). */
export function hypergeometricUpperTail(
  k: number,
  size: number,
  marked: number,
  draws: number,
): PValue {
  const low = Math.max(0, draws + marked - size);
  const high = Math.min(marked, draws);
  if (k <= low) return 1 as PValue;
  let sum = 0;
  for (let value = high; value >= k; value -= 1) {
    sum += hypergeometricPmf(value, size, marked, draws);
  }
  return Math.min(1, sum) as PValue;
}

/** Two rows (hits, misses). */
export type Table2x2 = readonly [readonly [number, number], readonly [number, number]];

export interface FisherExact {
  /** P(first row has at least this many hits), margins fixed. */
  readonly greater: PValue;
  readonly less: PValue;
  /** Sum of the chances of all tables that are not more probable than the one seen. */
  readonly twoSided: PValue;
}

// Tables of equal probability must tie in spite of rounding.
const TIE = 1 + 1e-7;

/** Fisher's exact test of a 2 x 2 table. Exact by design only where the rows were randomised by us (METHOD 3.1). */
export function fisherExact(table: Table2x2): FisherExact {
  const [[a, b], [c, d]] = table;
  for (const cell of [a, b, c, d]) {
    if (!Number.isInteger(cell) || cell < 0) throw new RangeError('cells are counts');
  }
  const size = a + b + c + d;
  const marked = a + c;
  const draws = a + b;
  const seen = hypergeometricPmf(a, size, marked, draws);
  let greater = 0;
  let less = 0;
  let twoSided = 0;
  const low = Math.max(0, draws + marked - size);
  for (let k = low; k <= Math.min(marked, draws); k += 1) {
    const chance = hypergeometricPmf(k, size, marked, draws);
    if (k >= a) greater += chance;
    if (k <= a) less += chance;
    if (chance <= seen * TIE) twoSided += chance;
  }
  return {
    greater: Math.min(1, greater) as PValue,
    less: Math.min(1, less) as PValue,
    twoSided: Math.min(1, twoSided) as PValue,
  };
}
