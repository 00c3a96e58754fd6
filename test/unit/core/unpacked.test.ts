import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '#core/endpoints/secret-guard.ts';
import type { ExchangeResult } from '#core/endpoints/types.ts';
import { unpacked } from '#core/endpoints/unpacked.ts';

const KEY = 'sk-live-9fQzTr4p-0042';
const TEXT = JSON.stringify({
  key: KEY,
  rest: Array.from({ length: 400 }, (_, index) => (index * 7919) % 1000).join(),
});
const garbage = Buffer.from('garbage');

/** Whether the guard takes the body for one that holds the key. */
function isFound(body: Buffer, encoding: string | null): boolean {
  const rawHeaders = encoding === null ? [] : [['content-encoding', encoding]];
  const exchange = {
    error: null,
    response: { statusCode: 200, statusText: 'OK', rawHeaders, trailers: [], body },
  } as unknown as ExchangeResult;
  return withoutSecrets(exchange, [KEY]).error?.code === 'SECRET_ECHOED';
}

describe('a key in a compressed body that is refused', () => {
  const forms: readonly (readonly [name: string, body: Buffer, encoding: string | null])[] = [
    ['gzip without its trailer', gzipSync(TEXT).subarray(0, -5), 'gzip'],
    ['half of gzip', gzipSync(TEXT).subarray(0, gzipSync(TEXT).length / 2), 'gzip'],
    ['gzip with garbage behind it', Buffer.concat([gzipSync(TEXT), garbage]), 'gzip'],
    [
      'gzip with a wrong checksum',
      Buffer.concat([gzipSync(TEXT).subarray(0, -8), Buffer.alloc(8)]),
      'gzip',
    ],
    [
      'gzip that goes bad late',
      Buffer.concat([gzipSync(TEXT).subarray(0, 400), Buffer.alloc(300, 255)]),
      'gzip',
    ],
    ['gzip without a label', gzipSync(TEXT), null],
    ['gzip twice', gzipSync(gzipSync(TEXT)), 'gzip, gzip'],
    ['brotli', brotliCompressSync(TEXT), 'br'],
    ['brotli, cut', brotliCompressSync(TEXT).subarray(0, -5), 'BR'],
    ['deflate', deflateSync(TEXT), 'deflate'],
    ['raw deflate, cut', deflateRawSync(TEXT).subarray(0, -5), 'deflate'],
    ['zstd', zstdCompressSync(TEXT), 'zstd'],
    ['brotli in gzip', gzipSync(brotliCompressSync(TEXT)), 'br, gzip'],
    [
      'a bomb',
      gzipSync(Buffer.concat([Buffer.from(TEXT), Buffer.alloc(48 * 1024 * 1024)])),
      'gzip',
    ],
  ];
  for (const [name, body, encoding] of forms)
    it(`is found: ${name}`, () => expect(isFound(body, encoding)).toBe(true));

  it('is not found where there is none, and nothing is made of what is no compression', () => {
    expect(isFound(gzipSync('nothing here').subarray(0, -3), 'gzip')).toBe(false);
    expect(unpacked([['content-encoding', 'gzip']], Buffer.from('plain'))).toEqual([]);
    expect(unpacked([['content-encoding', 'rot13']], Buffer.from(TEXT))).toEqual([]);
    expect(unpacked([], Buffer.from(TEXT))).toEqual([]);
    expect(unpacked([['content-encoding', 'identity']], Buffer.alloc(0))).toEqual([]);
  });

  it('makes at most 8 MiB of a bomb', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const [inner] = unpacked([['content-encoding', 'gzip']], bomb);
    expect(inner?.length).toBeGreaterThan(1024 * 1024);
    expect(inner?.length).toBeLessThanOrEqual(8 * 1024 * 1024);
  });
});
