import { tokenise } from './normalise.ts';

/**
 * Reads the tokens of a text against a fixed vocabulary without making them: for ASCII text, with the punctuation and
 * spaces that typesetting adds, this gives exactly what `tokenise` gives and is several times as fast. Any other character
 * sends the whole text the long way. Linear in the text; memory: the text once more as bytes.
 */
export interface TokenScanner {
  /** Calls `visit` for every token in order with its number in the vocabulary, or -1 where it is not in it. */
  readonly scan: (text: string, visit: (token: number) => void) => void;
}

const SEPARATOR = 0;
const NOT_ASCII = 1;

/** By byte: lower-case code of an ASCII letter or digit, 0 for what separates, 1 for a part of something longer. */
const CLASS = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= 128) return NOT_ASCII;
  const character = String.fromCharCode(code).toLowerCase();
  return /[a-z0-9]/.test(character) ? character.charCodeAt(0) : SEPARATOR;
});

// Double low line and overline: NFKC makes a space and a combining mark of them, and the mark joins what follows.
const JOINING = new Set([0x2017, 0x203e]);

/** No-break space, dashes, quotation marks, bullets, primes and the like: by `exact-v1` they only separate. */
export function isPlainSeparator(code: number): boolean {
  if (code < 0x2010) return code === 0xa0;
  if (code > 0x205e || (code > 0x2027 && code < 0x2030)) return false;
  return !JOINING.has(code);
}

/** Bytes that the plain separator at `at` takes in UTF-8; 0 where something else stands there. */
function separatorBytes(bytes: Uint8Array, at: number): number {
  const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
  if (first === 0xc2) return isPlainSeparator(second) ? 2 : 0;
  if (first !== 0xe2) return 0;
  return isPlainSeparator(0x2000 | ((second & 0x3f) << 6) | (third & 0x3f)) ? 3 : 0;
}

// As a signed whole number: a larger one would make the hash a floating-point value throughout.
const START = 0x811c9dc5 | 0;
const mix = (hash: number, code: number): number => Math.imul(hash ^ code, 0x01000193);

const encoder = new TextEncoder();
const SCRATCH = 256 * 1024;
const scratch = new Uint8Array(SCRATCH);

/** The text as UTF-8, in a buffer that the next call writes over. */
function encode(text: string): Uint8Array {
  if (text.length * 3 > SCRATCH) return encoder.encode(text);
  return scratch.subarray(0, encoder.encodeInto(text, scratch).written);
}

export function createScanner(vocabulary: ReadonlyMap<string, number>): TokenScanner {
  const plain = [...vocabulary].filter(([token]) => /^[a-z0-9]+$/.test(token));
  let size = 16;
  while (size < plain.length * 2) size *= 2;
  const mask = size - 1;
  // Open addressing; every token's bytes lie in one array, from offsets[at] to offsets[at + 1].
  const slots = new Int32Array(size).fill(-1);
  const hashes = new Int32Array(plain.length);
  const numbers = new Int32Array(plain.length);
  const offsets = new Int32Array(plain.length + 1);
  const letters = encoder.encode(plain.map(([token]) => token).join(''));
  const place = (hash: number): number => (hash ^ (hash >>> 15)) & mask;
  for (const [at, [token, number]] of plain.entries()) {
    let hash = START;
    for (let index = 0; index < token.length; index += 1) hash = mix(hash, token.charCodeAt(index));
    hashes[at] = hash;
    numbers[at] = number;
    offsets[at + 1] = (offsets[at] ?? 0) + token.length;
    let slot = place(hash);
    while ((slots[slot] ?? -1) >= 0) slot = (slot + 1) & mask;
    slots[slot] = at;
  }
  const lookUp = (bytes: Uint8Array, start: number, end: number, hash: number): number => {
    for (let slot = place(hash); ; slot = (slot + 1) & mask) {
      const at = slots[slot] as number;
      if (at < 0) return -1;
      if (hashes[at] !== hash) continue;
      const first = offsets[at] as number;
      if ((offsets[at + 1] as number) - first !== end - start) continue;
      let same = start;
      while (same < end && CLASS[bytes[same] as number] === letters[first + same - start])
        same += 1;
      if (same === end) return numbers[at] as number;
    }
  };
  const isPlain = (bytes: Uint8Array): boolean => {
    for (let at = 0; at < bytes.length; ) {
      if ((bytes[at] as number) < 128) at += 1;
      else {
        const width = separatorBytes(bytes, at);
        if (width === 0) return false;
        at += width;
      }
    }
    return true;
  };
  return {
    scan: (text, visit) => {
      const bytes = encode(text);
      // One byte a character: nothing but ASCII.
      if (bytes.length !== text.length && !isPlain(bytes)) {
        for (const token of tokenise(text)) visit(vocabulary.get(token) ?? -1);
        return;
      }
      const end = bytes.length;
      for (let at = 0; at < end; ) {
        let code = CLASS[bytes[at] as number] as number;
        // What is not ASCII here is a part of a plain separator.
        if (code <= NOT_ASCII) {
          at += 1;
          continue;
        }
        const start = at;
        let hash = START;
        do {
          hash = mix(hash, code);
          at += 1;
          code = at < end ? (CLASS[bytes[at] as number] as number) : SEPARATOR;
        } while (code > NOT_ASCII);
        visit(lookUp(bytes, start, at, hash));
      }
    },
  };
}
