import type { AdjudicationItem } from '#shared/contract/adjudication.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { illFormedAt } from '#shared/util/well-formed.ts';
import type { AdjudicationFilter } from '../../db/adjudication-store.ts';
import type { Session } from '../workspace/session.ts';

const TABLE = 'adjudication';

/** What people said of the samples that a filter names, oldest first. */
export function adjudicationsOf(session: Session, filter: AdjudicationFilter): AdjudicationItem[] {
  return session.library.adjudications.list(filter).map(({ reasonCell, ...row }) => ({
    ...row,
    reason: session.cells.open(TABLE, String(row.id), 'reason_cell', reasonCell).toString('utf8'),
  }));
}

/** Errors: NOT_FOUND. */
export function listAdjudications(
  session: Session,
  input: ParsedInput<'adjudication.list'>,
): Output<'adjudication.list'> {
  if (!session.audits.audit(input.auditId))
    throw new AppError('NOT_FOUND', 'There is no such audit.');
  return { adjudications: adjudicationsOf(session, input) };
}

/**
 * Adds a person's verdict on one sample. It is kept beside the score and never enters it: scoring stays blind and
 * mechanical. Errors: NOT_FOUND; CONFLICT while the canary is sealed, since a verdict before the opening could steer what
 * is opened.
 */
export function addAdjudication(
  session: Session,
  input: ParsedInput<'adjudication.add'>,
): AdjudicationItem {
  const { auditId, canaryId, target, k, verdict, reason } = input;
  const at = session.audits.positionOf(auditId, canaryId);
  if (!at) throw new AppError('NOT_FOUND', 'This audit has no such canary.');
  if (at.state !== 'opened')
    throw new AppError(
      'CONFLICT',
      `${canaryId} is not opened yet. A verdict is possible after every answer to it is sealed and its response is open.`,
    );
  const isAsked = session.attempts
    .at(auditId, at.position)
    .some((attempt) => attempt.target === target && attempt.k === k);
  if (!isAsked) throw new AppError('NOT_FOUND', `${target} was not asked for sample ${k} of this.`);
  if (illFormedAt(reason) !== null)
    throw new AppError('CONFLICT', 'The reason holds half a character. Write it anew.');
  return session.transaction(() => {
    const id = session.library.adjudications.nextId();
    const { cell, sha256 } = session.cells.seal(
      TABLE,
      String(id),
      'reason_cell',
      Buffer.from(reason, 'utf8'),
    );
    const { actor } = session.ports.runtime;
    const createdUtc = session.nowUtc();
    const row = { id, auditId, canaryId, target, k, verdict, actor, createdUtc };
    session.library.adjudications.insert({ ...row, reasonCell: cell, reasonSha256: sha256 });
    session.record('sample.adjudicated', {
      audit: auditId,
      canary: canaryId,
      target,
      k,
      verdict,
      adjudication: id,
      reason_cell_sha256: sha256.toString('hex'),
    });
    return { ...row, reason };
  });
}
