import { bls12_381 } from '@noble/curves/bls12-381.js';
import { z } from 'zod';
import { concat, fromHex, sha256, toHex } from './bytes.ts';
import { DRAND_CHAINS, type DrandChain } from './drand-chains.ts';
import { assertEvidence, EvidenceError } from './errors.ts';

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
const MAX_ROUND = 2 ** 40;

/** A published round: what anybody needs to check it against the chain's pinned public key. */
export const beaconRoundSchema = z.strictObject({
  /** Chain hash. */
  chain: hex(32),
  round: z.int().min(1).max(MAX_ROUND),
  signature: z.union([hex(48), hex(96)]),
  /** Chained schemes only; for round 1 the hash of the group. */
  previous_signature: z.union([hex(32), hex(96)]).nullable(),
});

export interface BeaconRound {
  readonly chain: string;
  readonly round: number;
  readonly signature: string;
  readonly previousSignature: string | null;
}

/** A round as a line of a file, and back. */
export function beaconRoundRow(round: BeaconRound): z.infer<typeof beaconRoundSchema> {
  const { chain, signature, previousSignature } = round;
  return { chain, round: round.round, signature, previous_signature: previousSignature };
}
export function beaconRoundOf(row: z.infer<typeof beaconRoundSchema>): BeaconRound {
  const { chain, round, signature } = row;
  return { chain, round, signature, previousSignature: row.previous_signature };
}

/** A chain by name or hash; null when it is not pinned. */
export function findChain(nameOrHash: string): DrandChain | null {
  return DRAND_CHAINS.find(({ name, hash }) => name === nameOrHash || hash === nameOrHash) ?? null;
}

/** When a round is published, in milliseconds since 1970: genesis + (round - 1) * period. */
export function roundTimeMs(chain: DrandChain, round: number): number {
  return 1000 * (chain.genesisTime + (round - 1) * chain.periodSeconds);
}

/** The first round that is published strictly after a time. */
export function firstRoundAfter(chain: DrandChain, timeMs: number): number {
  const elapsedMs = timeMs - 1000 * chain.genesisTime;
  return Math.max(1, Math.floor(elapsedMs / (1000 * chain.periodSeconds)) + 2);
}

function uint64be(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

const DST_G1 = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const DST_G2 = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';

function signatureHolds(chain: DrandChain, round: BeaconRound): boolean {
  const signature = fromHex(round.signature);
  const key = fromHex(chain.publicKey);
  const number = uint64be(round.round);
  if (chain.scheme === 'bls-unchained-g1-rfc9380') {
    const { hash, verify } = bls12_381.shortSignatures;
    return verify(signature, hash(sha256(number), DST_G1), key);
  }
  const { hash, verify } = bls12_381.longSignatures;
  const message = sha256(concat(fromHex(round.previousSignature ?? ''), number));
  return verify(signature, hash(message, DST_G2), key);
}

/**
 * Checks a round against the pinned public key of its chain and returns its randomness B = SHA-256(signature), hex.
 * BLS12-381 as drand signs: the message is SHA-256 of the round (8 bytes, big-endian), with the previous signature before
 * it in a chained scheme. Throws EvidenceError: unknown chain, wrong length, wrong signature.
 */
export function verifyBeaconRound(round: BeaconRound): string {
  const chain = findChain(round.chain);
  if (chain === null || chain.hash !== round.chain)
    throw new EvidenceError('the beacon chain is not one whose public key is pinned');
  const isChained = chain.scheme === 'pedersen-bls-chained';
  assertEvidence(
    round.signature.length === (isChained ? 192 : 96),
    `a signature of ${chain.name} has ${isChained ? 96 : 48} bytes`,
  );
  assertEvidence(
    isChained === (round.previousSignature !== null),
    isChained
      ? `a round of ${chain.name} needs the signature of the round before it`
      : `a round of ${chain.name} names no signature before it`,
  );
  let holds = false;
  try {
    holds = signatureHolds(chain, round);
  } catch {
    // Bytes that are no point of the curve are no signature.
  }
  assertEvidence(
    holds,
    `the signature of ${chain.name} round ${round.round} does not verify with the chain's public key`,
  );
  return toHex(sha256(fromHex(round.signature)));
}

const drandAnswerSchema = z.object({
  round: z.int().min(1).max(MAX_ROUND),
  randomness: hex(32).optional(),
  signature: z.string().max(400),
  previous_signature: z.string().max(400).optional(),
});

/** Largest answer of a relay that is read, in characters. */
const MAX_ANSWER_CHARACTERS = 4_000;

/**
 * Reads what a drand relay or a saved file says of a round ({round, randomness, signature, previous_signature}) and checks
 * it. Fields beside these are ignored. Throws EvidenceError; its words quote nothing of the text.
 */
export function readDrandAnswer(
  chain: DrandChain,
  text: string,
): { readonly round: BeaconRound; readonly randomness: string } {
  assertEvidence(text.length <= MAX_ANSWER_CHARACTERS, 'the answer is far too long for a round');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new EvidenceError('the answer is not JSON');
  }
  const parsed = drandAnswerSchema.safeParse(value);
  assertEvidence(parsed.success, 'the answer does not hold a round and its signature in hex');
  const { data } = parsed;
  const round = beaconRoundSchema.safeParse({
    chain: chain.hash,
    round: data.round,
    signature: data.signature,
    previous_signature:
      chain.scheme === 'pedersen-bls-chained' ? (data.previous_signature ?? null) : null,
  });
  assertEvidence(round.success, 'the signature in the answer is not hex of the right length');
  const read = beaconRoundOf(round.data);
  const randomness = verifyBeaconRound(read);
  assertEvidence(
    data.randomness === undefined || data.randomness === randomness,
    'the randomness in the answer is not the hash of its signature',
  );
  return { round: read, randomness };
}
