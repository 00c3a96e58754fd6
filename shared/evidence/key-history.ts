import { z } from 'zod';
import { canonicalJsonFile, concat, equalBytes, fromUtf8, utf8 } from './bytes.ts';
import { openBundle, readBundle } from './dsse.ts';
import { assertEvidence } from './errors.ts';
import { fileLines } from './file-lines.ts';
import { parseJsonStrict } from './json-strict.ts';
import { opensshFingerprint, spkiFromPem, spkiToPem } from './spki.ts';
import {
  assertSubjects,
  type KeyStatement,
  keyStatementSchema,
  PREDICATE,
  readStatement,
  subject,
} from './statements.ts';

const MAX_KEYS = 200;

const lineSchema = z.strictObject({
  keyid: z.string(),
  public_key_pem: z.string(),
  /** The Sigstore bundle of the key's statement, as JSON. */
  statement: z.unknown(),
});

/** A signing key and the signed statement about it. */
export interface KeyRecord {
  readonly publicKeySpkiDer: Uint8Array;
  /** Bytes of the Sigstore bundle, stamps included. */
  readonly sigstore: Uint8Array;
}

export interface HistoricKey extends KeyRecord {
  readonly keyid: string;
  readonly about: KeyStatement;
}

/** key-history.jsonl: one canonical JSON line a key, the first key first. */
export function keyHistoryFile(keys: readonly KeyRecord[]): Uint8Array {
  return concat(
    ...keys.map(({ publicKeySpkiDer, sigstore }) =>
      canonicalJsonFile({
        keyid: opensshFingerprint(publicKeySpkiDer),
        public_key_pem: spkiToPem(publicKeySpkiDer),
        statement: parseJsonStrict(fromUtf8(sigstore)),
      }),
    ),
  );
}

/**
 * Reads a key history and checks it from its first line to its last: the first key signs its own statement, every other
 * one is signed by the key before it, and each statement is about the key beside it. Throws EvidenceError.
 */
export function readKeyHistory(bytes: Uint8Array): HistoricKey[] {
  const lines = fileLines(bytes, 'the key history');
  assertEvidence(lines.length <= MAX_KEYS, `the key history has more than ${MAX_KEYS} keys`);
  const keys: HistoricKey[] = [];
  for (const [index, line] of lines.entries()) {
    const key = readKey(line, keys.at(-1) ?? null, index + 1);
    assertEvidence(
      keys.every(({ keyid }) => keyid !== key.keyid),
      `key ${index + 1} stands in the history twice`,
    );
    keys.push(key);
  }
  return keys;
}

function readKey(line: string, before: HistoricKey | null, number: number): HistoricKey {
  const parsed = lineSchema.safeParse(parseJsonStrict(line));
  assertEvidence(
    parsed.success && equalBytes(canonicalJsonFile(parsed.data), utf8(`${line}\n`)),
    `key ${number} of the history is malformed`,
  );
  const publicKeySpkiDer = spkiFromPem(parsed.data.public_key_pem);
  const sigstore = canonicalJsonFile(parsed.data.statement);
  const signer = before?.publicKeySpkiDer ?? publicKeySpkiDer;
  assertEvidence(
    readBundle(sigstore).keyid === opensshFingerprint(signer),
    before === null
      ? 'the first key does not sign its own statement'
      : `key ${number} is not signed by the key before it`,
  );
  const statement = readStatement(openBundle(sigstore, signer), PREDICATE.key);
  const about = keyStatementSchema.safeParse(statement.predicate);
  assertEvidence(about.success, `the statement about key ${number} has an unknown version`);
  const keyid = opensshFingerprint(publicKeySpkiDer);
  assertSubjects(statement, [subject('signer.pub.pem', utf8(parsed.data.public_key_pem))]);
  assertEvidence(
    parsed.data.keyid === keyid &&
      about.data.keyid === keyid &&
      about.data.previous_keyid === (before?.keyid ?? null),
    `the statement about key ${number} names other keys`,
  );
  assertEvidence(
    before === null || before.about.created_utc <= about.data.created_utc,
    `key ${number} is older than the key before it`,
  );
  return { publicKeySpkiDer, sigstore, keyid, about: about.data };
}

/**
 * Every key that may have signed what comes with `signer`'s signature: the history must end with the signer, and hold the
 * key that the reader knows. `known` null: the reader knows none, and only consistency is shown.
 */
export function assertSuccession(
  keys: readonly HistoricKey[],
  signer: Uint8Array,
  known: Uint8Array | null,
): void {
  const last = keys.at(-1);
  assertEvidence(
    last !== undefined && equalBytes(last.publicKeySpkiDer, signer),
    'the key history does not end with the key that signed',
  );
  assertEvidence(
    known === null || keys.some((key) => equalBytes(key.publicKeySpkiDer, known)),
    'the key history does not lead from the key you know to the key that signed',
  );
}
