import {
  brotliDecompressSync,
  constants,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { gzipHeaderEnd } from '#shared/wire/decode-body.ts';
import { headerValues } from '#shared/wire/headers.ts';
import type { HeaderPair } from '#shared/wire/types.ts';

type Unpack = (bytes: Uint8Array) => Buffer;

const MOST_LAYERS = 3;
/** Nothing of this size that is refused is a cut answer of a model. */
const maxOutputLength = 8 * 1024 * 1024;
// What has been cut is given as far as it goes.
const cut = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength };
// Without its header gzip has neither a checksum to fail nor anything behind its end.
const gzip: Unpack = (bytes) => inflateRawSync(bytes.subarray(gzipHeaderEnd(bytes) ?? 0), cut);
const deflate: Unpack = (bytes) => {
  try {
    return inflateSync(bytes, cut);
  } catch {
    return inflateRawSync(bytes, cut);
  }
};

const UNPACKS: ReadonlyMap<string, Unpack> = new Map([
  ['gzip', gzip],
  ['x-gzip', gzip],
  ['deflate', deflate],
  [
    'br',
    (bytes) =>
      brotliDecompressSync(bytes, {
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength,
      }),
  ],
  [
    'zstd',
    (bytes) => zstdDecompressSync(bytes, { finishFlush: constants.ZSTD_e_flush, maxOutputLength }),
  ],
]);

/**
 * What stands behind the compression of a body that is refused: cut, damaged, labelled wrongly or not asked for. For
 * looking through, never for reading as an answer: each layer as far as it can be undone, at most 8 MiB of it.
 */
export function unpacked(headers: readonly HeaderPair[], body: Uint8Array): Buffer[] {
  const labels = headerValues(headers, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((label) => label.trim().toLowerCase())
    .filter((label) => label !== '' && label !== 'identity');
  const layers = labels.length === 0 && isGzip(body) ? ['gzip'] : labels;
  const found: Buffer[] = [];
  for (const label of layers.slice(-MOST_LAYERS).reverse()) {
    const inner = asFarAsItGoes(UNPACKS.get(label), found.at(-1) ?? body);
    if (inner === null || inner.length === 0) break;
    found.push(inner);
  }
  return found;
}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** All of it, or what half of the bytes make, and so on: damage and bombs may come late. */
function asFarAsItGoes(unpack: Unpack | undefined, bytes: Uint8Array): Buffer | null {
  if (unpack === undefined) return null;
  for (let length = bytes.length; length > 0; length = Math.floor(length / 2)) {
    try {
      return unpack(bytes.subarray(0, length));
    } catch {
      // Less of it, then.
    }
  }
  return null;
}
