import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync, gzipSync, inflateRawSync, crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32, decodeBody } from '#shared/wire/decode-body.ts';
import { inflate } from '#shared/wire/inflate.ts';

const GZIP = [['content-encoding', 'gzip']] as const;
const LARGE = 64 * 1024 * 1024;

/** A seeded generator, so that a failure can be repeated. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const samples: [string, Buffer][] = [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['a short text', Buffer.from('the quick brown fox '.repeat(40))],
  ['zeros', Buffer.alloc(300_000)],
  ['noise', randomBytes(200_000)],
  ['text then noise', Buffer.concat([Buffer.from('abcabcabd'.repeat(9_000)), randomBytes(9_000)])],
];

describe('inflate', () => {
  for (const [name, bytes] of samples) {
    it(`gives back ${name} at every level and strategy, and says where the stream ends`, () => {
      for (const level of [0, 1, 6, 9]) {
        for (const strategy of [
          constants.Z_DEFAULT_STRATEGY,
          constants.Z_FIXED,
          constants.Z_HUFFMAN_ONLY,
          constants.Z_RLE,
        ]) {
          const packed = deflateRawSync(bytes, { level, strategy });
          const result = inflate(
            Buffer.concat([Buffer.of(9, 9), packed, randomBytes(5)]),
            2,
            LARGE,
          );
          expect(result.ok).toBe(true);
          if (!result.ok) return;
          expect(Buffer.compare(result.bytes, bytes)).toBe(0);
          expect(result.end).toBe(2 + packed.length);
        }
      }
    });
  }

  it('refuses every cut of a stream', () => {
    const packed = deflateRawSync(Buffer.from('mississippi '.repeat(20)));
    for (let length = 0; length < packed.length; length++) {
      expect(inflate(packed.subarray(0, length), 0, LARGE)).toEqual({
        ok: false,
        reason: 'corrupt',
      });
    }
  });

  it('agrees with zlib on 4,000 damaged streams and never throws', () => {
    const next = random(7);
    const original = deflateRawSync(
      Buffer.from(Array.from({ length: 900 }, (_, i) => `${i % 37}:${(i * i) % 101};`).join('')),
    );
    let refused = 0;
    for (let round = 0; round < 4_000; round++) {
      const damaged = Buffer.from(original);
      const at = Math.floor(next() * damaged.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(next() * 8));
      const mine = inflate(damaged, 0, LARGE);
      let theirs: Buffer | null = null;
      try {
        theirs = inflateRawSync(damaged);
      } catch {
        refused++;
      }
      expect(mine.ok).toBe(theirs !== null);
      if (mine.ok && theirs) expect(Buffer.compare(mine.bytes, theirs)).toBe(0);
    }
    expect(refused).toBeGreaterThan(500);
  });

  it('stops at the limit without making more', () => {
    const packed = deflateRawSync(Buffer.alloc(1_000));
    expect(inflate(packed, 0, 1_000).ok).toBe(true);
    expect(inflate(packed, 0, 999)).toEqual({ ok: false, reason: 'too-large' });
  });
});

describe('decodeBody', () => {
  it('leaves a body without an encoding as it is', () => {
    const body = Buffer.from('plain');
    expect(decodeBody([], body)).toEqual({ ok: true, body, encoding: 'identity' });
    expect(decodeBody([['Content-Encoding', 'identity']], body).ok).toBe(true);
  });

  it('takes gzip off, whatever the case of the header', () => {
    for (const name of ['content-encoding', 'Content-Encoding']) {
      const result = decodeBody([[name, 'GZIP']], gzipSync('answer'));
      expect(result.ok && Buffer.from(result.body).toString()).toBe('answer');
    }
  });

  it('refuses any single flipped bit of the data or the trailer, and any cut', () => {
    const body = gzipSync('what a server promised '.repeat(30));
    for (let at = 10; at < body.length; at++) {
      const damaged = Buffer.from(body);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(decodeBody(GZIP, damaged)).toMatchObject({ ok: false, code: 'ENCODING_CORRUPT' });
    }
    for (let length = 0; length < body.length; length++) {
      const cut = decodeBody(GZIP, body.subarray(0, length));
      expect(cut).toMatchObject({ ok: false, code: 'ENCODING_CORRUPT' });
    }
  });

  it('refuses what follows the trailer, also a second member and a copied trailer', () => {
    const body = gzipSync('first');
    for (const tail of [
      Buffer.from('garbage'),
      gzipSync('second'),
      body.subarray(-8),
      Buffer.of(0),
    ]) {
      expect(decodeBody(GZIP, Buffer.concat([body, tail]))).toMatchObject({
        ok: false,
        code: 'ENCODING_CORRUPT',
      });
    }
  });

  it('reads a header with name, comment, extra field and header checksum', () => {
    const plain = gzipSync('named');
    const header = Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3]);
    const fields = Buffer.from([2, 0, 1, 2, ...Buffer.from('n\0c\0'), 0, 0]);
    const result = decodeBody(GZIP, Buffer.concat([header, fields, plain.subarray(10)]));
    expect(result.ok && Buffer.from(result.body).toString()).toBe('named');
  });

  it('refuses other encodings and more than one layer', () => {
    const codes = ['br', 'zstd', 'deflate', 'gzip, gzip', 'gzip, br'].map((value) => {
      const result = decodeBody([['content-encoding', value]], gzipSync('x'));
      return result.ok ? 'accepted' : result.code;
    });
    expect(new Set(codes)).toEqual(new Set(['ENCODING_UNSUPPORTED']));
    const twice = decodeBody([...GZIP, ...GZIP], gzipSync(gzipSync('x')));
    expect(twice).toMatchObject({ ok: false, code: 'ENCODING_UNSUPPORTED' });
  });

  it('refuses a bomb by its ratio and a large body by its size', () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    expect(decodeBody(GZIP, bomb)).toMatchObject({ ok: false, code: 'DECOMPRESSION_BOMB' });
    expect(
      decodeBody(GZIP, gzipSync(randomBytes(2_000)), { decodedBytes: 1_999, ratio: 200 }),
    ).toMatchObject({ ok: false, code: 'DECODED_TOO_LARGE' });
  });

  it('has the checksum of zlib', () => {
    for (const [, bytes] of samples) expect(crc32(bytes)).toBe(zlibCrc32(bytes));
  });
});
