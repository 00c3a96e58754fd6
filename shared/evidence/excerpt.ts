import { z } from 'zod';
import { canonicalJson, concat, fromHex, sha256Hex, toHex, utf8 } from './bytes.ts';
import { type CustodyLine, readCustodyLine, ZERO_HASH } from './custody.ts';
import { assertEvidence } from './errors.ts';
import { fileLines } from './file-lines.ts';
import { parseJsonStrict } from './json-strict.ts';
import { leafHash, merkleRoot } from './merkle.ts';

/**
 * A line of the custody log that is not shown: its SHA-256, which the next line names, and its RFC 6962 leaf hash, which
 * leads to the root of the checkpoint. A line holds a clock reading in nanoseconds, so that its text is not easily guessed.
 */
export interface HiddenLine {
  readonly sha256: string;
  readonly leaf: string;
}
export type CustodyEntry = Uint8Array | HiddenLine;

const hiddenSchema = z.strictObject({
  leaf: z.string().regex(/^[0-9a-f]{64}$/),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const OF_EVERY_RUN = /^(?:registry|plan|key|clock|time)\./;

/** The log with every line withheld that is neither about this run nor about registries, plans, keys and time stamps. */
export function excerptFor(entries: readonly CustodyEntry[], runId: string): CustodyEntry[] {
  return entries.map((entry) => {
    if (!(entry instanceof Uint8Array)) return entry;
    const { kind, data } = readCustodyLine(entry);
    if (data.audit === runId || OF_EVERY_RUN.test(kind)) return entry;
    return { sha256: sha256Hex(entry), leaf: toHex(leafHash(entry)) };
  });
}

/** custody.jsonl: every line or its two hashes, and one LF after each. */
export function excerptFile(entries: readonly CustodyEntry[]): Uint8Array {
  const lf = Uint8Array.of(10);
  return concat(
    ...entries.flatMap((entry) => [entry instanceof Uint8Array ? entry : canonicalJson(entry), lf]),
  );
}

export function readExcerpt(bytes: Uint8Array): CustodyEntry[] {
  if (bytes.length === 0) return [];
  return fileLines(bytes, 'custody.jsonl').map((line): CustodyEntry => {
    if (!line.startsWith('{"leaf":')) return utf8(line);
    const parsed = hiddenSchema.safeParse(parseJsonStrict(line));
    assertEvidence(parsed.success, 'a withheld custody line is malformed');
    return parsed.data;
  });
}

/** The lines that are shown, read. */
export function shownLines(entries: readonly CustodyEntry[]): CustodyLine[] {
  return entries.filter((entry) => entry instanceof Uint8Array).map(readCustodyLine);
}

export interface ExcerptCheckpoint {
  readonly size: number;
  readonly root: string;
  readonly headSha256: string;
  /** Null when a line is withheld. */
  readonly fileSha256: string | null;
}

const hashOf = (entry: CustodyEntry) =>
  entry instanceof Uint8Array ? sha256Hex(entry) : entry.sha256;

export function excerptCheckpoint(entries: readonly CustodyEntry[]): ExcerptCheckpoint {
  const last = entries.at(-1);
  assertEvidence(last !== undefined, 'the custody log is empty');
  const leaves = entries.map((entry) =>
    entry instanceof Uint8Array ? leafHash(entry) : fromHex(entry.leaf),
  );
  return {
    size: entries.length,
    root: toHex(merkleRoot(leaves)),
    headSha256: hashOf(last),
    fileSha256: entries.every((entry) => entry instanceof Uint8Array)
      ? sha256Hex(excerptFile(entries))
      : null,
  };
}

/** Throws at the first line whose number or predecessor is another one. */
export function checkExcerpt(entries: readonly CustodyEntry[]): void {
  let prev = ZERO_HASH;
  for (const [index, entry] of entries.entries()) {
    if (entry instanceof Uint8Array) {
      const line = readCustodyLine(entry);
      assertEvidence(line.seq === index + 1, `line ${index + 1}: gap`);
      assertEvidence(line.prev === prev, `line ${index + 1}: chain broken`);
    }
    prev = hashOf(entry);
  }
}
