import { z } from 'zod';
import { nothing, sha256Hex, utc } from './common.ts';
import { command, query } from './define.ts';

const chainName = z.enum(['quicknet', 'default']);
const roundNumber = z
  .int()
  .min(1)
  .max(2 ** 40);

/** A round that a registration announces: fixed before it exists, so that nobody can choose it afterwards. */
export const announcedRound = z.strictObject({
  chain: chainName,
  round: z.int(),
  publishedUtc: utc,
});

/** A published round as a person or a file hands it over; the core checks it. */
export const givenRound = z.strictObject({
  chain: chainName,
  round: roundNumber,
  signature: z
    .string()
    .regex(/^(?:[0-9a-f]{96}|[0-9a-f]{192})$/, 'use 96 or 192 lower-case hexadecimal digits'),
  /** Chain `default` only: the signature of the round before. */
  previousSignature: z
    .string()
    .regex(/^(?:[0-9a-f]{64}|[0-9a-f]{192})$/, 'use lower-case hexadecimal digits')
    .nullable()
    .default(null),
});

export const verifiedRound = z.strictObject({
  chain: chainName,
  round: z.int(),
  signature: z.string(),
  previousSignature: z.string().nullable(),
  /** SHA-256 of the signature: the beacon value. */
  randomness: sha256Hex,
  publishedUtc: utc,
});
export type VerifiedRound = z.infer<typeof verifiedRound>;

export const announcement = z.strictObject({
  chain: chainName,
  /** null = the first round at least ten minutes after the commitment, so that it can be published and time-stamped. */
  round: roundNumber.nullable().default(null),
});

const relay = z.strictObject({
  url: z.url({ protocol: /^https?$/, error: 'use an http or https URL' }).max(500),
  /** Consent to an address of this machine or a private network. */
  allowPrivate: z.boolean().default(false),
  /** Consent to a connection without TLS: the signature of a round is checked in any case. */
  allowHttp: z.boolean().default(false),
});

export const beaconMethods = {
  'beacon.list': query({
    summary:
      'The pinned drand chains, the relays that may be asked, and known relays to choose from',
    input: nothing,
    output: z.strictObject({
      chains: z.array(
        z.strictObject({
          name: chainName,
          hash: sha256Hex,
          scheme: z.string(),
          periodSeconds: z.int(),
          /** The next round by the clock of this computer. */
          nextRound: z.int(),
          nextUtc: utc,
          /** Public relays by their operators' word; nothing is asked until it is configured. */
          knownRelays: z.array(z.string()),
        }),
      ),
      relays: z.array(relay),
    }),
  }),
  'beacon.configure': command({
    summary: 'Set the drand relays that may be asked, in this order; an empty list asks nobody',
    input: z.strictObject({ relays: z.array(relay).max(16) }),
    output: z.strictObject({ relays: z.array(relay) }),
    errors: ['CONFLICT'],
  }),
  'beacon.fetch': command({
    summary: 'Fetch a published round from the configured relays and check its signature',
    input: z.strictObject({ chain: chainName, round: roundNumber }),
    output: verifiedRound.extend({ relay: z.string() }),
    errors: ['CONFLICT', 'TARGET_UNREACHABLE'],
  }),
  'beacon.check': query({
    summary: 'Check a round from a file, as a drand relay writes it, against the pinned public key',
    input: z.strictObject({ chain: chainName, text: z.string().max(100_000) }),
    output: verifiedRound,
    errors: ['CONFLICT'],
  }),
} as const;
