import { z } from 'zod';
import { canaryIdSchema } from './canary.ts';
import { parametersSchema, roleSchema, targetNameSchema } from './target.ts';

/** What the canaries of a registry are for in a plan. `after-release`: planted after the suspects were released. */
export const registryUseSchema = z.enum(['evidence', 'after-release']);

/** The plan file, version 1: the pre-registered protocol of an audit. docs/formats.md explains each field. */
export const planSchema = z.strictObject({
  trapstreet: z.literal('plan/1'),
  name: z.string().min(1, 'give the plan a name').max(200),
  case: z.string().min(1).max(64).default('default'),
  question: z.string().max(2_000).default(''),
  panel: z
    .array(z.strictObject({ target: targetNameSchema, role: roleSchema }))
    .min(1)
    .max(64),
  canaries: z
    .strictObject({
      registries: z
        .array(
          z.strictObject({ number: z.int().min(1), use: registryUseSchema.default('evidence') }),
        )
        .max(16)
        .default([]),
      /** Found canaries (tier B), by id, or all that are committed in the named registries. */
      found: z
        .union([z.literal('all'), z.literal('none'), z.array(canaryIdSchema)])
        .default('none'),
    })
    .default({ registries: [], found: 'none' }),
  /** K: samples per canary and target. */
  samples: z.int().min(1).max(64).default(1),
  parameters: parametersSchema.default({}),
  scorer: z.literal('exact-v1').default('exact-v1'),
  stop: z
    .strictObject({
      /** `label`: a suspect's step stops at report-grade or futility. `fixed`: all canaries, n fixed beforehand. */
      rule: z.enum(['label', 'fixed']).default('label'),
      /** Ask every twin even after all suspects have stopped. */
      allTwins: z.boolean().default(true),
    })
    .default({ rule: 'label', allTwins: true }),
  /** Refuse to seal and to run without a time stamp over the registries and the seal; without it that is only said. */
  requireStamp: z.boolean().optional(),
  retry: z
    .strictObject({
      /** Further attempts for a sample that was rate-limited, timed out or failed in transport. */
      attempts: z.int().min(0).max(10).default(0),
      /** Before the first retry; doubled with each further one. */
      waitMs: z.int().min(0).max(600_000).default(1_000),
      /** A server that asks for a longer wait pauses its target. */
      maxRetryAfterMs: z.int().min(0).max(3_600_000).default(60_000),
      /** Share of the planned wait that is added at random, seeded by the plan (domain/retry.ts). */
      jitter: z.number().min(0).max(1).default(0.5),
    })
    .default({ attempts: 0, waitMs: 1_000, maxRetryAfterMs: 60_000, jitter: 0.5 }),
  limits: z
    .strictObject({
      /** Most served canaries disclosed to any one target (METHOD 5.8: 60 per campaign). */
      canaries: z.int().min(1).max(100_000).default(60),
      /** Most requests in all. */
      requests: z.int().min(1).max(10_000_000).default(100_000),
      concurrency: z.int().min(1).max(64).default(16),
      timeoutMs: z.int().min(100).max(600_000).default(120_000),
      /** Identical failures in a row after which a target is paused. */
      breaker: z.int().min(1).max(1_000).default(5),
    })
    .default({
      canaries: 60,
      requests: 100_000,
      concurrency: 16,
      timeoutMs: 120_000,
      breaker: 5,
    }),
});
export type Plan = z.infer<typeof planSchema>;
