import { describe, expect, it } from 'vitest';
import { fromHex, sha256, toHex, utf8 } from '#shared/evidence/bytes.ts';
import {
  consistencyProof,
  leafHash,
  merkleRoot,
  verifyConsistency,
} from '#shared/evidence/merkle.ts';
import { LEAVES, ROOTS } from './rfc6962-vectors.ts';

const leaves = LEAVES.map((data) => leafHash(fromHex(data)));
const some = (n: number): Uint8Array[] =>
  Array.from({ length: n }, (_, index) => leafHash(utf8(`line ${index}`)));

describe('consistency of two trees', () => {
  it('has the published roots, and the published proofs', () => {
    expect(leaves.map((_, index) => toHex(merkleRoot(leaves.slice(0, index + 1))))).toEqual(ROOTS);
    expect(consistencyProof(leaves, 1).map(toHex)).toEqual([
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    expect(consistencyProof(leaves, 6).map(toHex)).toEqual([
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    expect(consistencyProof(leaves.slice(0, 5), 2).map(toHex)).toEqual([
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ]);
    expect(consistencyProof(leaves, 8)).toEqual([]);
  });

  it('holds for every pair up to 40, and no forged root or proof passes', () => {
    const other = sha256(utf8('forged'));
    let checked = 0;
    for (let second = 1; second <= 40; second++) {
      const all = some(second);
      const secondRoot = merkleRoot(all);
      for (let first = 1; first <= second; first++) {
        const proof = consistencyProof(all, first);
        const firstRoot = merkleRoot(all.slice(0, first));
        const right = { first, second, firstRoot, secondRoot, proof };
        expect(verifyConsistency(right)).toBe(true);
        const wrong = [
          { ...right, firstRoot: other },
          { ...right, secondRoot: other },
          { ...right, proof: [...proof, other] },
          { ...right, second: second + 1, secondRoot: merkleRoot(some(second + 1)) },
          ...(first > 1 ? [{ ...right, first: first - 1 }] : []),
          ...(proof.length > 0
            ? [
                { ...right, proof: proof.slice(1) },
                { ...right, proof: proof.slice(0, -1) },
                { ...right, proof: [other, ...proof.slice(1)] },
                { ...right, proof: proof.map((hash) => hash.slice(1)) },
              ]
            : []),
        ];
        for (const forged of wrong) expect(verifyConsistency(forged)).toBe(false);
        checked += wrong.length + 1;
      }
    }
    expect(checked).toBeGreaterThan(6_000);
  });

  it('refuses sizes that are none', () => {
    const root = merkleRoot(some(3));
    for (const [first, second] of [
      [0, 3],
      [4, 3],
      [1.5, 3],
      [Number.NaN, 3],
      [-1, 3],
    ] as const)
      expect(
        verifyConsistency({ first, second, firstRoot: root, secondRoot: root, proof: [] }),
      ).toBe(false);
    expect(() => consistencyProof(some(3), 0)).toThrow('no tree of this size');
    expect(() => consistencyProof(some(3), 4)).toThrow('no tree of this size');
  });

  it('catches a log whose past was changed', () => {
    const before = some(20);
    const after = some(33);
    after[7] = sha256(utf8('edited'));
    expect(
      verifyConsistency({
        first: 20,
        second: 33,
        firstRoot: merkleRoot(before),
        secondRoot: merkleRoot(after),
        proof: consistencyProof(after, 20),
      }),
    ).toBe(false);
  });
});
