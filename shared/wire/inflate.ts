/**
 * DEFLATE (RFC 1951) that says where the stream ended and never makes more than it was allowed to: fflate tells
 * neither, and both are needed to refuse trailing bytes and bombs. Strict: over-subscribed or incomplete code sets
 * (but the single-code exceptions of the format), distances before the start and reserved values are errors.
 */
export type InflateResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly end: number }
  | { readonly ok: false; readonly reason: 'corrupt' | 'too-large' };

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const LENGTH_EXTRA = [
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const DISTANCE_EXTRA = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

class Stop extends Error {
  readonly reason: 'corrupt' | 'too-large';
  constructor(reason: 'corrupt' | 'too-large') {
    super(reason);
    this.reason = reason;
  }
}

/** Lookup by the next `bits` bits: symbol << 4 | code length; 0 where no code stands. */
interface Table {
  readonly entries: Uint16Array;
  readonly bits: number;
}

/** `need`: whether every bit pattern must have a code; a lone code of length 1 is let through as the format demands. */
function buildTable(lengths: Uint8Array, need: 'complete' | 'may-be-single'): Table {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  counts[0] = 0;
  let bits = 15;
  while (bits > 0 && counts[bits] === 0) bits--;
  let left = 1;
  for (let length = 1; length <= 15; length++) {
    left = left * 2 - (counts[length] ?? 0);
    if (left < 0) throw new Stop('corrupt');
  }
  const single = bits === 0 || (bits === 1 && counts[1] === 1);
  if (left > 0 && !(need === 'may-be-single' && single)) throw new Stop('corrupt');
  const next = new Uint16Array(16);
  for (let length = 1, code = 0; length <= 15; length++) {
    code = (code + (counts[length - 1] ?? 0)) << 1;
    next[length] = code;
  }
  const entries = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < entries.length; at += 1 << length) {
      entries[at] = (symbol << 4) | length;
    }
  }
  return { entries, bits };
}

const fixedLengths = new Uint8Array(288).fill(8);
fixedLengths.fill(9, 144, 256);
fixedLengths.fill(7, 256, 280);
const FIXED_LITERALS = buildTable(fixedLengths, 'complete');
const FIXED_DISTANCES = buildTable(new Uint8Array(32).fill(5), 'complete');

/** Inflates the stream that starts at `start`; makes at most `limit` bytes. `end` is the index after its last byte. */
export function inflate(input: Uint8Array, start: number, limit: number): InflateResult {
  try {
    return { ok: true, ...run(input, start, limit) };
  } catch (error) {
    if (error instanceof Stop) return { ok: false, reason: error.reason };
    throw error;
  }
}

function run(input: Uint8Array, start: number, limit: number): { bytes: Uint8Array; end: number } {
  let out = new Uint8Array(Math.min(limit, Math.max(1024, (input.length - start) * 4)));
  let size = 0;
  let at = start;
  let hold = 0;
  let held = 0;

  const fill = (count: number) => {
    while (held < count) {
      const byte = input[at++];
      if (byte === undefined) throw new Stop('corrupt');
      hold |= byte << held;
      held += 8;
    }
  };
  const take = (count: number): number => {
    fill(count);
    const value = hold & ((1 << count) - 1);
    hold >>>= count;
    held -= count;
    return value;
  };
  const symbol = (table: Table): number => {
    // Near the end of the input fewer bits than the longest code may be left.
    while (held < table.bits && at < input.length) {
      hold |= (input[at++] ?? 0) << held;
      held += 8;
    }
    const entry = table.entries[hold & ((1 << table.bits) - 1)] ?? 0;
    const length = entry & 15;
    if (length === 0 || length > held) throw new Stop('corrupt');
    hold >>>= length;
    held -= length;
    return entry >> 4;
  };
  const room = (count: number) => {
    if (size + count <= out.length) return;
    if (size + count > limit) throw new Stop('too-large');
    const grown = new Uint8Array(Math.min(limit, Math.max(out.length * 2, size + count)));
    grown.set(out.subarray(0, size));
    out = grown;
  };

  const stored = () => {
    // Whole bytes that were read ahead go back.
    at -= held >> 3;
    hold = 0;
    held = 0;
    const count = take(16);
    if (take(16) !== (~count & 0xffff)) throw new Stop('corrupt');
    if (at + count > input.length) throw new Stop('corrupt');
    room(count);
    out.set(input.subarray(at, at + count), size);
    at += count;
    size += count;
  };

  const codes = (literals: Table, distances: Table) => {
    for (;;) {
      const found = symbol(literals);
      if (found < 256) {
        room(1);
        out[size++] = found;
        continue;
      }
      if (found === 256) return;
      const base = LENGTH_BASE[found - 257];
      if (base === undefined) throw new Stop('corrupt');
      const length = base + take(LENGTH_EXTRA[found - 257] ?? 0);
      const code = symbol(distances);
      const distanceBase = DISTANCE_BASE[code];
      if (distanceBase === undefined) throw new Stop('corrupt');
      const distance = distanceBase + take(DISTANCE_EXTRA[code] ?? 0);
      if (distance > size) throw new Stop('corrupt');
      room(length);
      if (distance >= length) out.copyWithin(size, size - distance, size - distance + length);
      else for (let i = 0; i < length; i++) out[size + i] = out[size + i - distance] ?? 0;
      size += length;
    }
  };

  const dynamic = (): [Table, Table] => {
    const literalCount = take(5) + 257;
    const distanceCount = take(5) + 1;
    const codeCount = take(4) + 4;
    if (literalCount > 286 || distanceCount > 30) throw new Stop('corrupt');
    const codeLengths = new Uint8Array(19);
    for (let i = 0; i < codeCount; i++) codeLengths[CODE_LENGTH_ORDER[i] ?? 0] = take(3);
    const codeTable = buildTable(codeLengths, 'complete');
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let i = 0; i < lengths.length; ) {
      const code = symbol(codeTable);
      if (code < 16) {
        lengths[i++] = code;
        continue;
      }
      if (code === 16 && i === 0) throw new Stop('corrupt');
      const value = code === 16 ? (lengths[i - 1] ?? 0) : 0;
      const repeat = code === 16 ? 3 + take(2) : code === 17 ? 3 + take(3) : 11 + take(7);
      if (i + repeat > lengths.length) throw new Stop('corrupt');
      lengths.fill(value, i, i + repeat);
      i += repeat;
    }
    if (lengths[256] === 0) throw new Stop('corrupt');
    return [
      buildTable(lengths.subarray(0, literalCount), 'may-be-single'),
      buildTable(lengths.subarray(literalCount), 'may-be-single'),
    ];
  };

  for (let last = false; !last; ) {
    last = take(1) === 1;
    const type = take(2);
    if (type === 0) stored();
    else if (type === 1) codes(FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) codes(...dynamic());
    else throw new Stop('corrupt');
  }
  return { bytes: out.slice(0, size), end: at - (held >> 3) };
}
