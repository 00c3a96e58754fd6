import { createHash } from 'node:crypto';

/** A reproducible stream of draws. The same labels give the same stream on every machine. */
export interface SeededStream {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, bound). */
  below(bound: number): number;
  pick<T>(items: readonly T[]): T;
  /** A new array in random order (Fisher-Yates). */
  shuffled<T>(items: readonly T[]): T[];
}

/** Labels are length-prefixed, so that ('ab','c') and ('a','bc') differ. */
export function hashLabels(labels: readonly string[]): Buffer {
  const hash = createHash('sha256');
  for (const label of labels) {
    const bytes = Buffer.from(label, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}

/** SHA-256 of the labels seeds sfc32, a small fast counting generator of 128 bits of state. */
export function seededStream(...labels: readonly string[]): SeededStream {
  const seed = hashLabels(labels);
  let a = seed.readUInt32BE(0);
  let b = seed.readUInt32BE(4);
  let c = seed.readUInt32BE(8);
  let counter = 1;
  const nextWord = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) nextWord();
  const next = (): number => nextWord() / 4_294_967_296;
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    pick: <T>(items: readonly T[]): T => {
      if (items.length === 0) throw new RangeError('cannot pick from an empty list');
      return items[below(items.length)] as T;
    },
    shuffled: <T>(items: readonly T[]): T[] => {
      const result = [...items];
      for (let last = result.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        const kept = result[last] as T;
        result[last] = result[other] as T;
        result[other] = kept;
      }
      return result;
    },
  };
}
