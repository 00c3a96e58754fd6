import { z } from 'zod';
import {
  canonicalJson,
  concat,
  equalBytes,
  fromUtf8,
  sha256,
  sha256Hex,
  toHex,
  utf8,
} from './bytes.ts';
import { assertEvidence } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import { utcSchema } from './registration.ts';

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

/** Bytes of a line, without LF: canonical JSON. */
export function custodyLineBytes(line: CustodyLine): Uint8Array {
  return canonicalJson(custodyLineSchema.parse(line));
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

/** The lines of custody.jsonl; every one must end with LF. */
export function splitCustodyFile(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  const text = fromUtf8(bytes);
  assertEvidence(text.endsWith('\n'), 'custody.jsonl does not end with a line end');
  return text.slice(0, -1).split('\n').map(utf8);
}
