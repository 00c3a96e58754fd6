import { z } from 'zod';
import { nothing, page, utc } from './common.ts';
import { query } from './define.ts';

/** Why a connection was made; the outbound door knows no other reasons. */
export const connectionReason = z.enum([
  'audit',
  'test',
  'probe',
  'score',
  'beacon',
  'timestamp',
  'lab',
]);

/** One connection, made or refused: no path, no header, no body. */
const connection = z.strictObject({
  /** Place in the list, from 1; null: not stored, no workspace was open. */
  seq: z.int().nullable(),
  at: utc,
  durationMs: z.number(),
  reason: connectionReason,
  /** `host:port`, ASCII. */
  host: z.string(),
  /** The address that was connected to; null: none was. */
  address: z.string().nullable(),
  /** `host:port` of the proxy that was used. */
  proxy: z.string().nullable(),
  /** Bytes on the socket, TLS included. */
  bytesOut: z.int(),
  bytesIn: z.int(),
  /** Why it failed or was refused; null: a whole answer came. */
  code: z.string().nullable(),
});

const hostTotals = z.strictObject({
  host: z.string(),
  connections: z.int(),
  failed: z.int(),
  bytesOut: z.int(),
  bytesIn: z.int(),
  firstUtc: utc,
  lastUtc: utc,
});

export const activityMethods = {
  'activity.list': query({
    summary: 'Every connection that was made or refused, newest first, with totals a host',
    input: z.strictObject({
      /** Only connections to this `host:port`; an empty text filters nothing. */
      host: z.string().max(300).default(''),
      reason: connectionReason.nullable().default(null),
      ...page,
    }),
    output: z.strictObject({
      /** False: no workspace is open, and these are the latest of this process, at most 1,000. */
      stored: z.boolean(),
      total: z.int(),
      connections: z.array(connection),
      hosts: z.array(hostTotals),
    }),
  }),
  'activity.allowed': query({
    summary: 'The hosts that may be connected to and what for; every other one is refused',
    input: nothing,
    output: z.strictObject({
      hosts: z.array(
        z.strictObject({
          /** `host:port`. */
          host: z.string(),
          /** In words: `target student-10`, `sealed plan Autumn`, `proxy of target relay`. */
          uses: z.array(z.string()),
        }),
      ),
      /** What goes by a proxy script; the hosts it may name are listed, and any other that it names is refused. */
      scripts: z.array(z.string()),
    }),
  }),
} as const;
