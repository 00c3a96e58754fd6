import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { equalBytes, sha256, toHex } from '#shared/evidence/bytes.ts';
import { compareCheckpoint, custodyLineSchema, verifyCustody } from '#shared/evidence/custody.ts';
import { openBundle } from '#shared/evidence/dsse.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import { exchangeCommitment } from '#shared/evidence/seal.ts';
import { checkpointSchema, PREDICATE, readStatement } from '#shared/evidence/statements.ts';
import { loadExchange } from './attempts.ts';
import type { Session } from './session.ts';

const MAX_PROBLEMS = 20;

export function listCustody(
  session: Session,
  input: ParsedInput<'custody.list'>,
): Output<'custody.list'> {
  const rows = session.custodyRows.page(input);
  return {
    size: session.custodyRows.count(),
    total: session.custodyRows.matching(input.kind),
    events: rows.map(({ line, hash }) => {
      const { seq, at, actor, kind, data } = custodyLineSchema.parse(
        JSON.parse(line.toString('utf8')),
      );
      return { seq, at, actor, kind, data, hash: toHex(hash) };
    }),
  };
}

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
    session.audits.hashes(),
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

/** Chain, signed checkpoints, and the hash of every stored cell. Reads everything; changes nothing. */
export function verifyAll(session: Session): Output<'custody.verify'> {
  const problems: string[] = [];
  const rows = session.custodyRows.all();
  const lines = rows.map((row) => new Uint8Array(row.line));
  const chain = verifyCustody(
    lines,
    rows.map((row) => new Uint8Array(row.hash)),
  );
  if (chain) problems.push(`custody log: ${chain.kind} at event ${chain.seq}`);
  const { publicKeySpkiDer } = session.signer();
  const checkpoints = session.custodyRows.checkpoints();
  for (const { size, sigstore } of checkpoints) {
    try {
      const payload = openBundle(new Uint8Array(sigstore), publicKeySpkiDer);
      const point = checkpointSchema.parse(readStatement(payload, PREDICATE.checkpoint).predicate);
      const difference = compareCheckpoint(lines, point);
      if (difference !== null) problems.push(`checkpoint ${size}: ${difference}`);
    } catch (error) {
      const why = error instanceof EvidenceError ? error.message : 'it cannot be read';
      problems.push(`checkpoint ${size}: ${why}`);
    }
  }
  const found = scrub(session);
  problems.push(...found.problems.slice(0, Math.max(0, MAX_PROBLEMS - problems.length)));
  return {
    ok: problems.length === 0,
    events: rows.length,
    checkpoints: checkpoints.length,
    bodies: found.cells,
    problems,
  };
}
