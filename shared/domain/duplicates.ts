import { normaliseText } from '../scoring/normalise.ts';

/** Jaccard similarity of the 4-gram sets from which two prompts count as near duplicates. */
export const NEAR_DUPLICATE = 0.85;
const GRAM = 4;
/** 16 bands of 8 rows: a pair at 0.85 shares a band with chance 1 - (1 - 0.85^8)^16 = 0.994, one at 0.5 with 0.06. */
const BANDS = 16;
const ROWS = 8;
/** Pairs looked at in one bucket: many alike texts in it would make the time quadratic. */
const MOST_IN_BUCKET = 32;

export interface TextPair {
  /** Place of the later text, and of the earlier one that it resembles. */
  readonly index: number;
  readonly other: number;
  /** 1 = equal after normalisation; otherwise the Jaccard similarity of their character 4-grams. */
  readonly similarity: number;
}

/** 32-bit FNV-1a of a piece of text. */
function fnv1a(text: string, from: number, length: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < from + length; at++)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A mixing step with a seed (the finaliser of MurmurHash3): one hash of many, for min-wise hashing. */
function mix(value: number, seed: number): number {
  let hash = value ^ Math.imul(seed + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function grams(form: string): Set<number> {
  const set = new Set<number>();
  if (form.length <= GRAM) set.add(fnv1a(form, 0, form.length));
  for (let at = 0; at + GRAM <= form.length; at++) set.add(fnv1a(form, at, GRAM));
  return set;
}

function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let both = 0;
  for (const gram of a) if (b.has(gram)) both += 1;
  return both / (a.size + b.size - both);
}

function bandKeys(set: ReadonlySet<number>): string[] {
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff);
  for (const gram of set)
    for (let at = 0; at < least.length; at++) {
      const value = mix(gram, at);
      if (value < (least[at] ?? 0)) least[at] = value;
    }
  return Array.from(
    { length: BANDS },
    (_, band) => `${band}:${least.subarray(band * ROWS, (band + 1) * ROWS).join()}`,
  );
}

/**
 * Texts that stand twice: equal after the scorer's normalisation, or with a Jaccard similarity of character 4-grams of at
 * least NEAR_DUPLICATE. Pairs are found by min-wise hashing in bands and then measured exactly, in time linear in the
 * texts; a near duplicate at the threshold is missed with chance 0.006. Each text is told with one earlier text at most.
 */
export function duplicateTexts(texts: readonly string[]): TextPair[] {
  const pairs: TextPair[] = [];
  const exact = new Map<string, number>();
  const buckets = new Map<string, number[]>();
  const sets = new Map<number, ReadonlySet<number>>();
  for (const [index, text] of texts.entries()) {
    const form = normaliseText(text);
    const same = exact.get(form);
    if (same !== undefined) {
      pairs.push({ index, other: same, similarity: 1 });
      continue;
    }
    exact.set(form, index);
    const set = grams(form);
    sets.set(index, set);
    const keys = bandKeys(set);
    const near = new Set(keys.flatMap((key) => buckets.get(key) ?? []));
    let best: TextPair | null = null;
    for (const other of near) {
      const similarity = jaccard(set, sets.get(other) ?? new Set());
      if (similarity >= NEAR_DUPLICATE && similarity > (best?.similarity ?? 0))
        best = { index, other, similarity };
    }
    if (best !== null) pairs.push(best);
    for (const key of keys) {
      const bucket = buckets.get(key) ?? [];
      if (bucket.length < MOST_IN_BUCKET) bucket.push(index);
      buckets.set(key, bucket);
    }
  }
  return pairs;
}
