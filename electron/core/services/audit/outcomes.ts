import { AppError } from '#shared/contract/errors.ts';
import type { Outcome } from '#shared/domain/outcome.ts';
import { retryAfterMs } from '#shared/domain/retry.ts';
import { type CanaryScorer, scorerOf } from '#shared/evidence/score.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import type { AttemptRow, OutcomeRow } from '../../db/attempt-store.ts';
import type { SealedPanelMember } from '../plan/panel.ts';
import { readExchange } from '../target/call.ts';
import type { Session } from '../workspace/session.ts';
import { loadExchange } from './attempts.ts';
import { type Observation, observationOf, storeObservation } from './observe.ts';
import { recordAt } from './state.ts';

/** The outcome row of an attempt, and what its exchange says beside the answer. */
export interface AttemptReading {
  readonly row: OutcomeRow;
  readonly observed: Observation;
  /** How long the server asks to wait, from its answer. */
  readonly retryAfterMs: number | null;
}

/** Reads and scores an attempt from its durable bytes; without any it is `interrupted`. Errors: INTEGRITY. */
export function readAttempt(
  session: Session,
  attempt: Pick<AttemptRow, 'id' | 'target'>,
  tools: { readonly panel: readonly SealedPanelMember[]; readonly scorer: CanaryScorer },
): AttemptReading {
  const member = tools.panel.find((one) => one.target.name === attempt.target);
  if (!member)
    throw new AppError('INTEGRITY', 'An attempt names a target that is not in the panel.');
  const stored = loadExchange(session, attempt.id);
  const { facts, body } = stored;
  const reading = facts
    ? readExchange(
        { response: facts.response && { ...facts.response, body }, error: facts.error },
        member.target,
      )
    : null;
  const outcome: Outcome = reading ? outcomeOf(reading) : 'interrupted';
  const extraction =
    reading?.ok && outcome === 'answered' ? tools.scorer.extract(reading.text) : null;
  return {
    row: {
      attemptId: attempt.id,
      outcome,
      errorCode: reading && !reading.ok ? reading.code : null,
      model: reading?.ok ? reading.model : null,
      found: extraction?.found ?? [],
      rules: extraction?.rules ?? [],
    },
    observed: observationOf(session, stored, reading),
    retryAfterMs:
      facts?.response && !reading?.ok
        ? retryAfterMs(facts.response.headers, Date.parse(String(facts.times.endAt)))
        : null,
  };
}

/** Stores an outcome. Call it inside a transaction. */
export function storeOutcome(
  session: Session,
  attempt: Pick<AttemptRow, 'id' | 'target'> & { readonly auditId: string },
  { row, observed }: AttemptReading,
): void {
  session.attempts.insertOutcome(row);
  storeObservation(session, attempt, observed);
  if (row.outcome === 'interrupted')
    session.record('attempt.interrupted', {
      attempt: attempt.id,
      audit: attempt.auditId,
      target: attempt.target,
    });
}

const timeOf = ({ startedUtc, endedUtc }: AttemptRow): number => Date.parse(endedUtc ?? startedUtc);

/**
 * What a process that was killed left behind: attempts without an outcome. Durable bytes are read, an intent without a
 * result becomes `interrupted`, save, with `keepOpen`, one that a person is still to paste. Asks nobody. Call it while nothing runs, holding the lease.
 */
export function settleLeftovers(
  session: Session,
  auditId: string,
  { panel, keepOpen }: { readonly panel: readonly SealedPanelMember[]; readonly keepOpen: boolean },
): void {
  const positions = new Map(session.audits.positions(auditId).map((at) => [at.position, at]));
  const waits = (attempt: AttemptRow): boolean =>
    keepOpen &&
    attempt.endedUtc === null &&
    panel.some(({ target }) => target.name === attempt.target && target.format === 'paste');
  const open = session.attempts
    .ofAudit(auditId)
    .filter((attempt) => attempt.outcome === null && !waits(attempt))
    // As they came: who answered is told in that order.
    .toSorted((a, b) => timeOf(a) - timeOf(b));
  if (open.length === 0) return;
  session.transaction(() => {
    for (const attempt of open) {
      const at = positions.get(attempt.position);
      if (!at) throw new AppError('INTEGRITY', 'An attempt belongs to no position of its audit.');
      const scorer = scorerOf(recordAt(session, at));
      const reading = readAttempt(session, attempt, { panel, scorer });
      storeOutcome(session, { ...attempt, auditId }, reading);
    }
  });
}
