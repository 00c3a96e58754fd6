import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { KeyItem } from '#shared/contract/trust.ts';
import { fromUtf8 } from '#shared/evidence/bytes.ts';
import { openBundle, type Signer, signStatement } from '#shared/evidence/dsse.ts';
import { keyHistoryFile } from '#shared/evidence/key-history.ts';
import { opensshFingerprint, spkiToPem } from '#shared/evidence/spki.ts';
import {
  keyStatement,
  keyStatementSchema,
  PREDICATE,
  readStatement,
} from '#shared/evidence/statements.ts';
import type { KeyRow } from '../../db/trust-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import { makeSigningKey, readSigningKey, type SigningKey } from '../../security/sign.ts';
import { stampBundle, stampsOf, withKnownStamps } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';

/** Writes the statement of the first key where it is missing: at birth, or for a workspace of an older version. */
export async function ensureKeyStatement(session: Session): Promise<void> {
  const [first] = session.trust.keys();
  if (first === undefined || first.sigstore !== null) return;
  const publicKeyPem = spkiToPem(new Uint8Array(first.spki));
  const sigstore = await signStatement(
    keyStatement(publicKeyPem, {
      keyid: first.keyid,
      previous_keyid: null,
      origin: 'made',
      created_utc: first.createdUtc,
      expires_utc: null,
    }),
    session.signerOf(first.keyid),
  );
  session.transaction(() => {
    if (session.trust.keys()[0]?.sigstore === null)
      session.trust.addKeyStatement(first.keyid, sigstore, null);
  });
}

/** Public keys of every signer so far: what was signed before a rotation stays checkable. */
export const signerKeys = (session: Session): Uint8Array[] =>
  session.trust.keys().map(({ spki }) => new Uint8Array(spki));

function toItem(session: Session, row: KeyRow, isCurrent: boolean): KeyItem {
  if (row.sigstore === null) throw new AppError('INTERNAL', 'A key has no statement.');
  const sigstore = new Uint8Array(row.sigstore);
  const payload = openBundle(sigstore, signerKeys(session));
  const about = keyStatementSchema.parse(readStatement(payload, PREDICATE.key).predicate);
  return {
    keyid: row.keyid,
    publicKeyPem: spkiToPem(new Uint8Array(row.spki)),
    origin: about.origin,
    previousKeyid: about.previous_keyid,
    createdUtc: row.createdUtc,
    expiresUtc: row.expiresUtc,
    isCurrent,
    stamps: stampsOf(session, sigstore),
  };
}

/** key-history.jsonl with every stamp over its statements; what a bundle carries as data/key-history.jsonl. */
export async function keyHistoryBytes(session: Session): Promise<Uint8Array> {
  await ensureKeyStatement(session);
  return keyHistoryFile(
    session.trust.keys().map(({ spki, sigstore }) => ({
      publicKeySpkiDer: new Uint8Array(spki),
      sigstore: withKnownStamps(session, new Uint8Array(sigstore ?? [])),
    })),
  );
}

export async function keyHistory(session: Session): Promise<Output<'key.history'>> {
  const file = fromUtf8(await keyHistoryBytes(session));
  const rows = session.trust.keys();
  return {
    keys: rows.map((row, index) => toItem(session, row, index === rows.length - 1)),
    file,
  };
}

/** A new key, signed by the present one, which signs nothing after it. Errors: CONFLICT, INTEGRITY. */
export const rotateKey = (
  session: Session,
  transport: Transport,
  { expiresUtc }: ParsedInput<'key.rotate'>,
): Promise<KeyItem> =>
  succeed(session, transport, { key: makeSigningKey(), origin: 'made', expiresUtc });

/** Goes on with a key that was made elsewhere. Errors: IMPORT_REJECTED, CONFLICT, INTEGRITY. */
export const importKey = (
  session: Session,
  transport: Transport,
  { pem, passphrase, expiresUtc }: ParsedInput<'key.import'>,
): Promise<KeyItem> =>
  succeed(session, transport, {
    key: readSigningKey(pem, passphrase),
    origin: 'imported',
    expiresUtc,
  });

interface Successor {
  readonly key: SigningKey;
  readonly origin: KeyItem['origin'];
  readonly expiresUtc: string | null;
}

async function succeed(
  session: Session,
  transport: Transport,
  { key, origin, expiresUtc }: Successor,
): Promise<KeyItem> {
  try {
    await ensureKeyStatement(session);
    const before = session.trust.keys().at(-1);
    if (before === undefined)
      throw new AppError('INTEGRITY', 'The workspace has no signing key. Restore a backup.');
    const spki = new Uint8Array(key.spki);
    const keyid = opensshFingerprint(spki);
    const createdUtc = session.nowUtc();
    refuseSuccessor(session, { keyid, createdUtc, expiresUtc });
    // An expired key may still name its successor; anything else it signs is refused.
    const signer: Signer = session.signerOf(before.keyid);
    const sigstore = await signStatement(
      keyStatement(spkiToPem(spki), {
        keyid,
        previous_keyid: before.keyid,
        origin,
        created_utc: createdUtc,
        expires_utc: expiresUtc,
      }),
      signer,
    );
    session.transaction(() => {
      if (session.trust.keys().at(-1)?.keyid !== before.keyid)
        throw new AppError('CONFLICT', 'Another key was added at the same moment. Try again.');
      const cell = session.vault.seal('signing_key', keyid, 'pkcs8_cell', key.pkcs8);
      session.workspaces.addKey(keyid, spki, cell, createdUtc);
      session.trust.addKeyStatement(keyid, sigstore, expiresUtc);
      session.record('key.succeeded', { keyid, previous_keyid: before.keyid, origin });
    });
    await stampBundle(session, transport, sigstore, { kind: 'key', subject: keyid });
  } finally {
    key.pkcs8.fill(0);
  }
  const row = session.trust.keys().at(-1);
  if (row === undefined) throw new AppError('INTERNAL', 'The key was not stored.');
  return toItem(session, row, true);
}

function refuseSuccessor(
  session: Session,
  { keyid, createdUtc, expiresUtc }: Pick<KeyItem, 'keyid' | 'createdUtc' | 'expiresUtc'>,
): void {
  if (session.trust.keys().some((row) => row.keyid === keyid))
    throw new AppError('CONFLICT', `${keyid} is or was a signing key of this workspace already.`);
  if (expiresUtc !== null && expiresUtc <= createdUtc)
    throw new AppError('CONFLICT', 'The key would have expired already. Give a later time.');
}
