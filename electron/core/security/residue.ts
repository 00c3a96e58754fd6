/**
 * Finds secrets in raw bytes: UTF-8, UTF-16, hexadecimal, and base64 at each of its three alignments. A long text is cut
 * into pieces, so that a part of it is found as well.
 */
export const MIN_BYTES = 10;
const PIECE_BYTES = 24;
/** Every needle is at least this long; the first bytes of it are what is hashed. */
const WINDOW_BYTES = 8;
const FILTER_BITS = 22;

interface Needle {
  readonly bytes: Buffer;
  readonly kind: string;
}

export interface ResidueSearch {
  readonly needles: number;
  /** Longest needle: consecutive parts of a file overlap by this less one. */
  readonly reach: number;
  /** Adds what stands in the bytes to the counts, by kind. `from`: where the new bytes begin. */
  search(bytes: Buffer, from: number, counts: Map<string, number>): void;
}

function encodings(secret: Buffer, isText: boolean): Buffer[] {
  const base64 = [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), secret]).toString('base64');
    const sure = text.slice(shift === 0 ? 0 : 4, Math.floor((shift + secret.length) / 3) * 4);
    const url = sure.replaceAll('+', '-').replaceAll('/', '_');
    return url === sure ? [sure] : [sure, url];
  });
  const hex = secret.toString('hex');
  const texts = [...base64, hex, hex.toUpperCase()].map((text) => Buffer.from(text, 'latin1'));
  return isText
    ? [secret, Buffer.from(secret.toString('utf8'), 'utf16le'), ...texts]
    : [secret, ...texts];
}

const hashAt = (bytes: Buffer, at: number): number =>
  Math.imul(
    bytes.readUInt32LE(at) ^ Math.imul(bytes.readUInt32LE(at + 4), 0x85ebca6b),
    0x9e3779b1,
  ) >>>
  (32 - FILTER_BITS);

/** Pieces that together cover the secret; the last one reaches back. */
function pieces(secret: Buffer): Buffer[] {
  if (secret.length <= PIECE_BYTES) return [secret];
  const count = Math.ceil(secret.length / PIECE_BYTES);
  return Array.from({ length: count }, (_, at) => {
    const start = Math.min(at * PIECE_BYTES, secret.length - PIECE_BYTES);
    return secret.subarray(start, start + PIECE_BYTES);
  });
}

/** A text as `string`, a key or salt as bytes. Those shorter than MIN_BYTES are left out: they occur by chance. */
export function createResidueSearch(
  secrets: Iterable<{ readonly kind: string; readonly secret: string | Uint8Array }>,
): ResidueSearch {
  const filter = new Uint8Array(1 << (FILTER_BITS - 3));
  const table = new Map<number, Needle[]>();
  const known = new Set<string>();
  let reach = WINDOW_BYTES;
  for (const { kind, secret } of secrets) {
    const isText = typeof secret === 'string';
    const whole = isText ? Buffer.from(secret, 'utf8') : Buffer.from(secret);
    if (whole.length < MIN_BYTES) continue;
    for (const piece of pieces(whole))
      for (const bytes of encodings(piece, isText)) {
        const name = bytes.toString('latin1');
        if (bytes.length < WINDOW_BYTES || known.has(name)) continue;
        known.add(name);
        const hash = hashAt(bytes, 0);
        filter[hash >> 3] = (filter[hash >> 3] ?? 0) | (1 << (hash & 7));
        table.set(hash, [...(table.get(hash) ?? []), { bytes, kind }]);
        reach = Math.max(reach, bytes.length);
      }
  }
  return {
    needles: known.size,
    reach,
    search: (bytes, from, counts) => {
      for (let at = 0; at + WINDOW_BYTES <= bytes.length; at++) {
        const hash = hashAt(bytes, at);
        if (((filter[hash >> 3] ?? 0) & (1 << (hash & 7))) === 0) continue;
        for (const needle of table.get(hash) ?? []) {
          const end = at + needle.bytes.length;
          if (end <= from || end > bytes.length) continue;
          if (bytes.compare(needle.bytes, 0, needle.bytes.length, at, end) === 0)
            counts.set(needle.kind, (counts.get(needle.kind) ?? 0) + 1);
        }
      }
    },
  };
}
