import { z } from 'zod';
import { canaryIdSchema } from '../domain/canary.ts';
import { firstStamp, nothing, sha256Hex, utc, uuid } from './common.ts';
import { command, query } from './define.ts';
import { profileSchema, reportOptions } from './evidence.ts';

export const bundleItem = z.strictObject({
  bundleId: uuid,
  auditId: uuid,
  path: z.string(),
  profile: profileSchema,
  reportId: uuid.nullable(),
  files: z.int(),
  manifestSha256: sha256Hex,
  createdUtc: utc,
  /** The first stamp over the signed statement. */
  stamp: firstStamp,
});
export type BundleItem = z.infer<typeof bundleItem>;

export const verification = z.strictObject({
  ok: z.boolean(),
  path: z.string(),
  /** Fingerprint of the key that signed; to be compared with one received by another way. */
  keyid: z.string().nullable(),
  /** Whether the key was given from outside; if not, only consistency is shown. */
  keyGiven: z.boolean(),
  /** The profile the bag says it has; null when that cannot be read. */
  profile: profileSchema.nullable(),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      /** `withheld`: the profile does not disclose what the check needs; it is no pass. */
      status: z.enum(['passed', 'failed', 'withheld', 'unproven']),
      detail: z.string(),
      /** What a pass does not prove. */
      limit: z.string(),
    }),
  ),
});
export type Verification = z.infer<typeof verification>;

export const bundleMethods = {
  'bundle.export': command({
    summary: 'Write the signed bundle: statement, transcripts, proofs, report',
    input: z.strictObject({
      ...reportOptions,
      /** A folder that does not exist yet; null = below the workspace. Browser mode takes null only. */
      out: z.string().max(4_000).nullable().default(null),
      /** Whether report.pdf is put in. */
      pdf: z.boolean().default(true),
    }),
    output: bundleItem.extend({ warnings: z.array(z.string()) }),
    sensitive: ['notes'],
    errors: ['NOT_FOUND', 'CONFLICT', 'INTEGRITY', 'NOT_AVAILABLE_HERE', 'BAD_INPUT'],
  }),
  'bundle.disclose': command({
    summary:
      'Write what opens the commitments of chosen canaries, to hand over beside a public bundle',
    input: z.strictObject({
      auditId: uuid,
      /** Canaries that this audit has opened. */
      canaries: z.array(canaryIdSchema).min(1).max(10_000),
      /** A folder that does not exist yet; null = below the workspace. Browser mode takes null only. */
      out: z.string().max(4_000).nullable().default(null),
    }),
    output: z.strictObject({
      path: z.string(),
      canaries: z.int(),
      exchanges: z.int(),
      files: z.int(),
    }),
    errors: ['NOT_FOUND', 'CONFLICT', 'NOT_AVAILABLE_HERE'],
  }),
  'bundle.preview': query({
    summary: 'What a bundle of this audit would disclose in a profile, before it is written',
    input: z.strictObject({ auditId: uuid, profile: profileSchema }),
    output: z.strictObject({
      profile: profileSchema,
      items: z.array(
        z.strictObject({
          what: z.string(),
          disclosed: z.enum(['yes', 'no', 'part']),
          count: z.int(),
          detail: z.string(),
        }),
      ),
      /** Checks that a reader cannot make from such a bundle. */
      notCheckable: z.array(z.string()),
    }),
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'bundle.page': query({
    summary: 'The offline verification page, to hand it over by another way than the bundle',
    input: nothing,
    output: z.strictObject({ html: z.string(), sha256: sha256Hex }),
    errors: ['NOT_FOUND'],
  }),
  'bundle.open': query({
    summary: 'Open a bundle of anybody read-only: verify it and draw its report anew',
    input: z.strictObject({
      path: z.string().min(1).max(4_000),
      publicKeyPem: z.string().max(10_000).nullable().default(null),
      /** As for `bundle.verify`. */
      tsaRootsPem: z.string().max(100_000).nullable().default(null),
    }),
    output: z.strictObject({
      verification,
      /** Drawn from the data of the bundle, never its own page; null when it does not verify. */
      report: z
        .strictObject({
          reportId: z.string(),
          createdUtc: z.string(),
          lab: z.string(),
          analyst: z.string(),
          caseTitle: z.string(),
          html: z.string(),
        })
        .nullable(),
    }),
    sensitive: ['report'],
    errors: ['NOT_FOUND', 'INTEGRITY'],
    hosts: ['cli', 'desktop'],
  }),
  'bundle.rescore': query({
    summary: 'Score the stored responses of a bundle again with this program and show differences',
    input: z.strictObject({ path: z.string().min(1).max(4_000) }),
    output: z.strictObject({
      attempts: z.int(),
      differences: z.array(
        z.strictObject({ attempt: z.string(), target: z.string(), what: z.string() }),
      ),
      suspects: z.array(
        z.strictObject({
          target: z.string(),
          before: z.strictObject({
            hits: z.int(),
            asked: z.int(),
            logE: z.number(),
            label: z.string(),
          }),
          now: z.strictObject({
            hits: z.int(),
            asked: z.int(),
            logE: z.number(),
            label: z.string(),
          }),
        }),
      ),
    }),
    errors: ['NOT_FOUND', 'INTEGRITY'],
    hosts: ['cli', 'desktop'],
  }),
  'bundle.list': query({
    summary: 'Bundles exported from this workspace',
    input: nothing,
    output: z.strictObject({ bundles: z.array(bundleItem) }),
  }),
  'bundle.check': query({
    summary: 'Verify a bundle that was exported from this workspace',
    input: z.strictObject({ bundleId: uuid }),
    output: verification,
    errors: ['NOT_FOUND'],
  }),
  'bundle.verify': query({
    summary:
      'Verify any bundle folder: hashes, signatures, proofs, and E recomputed from transcripts',
    input: z.strictObject({
      path: z.string().min(1).max(4_000),
      publicKeyPem: z.string().max(10_000).nullable().default(null),
      /** PEM of authorities’ roots that you trust: the report must then carry a stamp under one of them. */
      tsaRootsPem: z.string().max(100_000).nullable().default(null),
      /** Folder of a disclosure (`bundle.disclose`) to be checked against the bundle. */
      disclosure: z.string().min(1).max(4_000).nullable().default(null),
    }),
    output: verification,
    errors: ['NOT_FOUND', 'INTEGRITY'],
    hosts: ['cli', 'desktop'],
  }),
} as const;
