import { z } from 'zod';

export const nothing = z.strictObject({});
export const done = z.strictObject({ done: z.literal(true) });
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/, 'use 64 lower-case hexadecimal digits');
/** RFC 3339, UTC. */
export const utc = z.string();
export const uuid = z.uuid();
/** A new passphrase; that it is long enough is checked on its composed form, with a message that helps. */
export const passphraseSchema = z.string().min(1).max(1_024);
/** Text files arrive as text; nothing larger than this is read. */
export const fileText = z.string().max(64 * 1024 * 1024);
export const page = {
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(1_000).default(200),
};

/** The earliest time stamp over a signature, as it was checked when it was received; null where there is none: unstamped. */
export const firstStamp = z
  .strictObject({
    /** Name of the authority in this workspace. */
    authority: z.string(),
    /** Subject of the certificate that signed the stamp. */
    signer: z.string(),
    /** The authority's time. */
    utc,
  })
  .nullable();
