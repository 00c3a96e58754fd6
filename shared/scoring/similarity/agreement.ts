import type { AnswerFeatures } from './text.ts';

/** Limbs of 30 bits: sums of two stay below 2^31 and shifts stay positive. */
const LIMB_BITS = 30;
const LIMB_MASK = 2 ** LIMB_BITS - 1;

/** A sequence of small integers and, for each integer, the bit mask of its positions. */
export interface Coded {
  readonly items: Uint16Array;
  readonly limbs: number;
  readonly masks: Uint32Array;
}

/** Numbers the items of all sequences alike. At most 65,536 different items. */
export function codeSequences(sequences: readonly (readonly string[] | null)[]): (Coded | null)[] {
  const numbers = new Map<string, number>();
  const coded = sequences.map(
    (items) =>
      items &&
      Uint16Array.from(items, (item) => {
        const known = numbers.get(item) ?? numbers.size;
        numbers.set(item, known);
        return known;
      }),
  );
  return coded.map((items) => {
    if (!items) return null;
    const limbs = Math.ceil(items.length / LIMB_BITS);
    const masks = new Uint32Array(numbers.size * limbs);
    items.forEach((item, at) => {
      const slot = item * limbs + Math.floor(at / LIMB_BITS);
      masks[slot] = (masks[slot] ?? 0) | (1 << (at % LIMB_BITS));
    });
    return { items, limbs, masks };
  });
}

export function commonPrefixLength(a: Coded, b: Coded): number {
  const end = Math.min(a.items.length, b.items.length);
  let at = 0;
  while (at < end && a.items[at] === b.items[at]) at += 1;
  return at;
}

/**
 * Length of the longest common subsequence, bit-parallel: |b| steps of |a| / 30 words.
 * Source: Hyyrö, Bit-parallel LCS-length computation revisited (2004).
 */
export function commonSubsequenceLength(a: Coded, b: Coded): number {
  const { limbs, masks } = a;
  const state = new Array<number>(limbs).fill(LIMB_MASK);
  for (const item of b.items) {
    let carry = 0;
    for (let limb = 0; limb < limbs; limb += 1) {
      const v = state[limb] ?? 0;
      const u = v & (masks[item * limbs + limb] ?? 0);
      const sum = v + u + carry;
      carry = sum > LIMB_MASK ? 1 : 0;
      state[limb] = ((sum & LIMB_MASK) | (v - u)) & LIMB_MASK;
    }
  }
  let length = 0;
  for (let at = 0; at < a.items.length; at += 1) {
    const word = state[Math.floor(at / LIMB_BITS)] ?? 0;
    if ((word & (1 << (at % LIMB_BITS))) === 0) length += 1;
  }
  return length;
}

/** Dice coefficient of the longest common subsequence, 0 to 1 (ROUGE-L's F1; Lin 2004). */
export function sequenceOverlap(a: Coded, b: Coded): number {
  const total = a.items.length + b.items.length;
  return total === 0 ? 0 : (2 * commonSubsequenceLength(a, b)) / total;
}

/** How many ways of agreeing `agreementsOf` measures. */
export const AGREEMENTS = 3;

/**
 * How the answers of all models to one prompt agree: three symmetric tables, row by row, NaN where an answer is missing.
 *
 * 0 opening run: tokens up to the first difference, what supervised training copies first;
 * 1 opening overlap: the first 30 tokens with small differences allowed;
 * 2 layout overlap: the shape on the page.
 * Only the order of the values within a prompt is used later, never their size.
 */
export function agreementsOf(answers: readonly (AnswerFeatures | null)[]): Float32Array[] {
  const count = answers.length;
  const openings = codeSequences(answers.map((answer) => answer?.opening ?? null));
  const layouts = codeSequences(answers.map((answer) => answer?.layout ?? null));
  const tables = Array.from({ length: AGREEMENTS }, () =>
    new Float32Array(count * count).fill(Number.NaN),
  );
  const set = (table: number, i: number, j: number, value: number): void => {
    const cells = tables[table];
    if (!cells) return;
    cells[i * count + j] = value;
    cells[j * count + i] = value;
  };
  for (let i = 0; i < count; i += 1) {
    const a = openings[i];
    const shapeA = layouts[i];
    if (!a || !shapeA) continue;
    for (let j = i + 1; j < count; j += 1) {
      const b = openings[j];
      const shapeB = layouts[j];
      if (!b || !shapeB) continue;
      set(0, i, j, commonPrefixLength(a, b));
      set(1, i, j, sequenceOverlap(a, b));
      set(2, i, j, sequenceOverlap(shapeA, shapeB));
    }
  }
  return tables;
}
