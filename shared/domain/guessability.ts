import { normaliseText, tokenise } from '../scoring/normalise.ts';
import { binomialUpperTail } from '../statistics/binomial.ts';

/** A word of at least so many characters counts as a hint when the question holds it. */
const HINT_CHARACTERS = 4;
/** A candidate this many bits a character less like the list than the list's median stands out. */
const OUTLIER_BITS = 2.25;
/** Lists shorter than this are too small for a model of their own. */
const MODEL_CANDIDATES = 16;
const CONTROL_ALPHA = 0.01;
const ALPHABET = 64;

/** Places of candidates that share a word of four characters or more with the question, while others do not. */
export function hintedCandidates(prompt: string, candidates: readonly string[]): number[] {
  const asked = new Set(tokenise(prompt).filter((token) => token.length >= HINT_CHARACTERS));
  const hinted = candidates.flatMap((candidate, index) =>
    tokenise(candidate).some((token) => asked.has(token)) ? [index] : [],
  );
  // A word that every candidate holds favours none of them.
  return hinted.length === candidates.length ? [] : hinted;
}

function trigrams(text: string): string[] {
  const padded = `\u0002\u0002${text}\u0003`;
  return Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3));
}

function count(map: Map<string, number>, key: string, by: number): void {
  map.set(key, (map.get(key) ?? 0) + by);
}

/**
 * Bits a character of each candidate under a character trigram model of the other candidates of the list (add-one
 * smoothing over 64 symbols): how little it looks like the rest.
 */
function bitsPerCharacter(forms: readonly string[]): number[] {
  const three = new Map<string, number>();
  const two = new Map<string, number>();
  const learn = (form: string, by: number): void => {
    for (const gram of trigrams(form)) {
      count(three, gram, by);
      count(two, gram.slice(0, 2), by);
    }
  };
  for (const form of forms) learn(form, 1);
  return forms.map((form) => {
    learn(form, -1);
    const grams = trigrams(form);
    const bits = grams.reduce(
      (sum, gram) =>
        sum -
        Math.log2(((three.get(gram) ?? 0) + 1) / ((two.get(gram.slice(0, 2)) ?? 0) + ALPHABET)),
      0,
    );
    learn(form, 1);
    return bits / grams.length;
  });
}

/**
 * Places of the candidates that stand out of their list: more than 2.25 bits a character above its median under a trigram
 * model of the others. One that looks unlike the rest may be avoided or preferred by a model that sees the list, and
 * tells a reader more than chance would.
 */
export function outlyingCandidates(candidates: readonly string[]): number[] {
  if (candidates.length < MODEL_CANDIDATES) return [];
  const bits = bitsPerCharacter(candidates.map(normaliseText));
  const median = bits.toSorted((a, b) => a - b)[Math.floor(bits.length / 2)] ?? 0;
  return bits.flatMap((value, index) => (value - median > OUTLIER_BITS ? [index] : []));
}

/**
 * The candidate that controls name far too often: with `answers` answers to questions of the same list, chance 1/N each, its
 * count has a binomial upper tail below 0.01 after Bonferroni over the N candidates, and at least 3 answers name it. Null
 * when none does. `named`: how often each candidate was named, by place.
 */
export function favouredByControls(input: {
  readonly n: number;
  readonly answers: number;
  readonly named: ReadonlyMap<number, number>;
}): number | null {
  const { n, answers, named } = input;
  const [top] = [...named].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (top === undefined || top[1] < 3 || top[1] > answers) return null;
  const tail: number = binomialUpperTail(top[1], answers, 1 / n);
  return tail * n < CONTROL_ALPHA ? top[0] : null;
}

/** Shortest known response, in letters and digits, that counts as distinctive. */
const DISTINCTIVE_CHARACTERS = 8;

/** Places of known responses that are so short that a model may say them by chance. */
export function shortResponses(expected: readonly string[]): number[] {
  return expected.flatMap((text, index) =>
    tokenise(text).join('').length < DISTINCTIVE_CHARACTERS ? [index] : [],
  );
}
