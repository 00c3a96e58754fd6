import { z } from 'zod';
import { canonicalJson, concat, equalBytes, fromUtf8, sha256, sha256Hex, toHex } from './bytes.ts';
import { assertEvidence } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import { utcSchema } from './registration.ts';

/**
 * Every kind of event that the log knows (EVIDENCE 3.1, in the words of PRODUCT.md), and what it says. A new act gets its
 * line here first: what is not in the table cannot be recorded.
 */
export const CUSTODY_KINDS = {
  'workspace.created': 'the log begins: version of the program and of the database',
  'workspace.unlocked': 'somebody opened the vault',
  'workspace.locked': 'the vault was closed',
  'tool.upgraded': 'another version of the program works on this workspace',
  'db.migrated': 'the database has another version',
  'integrity.checked': 'everything was verified, and held',
  'integrity.failed': 'everything was verified, and something did not hold',
  'clock.checked': 'the difference between an authority’s clock and this machine’s',
  'clock.stepped': 'this machine’s clock was changed during a run',
  'backup.made': 'a backup was written',
  'backup.restored': 'the workspace comes from a backup',
  'passphrase.changed': 'the passphrase is another one',
  'recovery.created': 'a recovery code was made',
  'recovery.revoked': 'the recovery code is void',
  'keychain.enabled': 'the keychain of the system may open the vault',
  'keychain.disabled': 'the keychain of the system opens the vault no more',
  'autolock.set': 'minutes until the vault closes itself',
  'case.created': 'a question to be answered',
  'secret.set': 'an API key was stored; its name only',
  'secret.removed': 'an API key was removed; its name only',
  'key.created': 'the first signing key',
  'key.succeeded': 'a new signing key, signed by the one before',
  'key.rotated': 'every secret was sealed again under a new data key',
  'key.stamped': 'an authority stamped the statement about a signing key',
  'authority.added': 'a time-stamping authority was configured',
  'authority.removed': 'a time-stamping authority is asked no more',
  'stamp.refused': 'an authority gave no stamp that holds, and why',
  'stamp.renewed': 'a new stamp over an older one',
  'custody.stamped': 'an authority stamped a checkpoint',
  'custody.unsigned': 'a checkpoint was due and could not be signed, and why',
  'canary.created': 'canaries were imported or made',
  'canary.changed': 'a draft was changed',
  'canary.revealed': 'somebody looked at a canary’s text',
  'canary.exported': 'canaries were written to a file',
  'canary.retired': 'canaries that will not be asked',
  'canary.restored': 'a retirement was taken back',
  'canary.sealed': 'the panel’s answers to a canary were fixed',
  'canary.opened': 'a canary’s response was opened, after the answers were fixed',
  'beacon.configured': 'which relays of public randomness may be asked',
  'beacon.fetched': 'a round of public randomness',
  'registry.committed': 'a registry was committed and signed',
  'registry.stamped': 'an authority stamped a registration',
  'registry.drawn': 'responses and order were drawn',
  'registry.kit-exported': 'the planting kit was written',
  'ledger.imported': 'who was served which canary, from a file',
  'target.added': 'a target was configured',
  'target.changed': 'a target was changed; secrets are not shown',
  'target.removed': 'a target is asked no more',
  'target.restored': 'a removed target is back',
  'target.tested': 'a target was tried out',
  'target.probed': 'what a target can do was tried out',
  'target.identity-changed': 'a target shows another identity than before',
  'plan.sealed': 'a plan was fixed and signed',
  'plan.stamped': 'an authority stamped a plan seal',
  'audit.started': 'a run began',
  'audit.paused': 'a run paused',
  'audit.resumed': 'a run went on',
  'audit.ended': 'a run ended, and how',
  'audit.cap-raised': 'a limit was raised during a run',
  'attempt.started': 'a request is about to be sent',
  'attempt.recorded': 'what was sent and received, as a salted commitment; failures too',
  'attempt.interrupted': 'a request whose answer was never stored',
  'prompt.revealed': 'somebody looked at a prompt to carry it by hand',
  'sample.revealed': 'somebody looked at answers',
  'sample.adjudicated': 'a person judged an answer, with the reason',
  'score.computed': 'answers were scored, by which code',
  'report.rendered': 'a report was drawn',
  'report.signed': 'a report is about to be signed',
  'report.stamped': 'an authority stamped the statement of a bundle',
  'report.exported': 'a bundle was written',
} as const;
export type CustodyKind = keyof typeof CUSTODY_KINDS;

export const ZERO_HASH = '0'.repeat(64);

/**
 * One event of the custody log (EVIDENCE 3.1). `seq` counts from 1; `prev` is the hex SHA-256 of the previous line's bytes,
 * 64 zeros for the first; `mono_ns` is a decimal string, since nanoseconds outgrow a double.
 */
export const custodyLineSchema = z.strictObject({
  v: z.literal(1),
  seq: z.int().min(1),
  prev: z.string().regex(/^[0-9a-f]{64}$/),
  at: utcSchema,
  mono_ns: z.string().regex(/^\d{1,20}$/),
  boot_id: z.string(),
  actor: z.string(),
  kind: z.string().regex(/^[a-z]+(?:[.-][a-z]+)*$/),
  data: z.record(z.string(), z.unknown()),
});
export type CustodyLine = z.infer<typeof custodyLineSchema>;

/** Bytes of a line, without LF: canonical JSON. Who reads it back checks it (`readCustodyLine`). */
export function custodyLineBytes(line: CustodyLine): Uint8Array {
  return canonicalJson(line);
}

export interface Checkpoint {
  readonly size: number;
  /** RFC 6962 root over the lines' bytes, hex. */
  readonly root: string;
  /** SHA-256 of the last line, hex. */
  readonly headSha256: string;
  /** SHA-256 of custody.jsonl: every line with its LF. */
  readonly fileSha256: string;
}

/** custody.jsonl: every line and one LF after each. */
export function custodyFile(lines: readonly Uint8Array[]): Uint8Array {
  const lf = Uint8Array.of(10);
  return concat(...lines.flatMap((line) => [line, lf]));
}

export function checkpointOf(lines: readonly Uint8Array[]): Checkpoint {
  const last = lines.at(-1);
  assertEvidence(last !== undefined, 'the custody log is empty');
  return {
    size: lines.length,
    root: toHex(merkleRoot(lines.map(leafHash))),
    headSha256: sha256Hex(last),
    fileSha256: sha256Hex(custodyFile(lines)),
  };
}

export interface CustodyProblem {
  readonly kind: 'hash mismatch' | 'chain broken' | 'gap' | 'malformed line';
  readonly seq: number;
}

/**
 * First problem of a log, or null. `hashes`: the stored hash of each line where there is one (the database); without them an
 * edited line shows as a broken chain at its successor.
 */
export function verifyCustody(
  lines: readonly Uint8Array[],
  hashes?: readonly Uint8Array[],
): CustodyProblem | null {
  let prev = ZERO_HASH;
  for (const [index, bytes] of lines.entries()) {
    const seq = index + 1;
    const line = parseLine(bytes);
    if (line === null) return { kind: 'malformed line', seq };
    const stored = hashes?.[index];
    const hash = sha256(bytes);
    if (hashes !== undefined && (stored === undefined || !equalBytes(stored, hash))) {
      return { kind: 'hash mismatch', seq };
    }
    if (line.seq !== seq) return { kind: 'gap', seq };
    if (line.prev !== prev) return { kind: 'chain broken', seq };
    prev = toHex(hash);
  }
  return null;
}

/** A log against an older checkpoint: shorter than the checkpoint, or another history below it. */
export function compareCheckpoint(
  lines: readonly Uint8Array[],
  checkpoint: Pick<Checkpoint, 'size' | 'root'>,
): string | null {
  if (lines.length < checkpoint.size) {
    return `log truncated: ${lines.length} < checkpoint ${checkpoint.size}`;
  }
  const root = toHex(merkleRoot(lines.slice(0, checkpoint.size).map(leafHash)));
  return root === checkpoint.root ? null : 'checkpoint root differs';
}

/** Reads a line strictly; throws where it is not one in its canonical form. */
export function readCustodyLine(bytes: Uint8Array): CustodyLine {
  const parsed = custodyLineSchema.safeParse(parseJsonStrict(fromUtf8(bytes)));
  assertEvidence(
    parsed.success && equalBytes(canonicalJson(parsed.data), bytes),
    'a custody line is malformed',
  );
  return parsed.data;
}

function parseLine(bytes: Uint8Array): CustodyLine | null {
  try {
    return readCustodyLine(bytes);
  } catch {
    return null;
  }
}
