import { z } from 'zod';
import { canaryIdSchema } from '../domain/canary.ts';
import { fileText, nothing, sha256Hex, utc } from './common.ts';
import { command, query } from './define.ts';
import { rowError } from './row-error.ts';

/** How often the known positive repeated what it was trained on: METHOD 2.4's positive-control recall. */
const recall = z.strictObject({ asked: z.int(), hits: z.int() });

const reach = z.strictObject({
  /** Share of what a cohort was served that a suspect kept, as a supposition. */
  kept: z.number(),
  /** Expected number of different canaries of which at least one copy was kept: sum of 1 - (1 - kept)^served. */
  canaries: z.number(),
});

const servings = {
  /** Times served, over all imported ledgers. */
  served: z.int(),
  first: z.string().nullable(),
  last: z.string().nullable(),
};

export const ledgerMethods = {
  'ledger.import': command({
    summary:
      'Read a serving ledger: which cohort was served which canary how often, first and last',
    input: z.strictObject({
      format: z.enum(['jsonl', 'csv']),
      text: fileText,
      onError: z.enum(['reject-all', 'skip-bad']).default('reject-all'),
      dryRun: z.boolean().default(false),
    }),
    output: z.strictObject({
      imported: z.int(),
      servings: z.int(),
      errors: z.array(rowError),
      warnings: z.array(rowError),
    }),
    errors: ['IMPORT_REJECTED', 'CONFLICT'],
  }),
  'ledger.list': query({
    summary: 'The imported serving ledgers',
    input: nothing,
    output: z.strictObject({
      imports: z.array(
        z.strictObject({
          id: z.int(),
          sha256: sha256Hex,
          entries: z.int(),
          servings: z.int(),
          createdUtc: utc,
        }),
      ),
    }),
  }),
  'registry.exposure': query({
    summary:
      'How much of a registry was served to whom, and how many canaries that can have reached',
    input: z.strictObject({ number: z.int().min(1) }),
    output: z.strictObject({
      number: z.int(),
      canaries: z.array(
        z.strictObject({
          id: canaryIdSchema,
          use: z.enum(['served', 'twin']),
          cohort: z.string().nullable(),
          ...servings,
          cohorts: z.array(z.strictObject({ cohort: z.string(), ...servings })),
        }),
      ),
      cohorts: z.array(
        z.strictObject({
          cohort: z.string(),
          canaries: z.int(),
          ...servings,
          reach: z.array(reach),
        }),
      ),
      reach: z.array(reach),
      recall: recall.nullable(),
      /** Served canaries that no ledger names. */
      unserved: z.int(),
      /** What the ledger contradicts: a twin that was served, a cohort that got another's canary. */
      problems: z.array(z.string()),
    }),
    errors: ['CONFLICT', 'NOT_FOUND'],
  }),
} as const;
