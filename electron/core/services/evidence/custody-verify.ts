import type { Output } from '#shared/contract/index.ts';
import { equalBytes, fromHex, sha256 } from '#shared/evidence/bytes.ts';
import { type Checkpoint, compareCheckpoint, verifyCustody } from '#shared/evidence/custody.ts';
import { openBundle } from '#shared/evidence/dsse.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import { readKeyHistory } from '#shared/evidence/key-history.ts';
import { consistencyProof, leafHash, verifyConsistency } from '#shared/evidence/merkle.ts';
import { exchangeCommitment } from '#shared/evidence/seal.ts';
import { checkpointSchema, PREDICATE, readStatement } from '#shared/evidence/statements.ts';
import { loadExchange } from '../audit/attempts.ts';
import { firstStampSha256 } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';
import { keyHistoryBytes, signerKeys } from './signing-key.ts';

const MAX_PROBLEMS = 20;

/**
 * Every stored cell against its hash, every cell without one by opening it, every exchange against the commitment that
 * its custody line holds, and sealed files against their hashes.
 */
function scrub(session: Session): { readonly cells: number; readonly problems: string[] } {
  const problems: string[] = [];
  let cells = 0;
  const check = (name: string, holds: () => boolean): void => {
    cells += 1;
    let fine = false;
    try {
      fine = holds();
    } catch {
      // A cell that does not open is the finding.
    }
    if (!fine) problems.push(`${name}: the stored bytes are damaged`);
  };
  for (const source of [
    session.library.hashes(),
    session.attempts.hashes(),
    session.library.fileHashes(),
    session.audits.fileHashes(),
  ])
    for (const { name, cell, sha256: stored } of source)
      check(name, () => equalBytes(sha256(new Uint8Array(cell)), new Uint8Array(stored)));
  for (const { table, row, column, cell } of [
    ...session.library.unhashedCells(),
    ...session.workspaces.unhashedCells(),
  ])
    check(
      `${table}.${column} ${row}`,
      () => session.vault.open(table, row, column, cell).length > 0,
    );
  for (const { attempt, commitment } of session.custodyRows.exchanges())
    check(`exchange ${attempt}`, () => {
      const { request, facts, body } = loadExchange(session, attempt);
      return (
        facts !== null &&
        exchangeCommitment({ salt: request.salt, request: request.body, response: body }) ===
          commitment
      );
    });
  return { cells, problems };
}

const reasonOf = (error: unknown): string =>
  error instanceof EvidenceError ? error.message : 'it cannot be read';

/** Signed checkpoints against the log, and each against the one before it by an RFC 6962 proof. */
function checkCheckpoints(session: Session, lines: readonly Uint8Array[], problems: string[]) {
  const keys = signerKeys(session);
  const leaves = lines.map(leafHash);
  const stored = session.custodyRows.checkpoints();
  let proofs = 0;
  let stamped = 0;
  let before: Pick<Checkpoint, 'size' | 'root'> | null = null;
  for (const { size, sigstore } of stored) {
    try {
      const payload = openBundle(new Uint8Array(sigstore), keys);
      const point = checkpointSchema.parse(readStatement(payload, PREDICATE.checkpoint).predicate);
      const difference = compareCheckpoint(lines, point);
      if (difference !== null) problems.push(`checkpoint ${size}: ${difference}`);
      else if (before !== null) {
        const proof = consistencyProof(leaves.slice(0, point.size), before.size);
        const holds = verifyConsistency({
          first: before.size,
          second: point.size,
          firstRoot: fromHex(before.root),
          secondRoot: fromHex(point.root),
          proof,
        });
        if (holds) proofs += 1;
        else problems.push(`checkpoint ${size}: it does not continue checkpoint ${before.size}`);
      }
      if (firstStampSha256(session, new Uint8Array(sigstore)) !== null) stamped += 1;
      before = point;
    } catch (error) {
      problems.push(`checkpoint ${size}: ${reasonOf(error)}`);
    }
  }
  return { checkpoints: stored.length, stampedCheckpoints: stamped, consistencyProofs: proofs };
}

/** Every stamp once more against what it is over and the roots that were configured when it came. */
async function checkStamps(session: Session, problems: string[]): Promise<number> {
  const rows = session.trust.stamps();
  if (rows.length === 0) return 0;
  const { checkTimestamp } = await import('#shared/evidence/timestamp.ts');
  const { readCertificates } = await import('#shared/evidence/timestamp-certificate.ts');
  for (const row of rows) {
    try {
      const data = new Uint8Array(row.data);
      const tsr = new Uint8Array(row.tsr);
      const trusted = readCertificates(row.rootsPem);
      const facts = await checkTimestamp(tsr, { data, trusted });
      const holds =
        facts.anchor === 'trusted' &&
        equalBytes(sha256(data), new Uint8Array(row.over)) &&
        equalBytes(sha256(tsr), new Uint8Array(row.tsrSha256)) &&
        JSON.stringify(facts) === row.facts;
      if (!holds) problems.push(`stamp ${row.id}: it is not what was received`);
    } catch (error) {
      problems.push(`stamp ${row.id}: ${reasonOf(error)}`);
    }
  }
  return rows.length;
}

async function checkKeys(session: Session, problems: string[]): Promise<number> {
  const keys = session.trust.keys();
  try {
    if (keys.length === 0) throw new EvidenceError('there is none');
    readKeyHistory(await keyHistoryBytes(session));
  } catch (error) {
    problems.push(`signing keys: ${reasonOf(error)}`);
  }
  return keys.length;
}

/** What registrations and plans say under their signatures is checked with the bundle; here, that a key of ours signed. */
function checkSignatures(session: Session, problems: string[]): void {
  const keys = signerKeys(session);
  const check = (name: string, sigstore: Buffer, predicate: string): void => {
    try {
      readStatement(openBundle(new Uint8Array(sigstore), keys), predicate);
    } catch (error) {
      problems.push(`${name}: ${reasonOf(error)}`);
    }
  };
  for (const row of session.library.registries())
    check(`registration ${row.number}`, row.sigstore, PREDICATE.registration);
  for (const row of session.audits.plans())
    check(`plan ${row.planId}`, row.sigstore, PREDICATE.planSeal);
}

/**
 * Chain, signed checkpoints and the proofs between them, signatures, keys, stamps, and the hash of every stored cell.
 * Reads everything; the only change is the line in the log that says so.
 */
export async function verifyAll(session: Session): Promise<Output<'custody.verify'>> {
  const problems: string[] = [];
  const rows = session.custodyRows.all();
  const lines = rows.map((row) => new Uint8Array(row.line));
  const chain = verifyCustody(
    lines,
    rows.map((row) => new Uint8Array(row.hash)),
  );
  if (chain) problems.push(`custody log: ${chain.kind} at event ${chain.seq}`);
  const points = checkCheckpoints(session, lines, problems);
  checkSignatures(session, problems);
  const keys = await checkKeys(session, problems);
  const stamps = await checkStamps(session, problems);
  const found = scrub(session);
  problems.push(...found.problems.slice(0, Math.max(0, MAX_PROBLEMS - problems.length)));
  const ok = problems.length === 0;
  note(session, ok, problems.length);
  return { ok, events: rows.length, ...points, stamps, keys, bodies: found.cells, problems };
}

function note(session: Session, ok: boolean, problems: number): void {
  try {
    session.transaction(() =>
      session.record(ok ? 'integrity.checked' : 'integrity.failed', { problems }),
    );
  } catch {
    // A damaged workspace may refuse the line; what was found is told all the same.
  }
}
