import { compileCandidates } from '../exact.ts';
import { tokenise } from '../normalise.ts';

/**
 * How much an answer is like a candidate, by a score that does not know which candidate was drawn. Every score of this
 * file is a function of the answer, the candidate and, where it says so, texts of controls; larger is more alike.
 */
export interface TextScorer {
  /** Name and version, as a sealed plan cites it. */
  readonly id: string;
  readonly range: readonly [number, number];
  /** A score at or below this says nothing, so it never makes a best guess (METHOD 4.3). */
  readonly floor: number;
  /** One score for each candidate, in order. */
  readonly scores: (answer: string, candidates: readonly string[]) => Float64Array;
}

type Grams = ReadonlyMap<string, number>;

const SEPARATOR = '\u0000';

function gramsOf(items: readonly string[], n: number): Grams {
  const grams = new Map<string, number>();
  for (let at = 0; at + n <= items.length; at += 1) {
    const gram = n === 1 ? (items[at] ?? '') : items.slice(at, at + n).join(SEPARATOR);
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}

/** Size of the multiset intersection. */
function common(a: Grams, b: Grams): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [gram, count] of small) sum += Math.min(count, large.get(gram) ?? 0);
  return sum;
}

/** F_beta = (1 + beta^2) P R / (beta^2 P + R); 0 where both are 0 (van Rijsbergen 1979). */
function fScore(precision: number, recall: number, beta: number): number {
  if (precision + recall === 0) return 0;
  const square = beta * beta;
  return ((1 + square) * precision * recall) / (square * precision + recall);
}

/** A scorer that prepares the answer once and then looks at one candidate after the other. */
function scorer<P>(
  about: Pick<TextScorer, 'id' | 'range' | 'floor'>,
  prepare: (text: string) => P,
  score: (answer: P, candidate: P) => number,
): TextScorer {
  return {
    ...about,
    scores: (answer, candidates) => {
      const prepared = prepare(answer);
      return Float64Array.from(candidates, (candidate) => score(prepared, prepare(candidate)));
    },
  };
}

const UNIT = [0, 1] as const;
/** Texts longer than this are cut for the scorers whose cost is a product of lengths. */
const MOST_CHARACTERS = 4_000;
const MOST_TOKENS = 2_000;

/**
 * Exact match: 1 where the candidate stands in the answer as an unbroken row of tokens, else 0. Range 0 to 1. Source:
 * `exact-v1`, METHOD 5.2.
 */
export const exactScorer: TextScorer = {
  id: 'exact-match-v1',
  range: UNIT,
  floor: 0,
  scores: (answer, candidates) => {
    const scores = new Float64Array(candidates.length);
    for (const index of compileCandidates(candidates).find(answer)) scores[index] = 1;
    return scores;
  },
};

/**
 * Exact count: in how many of the K samples the candidate stands. Range 0 to K, floor 0. Source: METHOD 4.3 (count of r
 * among K samples). The candidate list is compiled once.
 */
export function exactCounts(
  samples: readonly string[],
  candidates: readonly string[],
): Float64Array {
  const { find } = compileCandidates(candidates);
  const counts = new Float64Array(candidates.length);
  for (const sample of samples) {
    for (const index of find(sample)) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

function editDistance(a: readonly number[], b: readonly number[]): number {
  let row = Int32Array.from({ length: b.length + 1 }, (_, at) => at);
  let next = new Int32Array(b.length + 1);
  for (const [i, left] of a.entries()) {
    next[0] = i + 1;
    for (let j = 0; j < b.length; j += 1) {
      const kept = (row[j] ?? 0) + (left === b[j] ? 0 : 1);
      next[j + 1] = Math.min(kept, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1);
    }
    [row, next] = [next, row];
  }
  return row[b.length] ?? 0;
}

/**
 * Normalised Levenshtein similarity 1 - d(a, b) / max(|a|, |b|) over the code points of the normal forms. Range 0 to 1; two
 * empty texts are 1. Source: Levenshtein 1966, Wagner and Fischer 1974. O(|a| |b|), so texts are cut at 4,000.
 */
export const levenshteinScorer: TextScorer = scorer(
  { id: 'levenshtein-v1', range: UNIT, floor: 0 },
  (text) =>
    Array.from(tokenise(text).join(' '), (point) => point.codePointAt(0) ?? 0).slice(
      0,
      MOST_CHARACTERS,
    ),
  (a, b) => {
    const longest = Math.max(a.length, b.length);
    return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
  },
);

/**
 * Token n-gram F1: harmonic mean of precision and recall of the multiset of token n-grams. Range 0 to 1. Source: the token
 * F1 of SQuAD (Rajpurkar et al. 2016), for any n; for n > 1 this is ROUGE-N as an F score (Lin 2004).
 */
export function tokenGramScorer(n: number): TextScorer {
  if (!Number.isInteger(n) || n < 1) throw new RangeError('n is a positive whole number');
  return scorer(
    { id: `token-${n}gram-f1-v1`, range: UNIT, floor: 0 },
    (text) => {
      const tokens = tokenise(text);
      return { grams: gramsOf(tokens, n), size: Math.max(0, tokens.length - n + 1) };
    },
    (answer, candidate) => {
      const both = common(answer.grams, candidate.grams);
      return both === 0 ? 0 : fScore(both / answer.size, both / candidate.size, 1);
    },
  );
}

const CHRF_ORDER = 6;
const CHRF_BETA = 2;

/**
 * chrF: F_2 of the mean precision and mean recall of character n-grams, n = 1 to 6, over the normal form without spaces;
 * orders that one of the texts is too short for are left out. Range 0 to 1. Source: Popovic 2015, "chrF: character n-gram
 * F-score for automatic MT evaluation" (its published form times 100).
 */
export const chrfScorer: TextScorer = scorer(
  { id: 'chrf-v1', range: UNIT, floor: 0 },
  (text) => {
    const letters = Array.from(tokenise(text).join(''));
    return Array.from({ length: CHRF_ORDER }, (_, at) => ({
      grams: gramsOf(letters, at + 1),
      size: Math.max(0, letters.length - at),
    }));
  },
  (answer, candidate) => {
    let [precision, recall, orders] = [0, 0, 0];
    for (const [at, a] of answer.entries()) {
      const b = candidate[at];
      if (b === undefined || a.size === 0 || b.size === 0) continue;
      const both = common(a.grams, b.grams);
      precision += both / a.size;
      recall += both / b.size;
      orders += 1;
    }
    return orders === 0 ? 0 : fScore(precision / orders, recall / orders, CHRF_BETA);
  },
);

function commonSubsequence(a: readonly string[], b: readonly string[]): number {
  const row = new Int32Array(b.length + 1);
  for (const left of a) {
    let diagonal = 0;
    for (let j = 0; j < b.length; j += 1) {
      const above = row[j + 1] ?? 0;
      row[j + 1] = left === b[j] ? diagonal + 1 : Math.max(above, row[j] ?? 0);
      diagonal = above;
    }
  }
  return row[b.length] ?? 0;
}

/**
 * ROUGE-L: F1 of the longest common subsequence of tokens against both lengths. Range 0 to 1. Source: Lin 2004, "ROUGE: a
 * package for automatic evaluation of summaries", with beta = 1. O(|a| |b|), so texts are cut at 2,000 tokens.
 */
export const rougeLScorer: TextScorer = scorer(
  { id: 'rouge-l-v1', range: UNIT, floor: 0 },
  (text) => tokenise(text).slice(0, MOST_TOKENS),
  (answer, candidate) => {
    const length = commonSubsequence(answer, candidate);
    return length === 0 ? 0 : fScore(length / answer.length, length / candidate.length, 1);
  },
);

/**
 * Rare-n-gram overlap: the share of the candidate's distinct token n-grams that the answer has, each weighted by
 * idf = ln((C + 1) / (df + 1)), df = how many of the C texts of controls have it. What every model says weighs nothing.
 * Range 0 to 1; 0 where all of the candidate's n-grams are in every control. Source: Sparck Jones 1972 (idf); METHOD 4.3.
 * The controls' texts are given once and never include the suspect's.
 */
export function rareGramScorer(controls: readonly string[], n = 1): TextScorer {
  if (!Number.isInteger(n) || n < 1) throw new RangeError('n is a positive whole number');
  const seenBy = new Map<string, number>();
  for (const text of controls) {
    for (const gram of gramsOf(tokenise(text), n).keys()) {
      seenBy.set(gram, (seenBy.get(gram) ?? 0) + 1);
    }
  }
  const idf = (gram: string) => Math.log((controls.length + 1) / ((seenBy.get(gram) ?? 0) + 1));
  return scorer(
    { id: `rare-${n}gram-v1`, range: UNIT, floor: 0 },
    (text) => gramsOf(tokenise(text), n),
    (answer, candidate) => {
      let [shared, total] = [0, 0];
      for (const gram of candidate.keys()) {
        const weight = idf(gram);
        total += weight;
        if (answer.has(gram)) shared += weight;
      }
      return total === 0 ? 0 : shared / total;
    },
  );
}
