import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  concat,
  fromBase64,
  fromHex,
  fromUtf8,
  lp,
  toBase64,
  toHex,
  utf8,
} from '#shared/evidence/bytes.ts';
import {
  commitment,
  commitmentLeaf,
  commitmentsText,
  keyCommitment,
  parseCommitments,
} from '#shared/evidence/commit.ts';
import {
  askOrder,
  drawIndex,
  drawNumber,
  heldOutCount,
  heldOutIds,
  orderKey,
} from '#shared/evidence/draw.ts';
import { parseJsonStrict } from '#shared/evidence/json-strict.ts';
import {
  allInclusionPaths,
  inclusionPath,
  leafHash,
  merkleRoot,
  verifyInclusion,
} from '#shared/evidence/merkle.ts';
import { LEAVES, ROOTS } from './rfc6962-vectors.ts';

const ROOT_3 = 'd1ac57e31ecf62d9aaf9139f9022c31bfea449aa6685f42f2de05c51160dfcda';

describe('bytes', () => {
  it('writes base64 as Node does, for every length up to 200 and one large body', () => {
    for (const length of [...Array(200).keys(), 100_001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 197 + length) & 255);
      const text = toBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(toHex(fromBase64(text))).toBe(toHex(bytes));
    }
  });
  it.each([
    'A',
    'AA',
    'AAA',
    'AB==',
    'AAB=',
    'A===',
    '====',
    'AA=A',
    'AA==\n',
    'A-_A',
    'AAAé',
    'AA= =',
  ])('refuses base64 that is not canonical: %j', (text) =>
    expect(() => fromBase64(text)).toThrow('base64'),
  );
  it.each(['a', 'AB', '0g', '0x00', ' 00'])('refuses hex that is not canonical: %j', (text) =>
    expect(() => fromHex(text)).toThrow('hex'),
  );
  it('refuses invalid UTF-8 and keeps a byte-order mark', () => {
    expect(() => fromUtf8(Uint8Array.of(0xc0, 0x80))).toThrow('UTF-8');
    expect(fromUtf8(utf8('\ufeffx'))).toBe('\ufeffx');
  });
  it('prefixes lengths with four big-endian bytes', () => {
    expect(toHex(lp('ab', Uint8Array.of(255)))).toBe('00000002616200000001ff');
  });
  it('writes canonical JSON with sorted keys', () => {
    expect(fromUtf8(canonicalJson({ b: 1, a: [1e21, 'é'] }))).toBe('{"a":[1e+21,"é"],"b":1}');
  });
});

describe('strict JSON', () => {
  it('agrees with JSON.parse on good text', () => {
    for (const text of [
      'null',
      '[]',
      '{}',
      ' {"a" : [1, -2.5e3, "x\\u00e9\\n\u007f", true] } ',
      '"\\ud83d\\ude00"',
      '0',
    ]) {
      expect(JSON.stringify(parseJsonStrict(text))).toBe(JSON.stringify(JSON.parse(text)));
    }
  });
  it.each([
    ['{"a":1,"a":2}', 'twice'],
    ['{"a":1,"\\u0061":2}', 'twice'],
    [`${'['.repeat(66)}${']'.repeat(66)}`, 'levels'],
    ['"\\ud800"', 'surrogate'],
    ['1e999', 'range'],
    ['01', 'after'],
    ['NaN', 'unexpected'],
    ['"a', 'without end'],
    ['"\u0001"', 'control'],
    ['[1,]', 'unexpected'],
    ['{"a":1,}', 'unexpected'],
    ['\ufeff{}', 'unexpected'],
    ['"\\x"', 'escape'],
    ['', 'unexpected'],
    ['{} {}', 'after'],
  ])('refuses %j', (text, why) => expect(() => parseJsonStrict(text)).toThrow(why));
  it('takes 64 levels', () => {
    expect(() => parseJsonStrict(`${'['.repeat(65)}${']'.repeat(65)}`)).not.toThrow();
  });
  it('keeps __proto__ a plain key', () => {
    const value = parseJsonStrict('{"__proto__":{"polluted":1}}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('Merkle tree', () => {
  const leaves = (n: number) => Array.from({ length: n }, (_, i) => leafHash(utf8(`canary-${i}`)));

  it('gives the vectors of METHOD section 8', () => {
    expect(toHex(leaves(1)[0] as Uint8Array)).toBe(
      '915c2d866d56dc4c50ab39d20227731a249015a814a5542b3a2eda6ab415e5b8',
    );
    expect(toHex(merkleRoot(leaves(2)))).toBe(
      '4978951eec67dfc9214d406ed0fb1980ea378e0e6553dbf021e542d571237e69',
    );
    expect(toHex(merkleRoot(leaves(3)))).toBe(ROOT_3);
  });
  it('gives the published roots of RFC 6962 implementations', () => {
    const hashes = LEAVES.map((hex) => leafHash(fromHex(hex)));
    for (let n = 1; n <= 8; n++) expect(toHex(merkleRoot(hashes.slice(0, n)))).toBe(ROOTS[n - 1]);
  });
  it('proves inclusion for every leaf of every size up to 40 and refuses every wrong proof', () => {
    for (let size = 1; size <= 40; size++) {
      const all = leaves(size);
      const root = merkleRoot(all);
      const paths = allInclusionPaths(all);
      for (let index = 0; index < size; index++) {
        const path = inclusionPath(all, index);
        expect(paths[index]?.map(toHex)).toEqual(path.map(toHex));
        const proof = { leaf: all[index] as Uint8Array, index, size, path, root };
        expect(verifyInclusion(proof)).toBe(true);
        expect(verifyInclusion({ ...proof, leaf: leafHash(utf8('other')) })).toBe(false);
        expect(verifyInclusion({ ...proof, path: [...path, root] })).toBe(false);
        expect(verifyInclusion({ ...proof, index: size })).toBe(false);
        if (size > 1) {
          expect(verifyInclusion({ ...proof, index: (index + 1) % size })).toBe(false);
          expect(verifyInclusion({ ...proof, path: path.slice(1) })).toBe(false);
          expect(
            verifyInclusion({ ...proof, path: path.toReversed().map((h) => h.map((b) => b ^ 1)) }),
          ).toBe(false);
        }
      }
    }
  });
});

describe('commitments', () => {
  const salt = new Uint8Array(32).fill(7);
  it('hashes tag, salt and record, as the shell does', () => {
    const record = utf8('{"id":"C-1"}');
    const c = commitment(salt, record);
    const reference = createHash('sha256').update('canary-commit/v1\0').update(salt).update(record);
    expect(toHex(c)).toBe(reference.digest('hex'));
    const leaf = createHash('sha256').update(concat(Uint8Array.of(0), utf8('canary-leaf/v1\0'), c));
    expect(toHex(commitmentLeaf(c))).toBe(leaf.digest('hex'));
  });
  it('reads only its own form of commitments.txt', () => {
    const all = [1, 2, 3].map((i) => commitment(salt, utf8(`${i}`)));
    const text = commitmentsText(all);
    expect(parseCommitments(text).map(toHex)).toEqual(all.map(toHex));
    expect(() => parseCommitments(text.slice(0, -1))).toThrow('line end');
    expect(() => parseCommitments(concat(text, text))).toThrow('twice');
    expect(() => parseCommitments(utf8(fromUtf8(text).toUpperCase()))).toThrow('hex');
  });
  it('refuses a salt of another length', () => {
    expect(() => commitment(new Uint8Array(31), salt)).toThrow('32 bytes');
  });
});

describe('draw', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const context = { root: fromHex(ROOT_3), beacon: new Uint8Array(32).fill(0x11) };
  const canary = { id: 'C-0001', key };

  it('gives the vectors of METHOD section 8', () => {
    expect(drawNumber(context, canary, 1024)).toBe(8983104471405043707n);
    expect(drawIndex(context, canary, 1024)).toBe(1019);
    expect(drawIndex(context, canary, 1000)).toBe(707);
    expect(drawIndex(context, canary, 65536)).toBe(8187);
    expect(toHex(keyCommitment('C-0001', key))).toBe(
      '8e033c1bfac257bb3f51b9f14ddd9dce569d101e26e5d7d465613b30a13ed1bb',
    );
  });
  it('reads no beacon as 32 zero bytes', () => {
    expect(drawIndex({ ...context, beacon: null }, canary, 65536)).toBe(
      drawIndex({ ...context, beacon: new Uint8Array(32) }, canary, 65536),
    );
  });
  it('is close to uniform and independent of the other labels', () => {
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 7_000; i++) {
      const index = drawIndex(context, { id: `C-${i}`, key }, 7);
      counts[index] = (counts[index] ?? 0) + 1;
    }
    const chi = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chi).toBeLessThan(30);
  });
  it('holds out exactly ceil(f * n), without floating-point surprises', () => {
    expect(heldOutCount(100_000, 30)).toBe(3);
    expect(heldOutCount(200_000, 7)).toBe(2);
    expect(heldOutCount(0, 7)).toBe(0);
    expect(heldOutCount(1_000_000, 7)).toBe(7);
    const drawn = Array.from({ length: 160 }, (_, i) => ({
      id: `C-${i}`,
      key: key.map((b) => b ^ i),
    }));
    const out = heldOutIds(context, drawn, 500_000);
    expect(out.size).toBe(80);
    expect(heldOutIds(context, drawn.toReversed(), 500_000)).toEqual(out);
    expect(heldOutIds({ ...context, beacon: null }, drawn, 500_000)).not.toEqual(out);
  });
  it('orders leaves by the public order key', () => {
    const all = Array.from({ length: 50 }, (_, i) => commitment(key, utf8(`${i}`)));
    const keys = askOrder(context, all).map((i) => toHex(orderKey(context, all[i] as Uint8Array)));
    expect(keys).toEqual(keys.toSorted());
    expect(new Set(keys).size).toBe(50);
  });
});
