import { z } from 'zod';
import { nothing, page, sha256Hex, utc } from './common.ts';
import { command, query } from './define.ts';

const custodyMoment = z
  .string()
  .regex(
    /^(?:\d{4}-\d{2}-\d{2}(?:T[0-9:.]{0,12}Z?)?)?$/,
    'use a UTC time such as 2026-11-21T10:00:00Z',
  )
  .default('');

export const custodyMethods = {
  'custody.list': query({
    summary: 'The custody log, newest first',
    input: z.strictObject({
      /** Only events whose kind begins with this text. */
      kind: z.string().max(64).default(''),
      /** From this moment on, and until before that one; RFC 3339 UTC, or the beginning of it such as 2026-11-21. */
      from: custodyMoment,
      to: custodyMoment,
      /** Only events that hold this text somewhere: an id, a hash, a name. */
      text: z.string().max(200).default(''),
      ...page,
    }),
    output: z.strictObject({
      /** How many events the log has. */
      size: z.int(),
      /** How many of them pass the filters. */
      total: z.int(),
      events: z.array(
        z.strictObject({
          seq: z.int(),
          at: utc,
          actor: z.string(),
          kind: z.string(),
          data: z.record(z.string(), z.unknown()),
          hash: sha256Hex,
        }),
      ),
    }),
  }),
  'custody.verify': command({
    summary:
      'Check the whole custody log, its checkpoints, stamps and keys, and every stored body; logged',
    input: nothing,
    output: z.strictObject({
      ok: z.boolean(),
      events: z.int(),
      checkpoints: z.int(),
      /** Checkpoints that an authority has stamped. */
      stampedCheckpoints: z.int(),
      /** Proofs, computed and checked, that each checkpoint continues the one before it. */
      consistencyProofs: z.int(),
      stamps: z.int(),
      keys: z.int(),
      bodies: z.int(),
      problems: z.array(z.string()),
    }),
  }),
  'custody.proof': query({
    summary: 'RFC 6962 proof that one checkpoint of the log continues an older one',
    input: z.strictObject({
      /** Size of the older checkpoint. */
      first: z.int().min(1),
      /** Size of the newer one; null = the last checkpoint. */
      second: z.int().min(1).nullable().default(null),
    }),
    output: z.strictObject({
      first: z.int(),
      second: z.int(),
      firstRoot: sha256Hex,
      secondRoot: sha256Hex,
      proof: z.array(sha256Hex),
    }),
    errors: ['NOT_FOUND'],
  }),
} as const;
