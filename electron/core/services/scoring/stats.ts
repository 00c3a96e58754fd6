import { z } from 'zod';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { fromHex, toHex } from '#shared/evidence/bytes.ts';
import { drawNumber } from '#shared/evidence/draw.ts';
import { leafHash, merkleRoot } from '#shared/evidence/merkle.ts';
import {
  type CaseKind,
  caseError,
  caseKind,
  checkFinite,
  listLength,
} from '#shared/statistics/cases/define.ts';
import { STATISTIC_KINDS } from '#shared/statistics/cases/index.ts';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/, 'use 64 lower-case hexadecimal digits');

const COMMITMENT_KINDS: Readonly<Record<string, CaseKind>> = {
  merkle_root: caseKind({
    about:
      '{leaves: [text, ...], encoding} → RFC 6962 root in hex; encoding is utf8 (default) or hex',
    example: { leaves: ['canary-0', 'canary-1', 'canary-2'] },
    input: z.strictObject({
      leaves: z.array(z.string().max(1_000_000)).max(100_000),
      encoding: z.enum(['utf8', 'hex']).default('utf8'),
    }),
    run: ({ leaves, encoding }) => {
      const bytes = (leaf: string) =>
        encoding === 'hex' ? fromHex(leaf) : new TextEncoder().encode(leaf);
      return toHex(merkleRoot(leaves.map((leaf) => leafHash(bytes(leaf)))));
    },
  }),
  draw: caseKind({
    about:
      '{key, root, beacon, id, N} → {u, index}: the draw of METHOD 4.5; 32 bytes each in hex, beacon may be null',
    example: {
      key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
      root: 'd1ac57e31ecf62d9aaf9139f9022c31bfea449aa6685f42f2de05c51160dfcda',
      beacon: '1111111111111111111111111111111111111111111111111111111111111111',
      id: 'C-0001',
      N: 1024,
    },
    input: z.strictObject({
      key: hex32,
      root: hex32,
      beacon: hex32.nullable().default(null),
      id: z.string().min(1).max(1_000),
      N: listLength,
    }),
    run: ({ key, root, beacon, id, N }) => {
      const context = { root: fromHex(root), beacon: beacon === null ? null : fromHex(beacon) };
      const u = drawNumber(context, { id, key: fromHex(key) }, N);
      // Larger than a double holds exactly, hence a string.
      return { u: String(u), index: Number(u % BigInt(N)) };
    },
  }),
};

/** Every kind of `stats run`. */
export const KINDS: Readonly<Record<string, CaseKind>> = {
  ...STATISTIC_KINDS,
  ...COMMITMENT_KINDS,
};

const caseSchema = z.strictObject({
  id: z.union([z.string(), z.number()]),
  kind: z.string(),
  input: z.unknown(),
});

type Result = Output<'stats.run'>['results'][number];

function idOf(entry: unknown): Result['id'] {
  const parsed = z.object({ id: z.union([z.string(), z.number()]) }).safeParse(entry);
  return parsed.success ? parsed.data.id : null;
}

function runCase(entry: unknown): Result {
  const id = idOf(entry);
  try {
    const { kind, input } = caseSchema.parse(entry);
    const known = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
    if (known === undefined) return { id, error: `there is no kind "${kind}"` };
    return { id, value: checkFinite(known.run(input)) };
  } catch (error) {
    return { id, error: caseError(error) };
  }
}

/** Computes each case by itself: one that fails says why and leaves the others alone. Needs no workspace. */
export function runStats({ cases }: ParsedInput<'stats.run'>): Output<'stats.run'> {
  return { results: cases.map(runCase) };
}
