import { z } from 'zod';
import { networkSchema, secretNameSchema } from '../domain/target.ts';
import { nothing, sha256Hex, utc } from './common.ts';
import { command, query } from './define.ts';

const pem = z.string().max(100_000);
const authorityName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dots or dashes');
/** RFC 3339 UTC with milliseconds, as everything that is signed has it. */
const moment = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/,
    'use a time such as 2030-12-31T00:00:00.000Z',
  );

/** A time-stamping authority as the analyst configures it. */
export const authorityDraft = z.strictObject({
  name: authorityName,
  url: z.url({ protocol: /^https?$/, error: 'use an http or https URL' }).max(2_000),
  /** PEM of the root certificates that this authority's stamps must lead to; received from it by another way. */
  rootsPem: pem,
  /** Vault entry with base64 of `user:password`, sent as HTTP Basic; null: none. */
  key: secretNameSchema.nullable().default(null),
  network: networkSchema.prefault({}),
  /** Consent to an address of this machine or a private network. */
  allowPrivate: z.boolean().default(false),
  /** Consent to a connection without TLS: the stamp is signed and checked in any case. */
  allowHttp: z.boolean().default(false),
});
export type AuthorityDraft = z.infer<typeof authorityDraft>;

const authorityItem = z.strictObject({
  ...authorityDraft.shape,
  roots: z.array(z.strictObject({ subject: z.string(), sha256: sha256Hex, notAfter: utc })),
});
export type AuthorityItem = z.infer<typeof authorityItem>;

export const STAMP_KINDS = ['registration', 'plan-seal', 'checkpoint', 'key', 'bundle'] as const;

/** One time stamp, as it was checked when it was received. */
export const stampItem = z.strictObject({
  id: z.int(),
  authority: z.string(),
  /** The authority's time: what is stamped existed then. */
  genTime: utc,
  accuracyMs: z.number().nullable(),
  policy: z.string(),
  signer: z.string(),
  tsrSha256: sha256Hex,
  /** The authority's certificate ends then; renew before. */
  certificateEnds: utc,
  /** It ends within 90 days and no newer stamp stands over this one. */
  renewalDue: z.boolean(),
  /** Ids of newer stamps over this one. */
  renewedBy: z.array(z.int()),
});
export type StampItem = z.infer<typeof stampItem>;

const stamped = z.strictObject({
  kind: z.enum(STAMP_KINDS),
  /** Number of the registry, id of the plan or bundle, size of the checkpoint, key id. */
  subject: z.string(),
  state: z.enum(['stamped', 'unstamped']),
  /** When it was signed, by this machine's clock. */
  signedUtc: utc,
  /** What the stamps show, or that there is none, in words. */
  text: z.string(),
  stamps: z.array(stampItem),
});
export type StampedItem = z.infer<typeof stamped>;

const failure = z.strictObject({
  kind: z.string(),
  subject: z.string(),
  authority: z.string(),
  message: z.string(),
});

const stamping = z.strictObject({
  items: z.array(stamped),
  failures: z.array(failure),
});

const keyItem = z.strictObject({
  keyid: z.string(),
  publicKeyPem: z.string(),
  origin: z.enum(['made', 'imported']),
  /** The key that signed this one's statement; null: the first key. */
  previousKeyid: z.string().nullable(),
  createdUtc: utc,
  expiresUtc: utc.nullable(),
  isCurrent: z.boolean(),
  stamps: z.array(stampItem),
});
export type KeyItem = z.infer<typeof keyItem>;

export const trustMethods = {
  'key.show': query({
    summary: 'The public signing key and its fingerprint',
    input: nothing,
    output: z.strictObject({ keyid: z.string(), publicKeyPem: z.string() }),
  }),
  'key.history': query({
    summary: 'Every signing key of this workspace, each signed by the one before it',
    input: nothing,
    output: z.strictObject({
      keys: z.array(keyItem),
      /** key-history.jsonl, as bundles carry it. */
      file: z.string(),
    }),
    errors: ['INTEGRITY'],
  }),
  'key.rotate': command({
    summary: 'Make a new signing key, signed by the present one',
    input: z.strictObject({ expiresUtc: moment.nullable().default(null) }),
    output: keyItem,
    errors: ['CONFLICT', 'INTEGRITY'],
  }),
  'key.import': command({
    summary: 'Go on with a P-256 key of a PKCS#8 file, signed by the present one',
    input: z.strictObject({
      pem: z.string().max(20_000),
      /** What opens the PEM file, where it is encrypted. */
      passphrase: z.string().max(1_024).nullable().default(null),
      expiresUtc: moment.nullable().default(null),
    }),
    output: keyItem,
    sensitive: ['pem', 'passphrase'],
    errors: ['CONFLICT', 'IMPORT_REJECTED', 'INTEGRITY'],
  }),
  'authority.list': query({
    summary: 'Time-stamping authorities; without one, everything stays unstamped',
    input: nothing,
    output: z.strictObject({ authorities: z.array(authorityItem) }),
  }),
  'authority.add': command({
    summary: 'Add a time-stamping authority, or change the one of this name; nothing is sent',
    input: authorityDraft,
    output: authorityItem,
    errors: ['CONFLICT', 'IMPORT_REJECTED'],
  }),
  'authority.remove': command({
    summary: 'Ask this authority no more; its stamps stay',
    input: z.strictObject({ name: authorityName }),
    output: z.strictObject({ done: z.literal(true) }),
    errors: ['NOT_FOUND'],
  }),
  'authority.test': command({
    summary: 'Have random bytes stamped, check the answer, and measure the clock; nothing is kept',
    input: z.strictObject({ name: authorityName }),
    output: z.strictObject({
      name: z.string(),
      genTime: utc,
      policy: z.string(),
      accuracyMs: z.number().nullable(),
      signer: z.string(),
      certificateEnds: utc,
      /** The authority's time minus this machine's. */
      clockOffsetMs: z.int(),
      roundTripMs: z.int(),
    }),
    errors: ['NOT_FOUND', 'CONFLICT', 'TARGET_UNREACHABLE', 'INTEGRITY'],
  }),
  'stamp.list': query({
    summary: 'What was signed, and who stamped it when, or that it is unstamped',
    input: z.strictObject({ kind: z.enum(STAMP_KINDS).nullable().default(null) }),
    output: z.strictObject({
      items: z.array(stamped),
      authorities: z.int(),
      unstamped: z.int(),
      renewalsDue: z.int(),
      /** From the last answer of an authority: its time minus this machine's; null: never measured. */
      clockOffsetMs: z.int().nullable(),
    }),
  }),
  'stamp.get': query({
    summary: 'A whole time stamp answer, its roots, and what it is over, for `openssl ts -verify`',
    input: z.strictObject({ id: z.int().min(1) }),
    output: z.strictObject({
      stamp: stampItem,
      tsrBase64: z.base64(),
      dataBase64: z.base64(),
      rootsPem: z.string(),
    }),
    errors: ['NOT_FOUND', 'INTEGRITY'],
  }),
  'stamp.add': command({
    summary:
      'Stamp now what no configured authority has stamped yet: it proves existence from now on',
    input: z.strictObject({
      kind: z.enum(STAMP_KINDS).nullable().default(null),
      subject: z.string().max(200).nullable().default(null),
    }),
    output: stamping,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  'stamp.renew': command({
    summary: 'Put a new stamp over stamps whose certificate ends within 90 days, or over all',
    input: z.strictObject({ all: z.boolean().default(false) }),
    output: z.strictObject({ renewed: z.int(), failures: z.array(failure) }),
    errors: ['CONFLICT'],
  }),
} as const;
