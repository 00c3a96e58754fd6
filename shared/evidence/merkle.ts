import { concat, equalBytes, sha256 } from './bytes.ts';
import { assertEvidence } from './errors.ts';

/** RFC 6962 leaf hash: SHA-256(0x00 || data). */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(concat(Uint8Array.of(0), data));
}

/** RFC 6962 inner node: SHA-256(0x01 || left || right). */
function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/** Largest power of two smaller than n (n > 1). */
function splitAt(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** MTH over leaf hashes (not leaf data); of no leaf, the hash of the empty string. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  return subtreeRoot(leaves, 0, leaves.length);
}

function subtreeRoot(leaves: readonly Uint8Array[], start: number, end: number): Uint8Array {
  const first = leaves[start];
  assertEvidence(first !== undefined, 'a leaf is missing');
  if (end - start === 1) return first;
  const middle = start + splitAt(end - start);
  return nodeHash(subtreeRoot(leaves, start, middle), subtreeRoot(leaves, middle, end));
}

/** RFC 6962 audit path of leaf `index`, from the leaf's sibling up to the root's child. */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  assertEvidence(
    Number.isInteger(index) && index >= 0 && index < leaves.length,
    'no leaf at this index',
  );
  const path: Uint8Array[] = [];
  let start = 0;
  let end = leaves.length;
  while (end - start > 1) {
    const middle = start + splitAt(end - start);
    if (index < middle) {
      path.push(subtreeRoot(leaves, middle, end));
      end = middle;
    } else {
      path.push(subtreeRoot(leaves, start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** Inclusion paths of all leaves at once; the same as `inclusionPath` for each, in O(n log n). */
export function allInclusionPaths(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const paths: Uint8Array[][] = leaves.map(() => []);
  const walk = (start: number, end: number): Uint8Array => {
    if (end - start === 1) return leaves[start] as Uint8Array;
    const middle = start + splitAt(end - start);
    const left = walk(start, middle);
    const right = walk(middle, end);
    for (let i = start; i < middle; i++) paths[i]?.push(right);
    for (let i = middle; i < end; i++) paths[i]?.push(left);
    return nodeHash(left, right);
  };
  if (leaves.length > 0) walk(0, leaves.length);
  return paths;
}

export interface InclusionProof {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** RFC 9162 2.1.3.2. False for a wrong index, a path too short or too long, or any wrong hash. */
export function verifyInclusion(proof: InclusionProof): boolean {
  const { index, size } = proof;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) {
    return false;
  }
  let node = index;
  let last = size - 1;
  let hash = proof.leaf;
  for (const sibling of proof.path) {
    if (sibling.length !== 32 || last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(hash, proof.root);
}

const isPowerOfTwo = (size: number): boolean => {
  let power = 1;
  while (power < size) power *= 2;
  return power === size;
};

/**
 * RFC 9162 2.1.4.1: the hashes that show that the tree over the first `first` leaves is the beginning of the tree over all
 * of them: nothing was changed or removed since. `first` from 1 to the number of leaves.
 */
export function consistencyProof(leaves: readonly Uint8Array[], first: number): Uint8Array[] {
  assertEvidence(
    Number.isInteger(first) && first >= 1 && first <= leaves.length,
    'no tree of this size',
  );
  const proof: Uint8Array[] = [];
  let start = 0;
  let end = leaves.length;
  let known = true;
  let m = first;
  while (m !== end - start) {
    const k = splitAt(end - start);
    if (m <= k) {
      proof.push(subtreeRoot(leaves, start + k, end));
      end = start + k;
    } else {
      proof.push(subtreeRoot(leaves, start, start + k));
      start += k;
      m -= k;
      known = false;
    }
  }
  if (!known) proof.push(subtreeRoot(leaves, start, end));
  return proof.reverse();
}

export interface ConsistencyProof {
  readonly first: number;
  readonly second: number;
  readonly firstRoot: Uint8Array;
  readonly secondRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162 2.1.4.2. False for wrong sizes, a proof too short or too long, or any wrong hash; never throws. */
export function verifyConsistency(given: ConsistencyProof): boolean {
  const { first, second, firstRoot, secondRoot, proof } = given;
  const sizes = Number.isSafeInteger(first) && Number.isSafeInteger(second);
  if (!sizes || first < 1 || first > second) return false;
  if (proof.some((hash) => hash.length !== 32)) return false;
  if (first === second) return proof.length === 0 && equalBytes(firstRoot, secondRoot);
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : [...proof];
  const seed = path.shift();
  if (seed === undefined) return false;
  let node = first - 1;
  let last = second - 1;
  const up = (): void => {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  };
  while (node % 2 === 1) up();
  let old = seed;
  let fresh = seed;
  for (const hash of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(hash, old);
      fresh = nodeHash(hash, fresh);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      fresh = nodeHash(fresh, hash);
    }
    up();
  }
  return last === 0 && equalBytes(old, firstRoot) && equalBytes(fresh, secondRoot);
}
