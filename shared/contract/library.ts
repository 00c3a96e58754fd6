import { z } from 'zod';
import {
  canaryIdSchema,
  canaryKindSchema,
  canaryStatusSchema,
  canaryTypeSchema,
  MAX_CANDIDATES,
  messageSchema,
} from '../domain/canary.ts';
import { adjudicationMethods } from './adjudication.ts';
import { announcedRound, announcement, beaconMethods, givenRound } from './beacon.ts';
import { fileText, firstStamp, nothing, page, sha256Hex, utc } from './common.ts';
import { command, query } from './define.ts';
import { ledgerMethods } from './ledger.ts';
import { rowError } from './row-error.ts';

export const leafUse = z.enum(['served', 'twin', 'found']);

export const canaryFormat = z.enum(['jsonl', 'csv', 'yaml', 'promptfoo']);
export type CanaryFormat = z.infer<typeof canaryFormat>;

/** One finding of canary.check. The codes are stable; messages quote nothing of a canary. */
export const canaryFinding = z.strictObject({
  id: canaryIdSchema,
  code: z.enum([
    'guess.in-prompt',
    'guess.hint',
    'guess.outlier',
    'guess.control-answers',
    'guess.short',
    'list.small',
    'list.inside',
    'list.look-alike',
    'duplicate.exact',
    'duplicate.near',
  ]),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  fix: z.string(),
  /** The other canary of a pair. */
  other: canaryIdSchema.nullable(),
});
export type CanaryFinding = z.infer<typeof canaryFinding>;

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

export { type RowError, rowError } from './row-error.ts';

/** What it would cost the laboratory to choose its draws (METHOD 4.5), for this registry. */
const grinding = z.strictObject({
  canaries: z.int(),
  rows: z.array(z.strictObject({ hits: z.int(), chance: z.number(), tries: z.number() })),
  sentence: z.string(),
});

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
  /**
   * `verified`: the value is the hash of a published round whose signature was checked. `unverified`: a value that was typed
   * in. `none`: drawn without a beacon. Every report says which.
   */
  beaconState: z.enum(['pending', 'verified', 'unverified', 'none']),
  /** The round that the registration announced; null when none was. */
  announced: announcedRound.nullable(),
  /** The published round that the draw used. */
  round: announcedRound.nullable(),
  /** Null where the announced round takes the choice away. */
  grinding: grinding.nullable(),
  beaconSource: z.string().nullable(),
  drawnUtc: utc.nullable(),
  plantedFrom: z.string().nullable(),
  /** The first stamp over the signed registration. */
  stamp: firstStamp,
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
    summary:
      'Read canaries from JSON lines, CSV, YAML or promptfoo tests, with an error for each bad row',
    input: z.strictObject({
      format: canaryFormat,
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
    summary: 'Canaries as a file that import reads back, text included; the custody log records it',
    input: z.strictObject({
      ids: z.array(canaryIdSchema).nullable().default(null),
      format: canaryFormat.exclude(['csv']).default('jsonl'),
    }),
    output: z.strictObject({ text: z.string(), count: z.int() }),
    sensitive: ['text'],
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
  'canary.templates': query({
    summary: 'Starter templates: families of harmless, made-up questions to draw responses for',
    input: nothing,
    output: z.strictObject({
      templates: z.array(
        z.strictObject({
          name: z.string(),
          family: z.string(),
          description: z.string(),
          /** Most different questions it gives, and most candidates. */
          prompts: z.int(),
          candidates: z.int(),
        }),
      ),
    }),
  }),
  'canary.generate': command({
    summary: 'Write drafts from a template, with random subjects and candidate lists',
    input: z.strictObject({
      template: z.string().max(64),
      count: z.int().min(1).max(10_000),
      /** N: length of each candidate list. */
      n: z.int().min(2).max(MAX_CANDIDATES).default(1_024),
      /** Ids are PREFIX-0001 and on; null = the name of the template. */
      prefix: canaryIdSchema.max(48).nullable().default(null),
      /** The canaries go to these cohorts in turn. */
      cohorts: z.array(z.string().min(1).max(64)).max(64).default([]),
      tags: z.array(z.string().min(1).max(64)).max(16).default([]),
    }),
    output: z.strictObject({ ids: z.array(canaryIdSchema), bits: z.number() }),
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'canary.check': query({
    summary: 'Find canaries that may be guessed or that stand twice, with a code for each finding',
    input: z.strictObject({
      /** null = every draft. */
      ids: z.array(canaryIdSchema).min(1).max(100_000).nullable().default(null),
    }),
    output: z.strictObject({
      checked: z.int(),
      /** Answers of controls that were compared with the candidates. */
      controlAnswers: z.int(),
      findings: z.array(canaryFinding),
    }),
    errors: ['NOT_FOUND'],
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
      /** The future round that the draw must use; it stands in the signed protocol. null = none is announced. */
      announce: announcement.nullable().default(null),
    }),
    output: registryItem,
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
  'registry.draw': command({
    summary: 'Draw responses, twins and order, from a beacon value or marked "no beacon"',
    input: z.strictObject({
      number: z.int().min(1),
      /** A drand round that was published after the commitment; its signature is checked. */
      round: givenRound.nullable().default(null),
      /** 32 bytes that nobody can check, in place of a round: an unverified beacon. Both null = no beacon. */
      beacon: sha256Hex.nullable().default(null),
      /** Where a typed-in value comes from. */
      source: z.string().max(200).default(''),
    }),
    output: registryItem,
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
  'registry.kit': command({
    summary: 'Planting kit: what to answer, to whom and from when, for each served canary',
    input: z.strictObject({
      number: z.int().min(1),
      format: z.enum(['jsonl', 'csv']).default('jsonl'),
      /** Only the canaries of this cohort; null = all. */
      cohort: z.string().min(1).max(64).nullable().default(null),
      /** Marks the canaries in the kit as planted from this day. */
      plantedFrom: z.iso.date('use a day that exists, as YYYY-MM-DD').nullable().default(null),
    }),
    output: z.strictObject({
      text: z.string(),
      count: z.int(),
      cohorts: z.array(z.strictObject({ cohort: z.string().nullable(), count: z.int() })),
    }),
    sensitive: ['text'],
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
  ...beaconMethods,
  ...ledgerMethods,
  ...adjudicationMethods,
} as const;
