import { concat, fromHex, lp, sha256, toHex, utf8 } from './bytes.ts';
import { assertEvidence } from './errors.ts';
import { fileLines } from './file-lines.ts';
import { leafHash, merkleRoot } from './merkle.ts';

const COMMIT_TAG = utf8('canary-commit/v1\0');
const LEAF_TAG = utf8('canary-leaf/v1\0');
const LINE = /^[0-9a-f]{64}$/;

/** c = SHA-256("canary-commit/v1" || 0x00 || salt || record), EVIDENCE 2.1. The salt has 32 bytes. */
export function commitment(salt: Uint8Array, record: Uint8Array): Uint8Array {
  assertEvidence(salt.length === 32, 'a salt has 32 bytes');
  return sha256(concat(COMMIT_TAG, salt, record));
}

/** leaf = SHA-256(0x00 || "canary-leaf/v1" || 0x00 || c), EVIDENCE 2.1. */
export function commitmentLeaf(c: Uint8Array): Uint8Array {
  assertEvidence(c.length === 32, 'a commitment has 32 bytes');
  return leafHash(concat(LEAF_TAG, c));
}

/** M1: the Merkle root over all commitments in leaf order. */
export function commitmentsRoot(commitments: readonly Uint8Array[]): Uint8Array {
  return merkleRoot(commitments.map(commitmentLeaf));
}

/** keycommit = H(lp("canary-key-v1", id, K)), METHOD 4.5. */
export function keyCommitment(id: string, key: Uint8Array): Uint8Array {
  assertEvidence(key.length === 32, 'a drawing key has 32 bytes');
  return sha256(lp('canary-key-v1', id, key));
}

/** commitments.txt: one hex line per commitment, LF after each. */
export function commitmentsText(commitments: readonly Uint8Array[]): Uint8Array {
  return utf8(commitments.map((c) => `${toHex(c)}\n`).join(''));
}

/** Reads commitments.txt strictly: lower-case hex, LF after every line, no commitment twice. */
export function parseCommitments(bytes: Uint8Array): Uint8Array[] {
  const lines = fileLines(bytes, 'commitments.txt');
  assertEvidence(
    lines.every((line) => LINE.test(line)),
    'commitments.txt has a line that is not 64 hex digits',
  );
  assertEvidence(
    new Set(lines).size === lines.length,
    'commitments.txt holds the same commitment twice',
  );
  return lines.map(fromHex);
}
