import { z } from 'zod';
import {
  canaryIdSchema,
  canaryKindSchema,
  canaryStatusSchema,
  canaryTypeSchema,
  messageSchema,
} from '../domain/canary.ts';
import { fileText, nothing, page, sha256Hex, utc } from './common.ts';
import { command, query } from './define.ts';

export const leafUse = z.enum(['served', 'twin', 'found']);

/** A canary without any of its text. */
export const canaryItem = z.strictObject({
  id: canaryIdSchema,
  version: z.int(),
  kind: canaryKindSchema,
  type: canaryTypeSchema,
  status: canaryStatusSchema,
  /** N: length of the candidate list; 0 for found canaries. */
  n: z.int(),
  scorer: z.string(),
  cohort: z.string().nullable(),
  tags: z.array(z.string()),
  registry: z.int().nullable(),
  use: leafUse.nullable(),
  exposures: z.int(),
  createdUtc: utc,
});
export type CanaryItem = z.infer<typeof canaryItem>;

export const rowError = z.strictObject({
  line: z.int(),
  field: z.string(),
  message: z.string(),
  /** What to do about it. */
  fix: z.string(),
});
export type RowError = z.infer<typeof rowError>;

export const registryItem = z.strictObject({
  number: z.int(),
  size: z.int(),
  served: z.int().nullable(),
  twins: z.int().nullable(),
  found: z.int(),
  heldOut: z.string(),
  root: sha256Hex,
  sha256: sha256Hex,
  previousSha256: sha256Hex.nullable(),
  createdUtc: utc,
  state: z.enum(['committed', 'drawn']),
  beacon: sha256Hex.nullable(),
  /** `none` = drawn without a beacon, which every report then says. */
  beaconState: z.enum(['pending', 'given', 'none']),
  beaconSource: z.string().nullable(),
  drawnUtc: utc.nullable(),
  plantedFrom: z.string().nullable(),
});
export type RegistryItem = z.infer<typeof registryItem>;

export const libraryMethods = {
  'canary.list': query({
    summary: 'Canaries with status and counts, without text',
    input: z.strictObject({
      search: z.string().max(200).default(''),
      status: canaryStatusSchema.nullable().default(null),
      kind: canaryKindSchema.nullable().default(null),
      registry: z.int().nullable().default(null),
      ...page,
    }),
    output: z.strictObject({ total: z.int(), items: z.array(canaryItem) }),
  }),
  'canary.get': query({
    summary: 'One canary with its commitment and exposures, without text',
    input: z.strictObject({ id: canaryIdSchema }),
    output: z.strictObject({
      canary: canaryItem,
      commitment: sha256Hex.nullable(),
      leafIndex: z.int().nullable(),
      orderPosition: z.int().nullable(),
      exposures: z.array(z.strictObject({ target: z.string(), host: z.string(), at: utc })),
    }),
    errors: ['NOT_FOUND'],
  }),
  'canary.reveal': command({
    summary: 'The text of one canary; the custody log records that it was revealed',
    input: z.strictObject({ id: canaryIdSchema }),
    output: z.strictObject({
      messages: z.array(messageSchema),
      /** The first 50 candidates; `n` tells how many there are. */
      responses: z.array(z.string()),
      n: z.int(),
      expected: z.array(z.string()),
      /** The drawn response; null before the draw and for found canaries. */
      drawn: z.string().nullable(),
      note: z.string(),
    }),
    sensitive: ['messages', 'responses', 'expected', 'drawn', 'note'],
    errors: ['NOT_FOUND'],
  }),
  'canary.import': command({
    summary: 'Read canaries from JSON lines or CSV, with an error for each bad row',
    input: z.strictObject({
      format: z.enum(['jsonl', 'csv']),
      text: fileText,
      /** `reject-all`: one bad row and nothing is imported. `skip-bad`: the good rows are imported. */
      onError: z.enum(['reject-all', 'skip-bad']).default('reject-all'),
      dryRun: z.boolean().default(false),
    }),
    output: z.strictObject({
      imported: z.int(),
      ids: z.array(canaryIdSchema),
      errors: z.array(rowError),
      warnings: z.array(rowError),
    }),
    sensitive: ['text'],
    errors: ['IMPORT_REJECTED'],
  }),
  'canary.export': command({
    summary: 'Canaries as JSON lines, text included; the custody log records it',
    input: z.strictObject({ ids: z.array(canaryIdSchema).nullable().default(null) }),
    output: z.strictObject({ text: z.string(), count: z.int() }),
    sensitive: ['text'],
  }),
  'canary.retire': command({
    summary: 'Retire canaries: they are kept, and never asked again',
    input: z.strictObject({ ids: z.array(canaryIdSchema).min(1).max(10_000) }),
    output: z.strictObject({ changed: z.int() }),
    errors: ['NOT_FOUND'],
  }),
  'canary.restore': command({
    summary: 'Undo canary.retire',
    input: z.strictObject({ ids: z.array(canaryIdSchema).min(1).max(10_000) }),
    output: z.strictObject({ changed: z.int() }),
    errors: ['NOT_FOUND'],
  }),
  'registry.list': query({
    summary: 'The registrations, in number order',
    input: nothing,
    output: z.strictObject({ registries: z.array(registryItem) }),
  }),
  'registry.commit': command({
    summary: 'Commit canaries: records, salts, keys, Merkle root, signed registration',
    input: z.strictObject({
      /** null = every draft. */
      ids: z.array(canaryIdSchema).min(1).nullable().default(null),
      /** Fraction of the drawn canaries that is held out as twins, never served. */
      heldOut: z.number().min(0).max(0.9).default(0.2),
    }),
    output: registryItem,
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
  'registry.draw': command({
    summary: 'Draw responses, twins and order, from a beacon value or marked "no beacon"',
    input: z.strictObject({
      number: z.int().min(1),
      /** 32 bytes of public randomness published after the commitment; null = no beacon. */
      beacon: sha256Hex.nullable(),
      /** Where the value comes from, such as "drand quicknet round 1234". */
      source: z.string().max(200).default(''),
    }),
    output: registryItem,
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
  'registry.kit': command({
    summary: 'Planting kit: prompt and drawn response of each served canary, as JSON lines',
    input: z.strictObject({
      number: z.int().min(1),
      /** Marks the served canaries as planted from this day. */
      plantedFrom: z.iso.date('use a day that exists, as YYYY-MM-DD').nullable().default(null),
    }),
    output: z.strictObject({ text: z.string(), count: z.int() }),
    sensitive: ['text'],
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
} as const;
