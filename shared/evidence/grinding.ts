import { poissonBinomialUpperTail } from '../statistics/convolution.ts';
import { formatCount, typeset } from '../util/format.ts';

/** What it costs a laboratory to try keys until given guesses come out right. */
export interface GrindingRow {
  /** Guesses of one suspect that a tried set of keys must make right, at least. */
  readonly hits: number;
  /** P(at least `hits` of the canaries drawn as guessed), Poisson-binomial over 1/N. */
  readonly chance: number;
  /** Sets of keys to be tried on average: 1 / chance. */
  readonly tries: number;
}

export interface GrindingCost {
  /** Canaries whose draws count. */
  readonly canaries: number;
  readonly smallestN: number;
  readonly largestN: number;
  readonly rows: readonly GrindingRow[];
}

const MOST_HITS = 5;

/**
 * Cost of choosing the drawing keys after the suspects' answers are known, when no beacon stands in the way (METHOD 4.5):
 * a set of keys that makes at least k of the n guesses right is found after 1 / P(S >= k) tries on average, S the sum of
 * independent events of chance 1/N_i. `listLengths`: N of each drawn canary that would be scored. For k = 1 to 5.
 */
export function grindingCost(listLengths: readonly number[]): GrindingCost {
  const chances = listLengths.map((n) => 1 / n);
  return {
    canaries: listLengths.length,
    smallestN: Math.min(...listLengths),
    largestN: Math.max(...listLengths),
    rows: Array.from({ length: Math.min(MOST_HITS, listLengths.length) }, (_, index) => {
      const hits = index + 1;
      const chance: number = poissonBinomialUpperTail(chances, hits);
      return { hits, chance, tries: 1 / chance };
    }),
  };
}

/** Tries a second of one computer: a try is one Merkle root and one HMAC a canary, some hundred hashes. */
const TRIES_A_SECOND = 100_000;

function tries(value: number): string {
  if (value < 10_000) return formatCount(Math.ceil(value));
  const [mantissa = '', exponent = ''] = value.toExponential(1).split('e+');
  return typeset(`${mantissa} x 10^${exponent}`);
}

function duration(seconds: number): string {
  const steps = [
    [60, 1, 'seconds'],
    [3_600, 60, 'minutes'],
    [86_400, 3_600, 'hours'],
    [31_557_600, 86_400, 'days'],
    [Number.POSITIVE_INFINITY, 31_557_600, 'years'],
  ] as const;
  if (seconds < 1) return 'less than a second';
  const [, unit, name] = steps.find(([limit]) => seconds < limit) ?? steps[4];
  const count = seconds / unit;
  return `${count >= 1e6 ? tries(count) : Math.ceil(count)} ${name}`;
}

/** The cost in one sentence for a report or a warning; null when nothing was drawn. */
export function grindingSentence(cost: GrindingCost): string | null {
  if (cost.rows.length === 0) return null;
  const lists =
    cost.smallestN === cost.largestN
      ? `${cost.smallestN} candidates each`
      : `${cost.smallestN} to ${cost.largestN} candidates`;
  const parts = cost.rows
    .filter(({ hits }) => hits >= Math.min(3, cost.rows.length))
    .map(
      (row) =>
        `${row.hits} after about ${tries(row.tries)} (${duration(row.tries / TRIES_A_SECOND)})`,
    );
  return `With ${cost.canaries} canaries of ${lists}, a laboratory that tries keys until guesses known to it come out right gets at least ${parts.join(', ')} tries; the times are for one computer at ${formatCount(TRIES_A_SECOND)} tries a second.`;
}
