import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { equalBytes, sha256, toHex } from '#shared/evidence/bytes.ts';
import { compareCheckpoint, custodyLineSchema, verifyCustody } from '#shared/evidence/custody.ts';
import { openBundle } from '#shared/evidence/dsse.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import { checkpointSchema, PREDICATE, readStatement } from '#shared/evidence/statements.ts';
import type { Session } from './session.ts';

const MAX_PROBLEMS = 20;

export function listCustody(
  session: Session,
  input: ParsedInput<'custody.list'>,
): Output<'custody.list'> {
  const rows = session.custodyRows.page(input.after, input.kind, input.limit);
  return {
    total: session.custodyRows.count(),
    events: rows.map(({ line, hash }) => {
      const { seq, at, actor, kind, data } = custodyLineSchema.parse(
        JSON.parse(line.toString('utf8')),
      );
      return { seq, at, actor, kind, data, hash: toHex(hash) };
    }),
  };
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
  let bodies = 0;
  for (const source of [session.library.hashes(), session.audits.hashes()]) {
    for (const { name, cell, sha256: stored } of source) {
      bodies += 1;
      const matches = equalBytes(sha256(new Uint8Array(cell)), new Uint8Array(stored));
      if (!matches && problems.length < MAX_PROBLEMS)
        problems.push(`${name}: the stored bytes are damaged`);
    }
  }
  return {
    ok: problems.length === 0,
    events: rows.length,
    checkpoints: checkpoints.length,
    bodies,
    problems,
  };
}
