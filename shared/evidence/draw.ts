import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js';
import { compareBytes, lp, sha256, uint32be } from './bytes.ts';
import { assertEvidence } from './errors.ts';

const TWO_64 = 2n ** 64n;
const PPM = 1_000_000;

/** What a registry's draws depend on: M1 (32 bytes) and B (32 bytes, or null without a beacon). */
export interface DrawContext {
  readonly root: Uint8Array;
  readonly beacon: Uint8Array | null;
}

/** One canary's secret side. */
export interface DrawKey {
  readonly id: string;
  readonly key: Uint8Array;
}

function beaconBytes(context: DrawContext): Uint8Array {
  const beacon = context.beacon ?? new Uint8Array(32);
  assertEvidence(
    beacon.length === 32 && context.root.length === 32,
    'root and beacon have 32 bytes each',
  );
  return beacon;
}

function keyed(label: string, context: DrawContext, canary: DrawKey, counter: number): Uint8Array {
  const message = lp(label, context.root, canary.id, beaconBytes(context), uint32be(counter));
  return hmac(sha256Hash, canary.key, message);
}

function firstUint64(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = 0; i < 8; i++) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

/** The first accepted u of METHOD 4.5 for a list of n: first 8 bytes of the HMAC, rejected at or above 2^64 - 2^64 mod n. */
export function drawNumber(context: DrawContext, canary: DrawKey, n: number): bigint {
  assertEvidence(Number.isSafeInteger(n) && n >= 1, 'a draw needs at least one candidate');
  const limit = TWO_64 - (TWO_64 % BigInt(n));
  for (let counter = 0; ; counter++) {
    const u = firstUint64(keyed('canary-draw-v1', context, canary, counter));
    if (u < limit) return u;
  }
}

/** Index of the drawn response in the candidate list (METHOD 4.5): u mod n, exactly uniform on 0..n-1. */
export function drawIndex(context: DrawContext, canary: DrawKey, n: number): number {
  return Number(drawNumber(context, canary, n) % BigInt(n));
}

/** Sort key of the served/held-out split: HMAC under "canary-serve-v1". */
export function serveKey(context: DrawContext, canary: DrawKey): Uint8Array {
  return keyed('canary-serve-v1', context, canary, 0);
}

/** ceil(f * n) in whole parts per million, so that 0.1 * 30 is 3 and not 4. */
export function heldOutCount(heldOutPpm: number, n: number): number {
  assertEvidence(
    Number.isInteger(heldOutPpm) && heldOutPpm >= 0 && heldOutPpm <= PPM,
    'a held-out fraction is 0 to 1',
  );
  return Math.ceil((heldOutPpm * n) / PPM);
}

/** Order of the split: by serve key, ties by id in code-unit order. */
export function compareServe(
  a: { readonly id: string; readonly serve: Uint8Array },
  b: { readonly id: string; readonly serve: Uint8Array },
): number {
  return compareBytes(a.serve, b.serve) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Ids of the drawn canaries that are held out (twins): the first ceil(f * n) in serve order, n = all drawn canaries. */
export function heldOutIds(
  context: DrawContext,
  drawn: readonly DrawKey[],
  heldOutPpm: number,
): Set<string> {
  const order = drawn
    .map((canary) => ({ id: canary.id, serve: serveKey(context, canary) }))
    .sort(compareServe);
  return new Set(order.slice(0, heldOutCount(heldOutPpm, drawn.length)).map((canary) => canary.id));
}

/** Query order key: SHA-256(lp("canary-order-v1", M1, c_i, B)); public, so outsiders can check the order. */
export function orderKey(context: DrawContext, c: Uint8Array): Uint8Array {
  return sha256(lp('canary-order-v1', context.root, c, beaconBytes(context)));
}

/** All leaf indices of a registry in the order in which they are to be asked: ascending order key. */
export function askOrder(context: DrawContext, commitments: readonly Uint8Array[]): number[] {
  return commitments
    .map((c, index) => ({ index, key: orderKey(context, c) }))
    .sort((a, b) => compareBytes(a.key, b.key) || a.index - b.index)
    .map((entry) => entry.index);
}
