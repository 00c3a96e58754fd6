import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

export interface VerbalScale {
  readonly name: string;
  readonly version: 1;
  readonly source: string;
  readonly rule: string;
  /** Upper end of each band, which belongs to the band; null is without end. */
  readonly bands: readonly { readonly upTo: number | null; readonly words: string }[];
  /** A larger ratio is printed as `capWords`: beyond it unmodelled errors dominate. */
  readonly cap: number;
  readonly capWords: string;
}

/** The scale of METHOD 3.4 and 5.5. Sources disagree about these words, so a report prints the whole table and its id. */
export const VERBAL_SCALE: VerbalScale = {
  name: 'trapstreet-verbal',
  version: 1,
  source: 'after the ENFSI guideline for evaluative reporting, 2015; see METHOD 3.4',
  rule: 'a boundary belongs to the lower band; a likelihood ratio below 1 is read as its reciprocal for the other proposition; an E below 1 supports neither',
  bands: [
    { upTo: 2, words: 'no meaningful support for either' },
    { upTo: 10, words: 'weak' },
    { upTo: 100, words: 'moderate' },
    { upTo: 1_000, words: 'moderately strong' },
    { upTo: 10_000, words: 'strong' },
    { upTo: 1_000_000, words: 'very strong' },
    { upTo: null, words: 'extremely strong' },
  ],
  cap: 1_000_000,
  capWords: 'at least 10^6',
};

/** SHA-256 (hex) of the RFC 8785 form of a scale. */
export function verbalScaleId(scale: VerbalScale): string {
  const text = canonicalize(scale);
  if (text === undefined) throw new TypeError('a scale is plain data');
  return bytesToHex(sha256(new TextEncoder().encode(text)));
}

export const VERBAL_SCALE_ID = verbalScaleId(VERBAL_SCALE);

// A ratio that stands on a boundary must not leave it because ln and exp round.
const SLACK = 1e-12;

function bandOf(logRatio: number): string {
  const band = VERBAL_SCALE.bands.find(
    ({ upTo }) => upTo === null || logRatio <= Math.log(upTo) + SLACK,
  );
  return band?.words ?? '';
}

export interface RatioWords {
  readonly words: string;
  readonly favours: 'first' | 'second' | 'neither';
}

/** Words for a likelihood ratio; below 1 they are those of the reciprocal, for the second proposition (METHOD 8). */
export function wordsForRatio(ratio: number): RatioWords {
  if (!(ratio > 0)) throw new RangeError('a ratio is positive');
  const size = Math.abs(Math.log(ratio));
  const none = size <= Math.log(VERBAL_SCALE.bands[0]?.upTo ?? 1) + SLACK;
  return {
    words: bandOf(size),
    favours: none ? 'neither' : ratio > 1 ? 'first' : 'second',
  };
}

/** Words for min(E, cap). An E of 2 or less, also one below 1, gets the words of no support (METHOD 5.3, 5.5). */
export function wordsForE(logE: number): string {
  return bandOf(Math.max(0, Math.min(logE, Math.log(VERBAL_SCALE.cap))));
}
