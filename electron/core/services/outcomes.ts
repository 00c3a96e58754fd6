import { AppError } from '#shared/contract/errors.ts';
import type { EndpointErrorCode, Outcome } from '#shared/domain/outcome.ts';
import { type CanaryScorer, scorerOf } from '#shared/evidence/score.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import type { AttemptRow } from '../db/audit-store.ts';
import { loadExchange } from './attempts.ts';
import { recordAt } from './audit-state.ts';
import type { SealedPanelMember } from './plan.ts';
import type { Session } from './session.ts';
import { readExchange } from './target.ts';

/** The outcome row of an attempt, and how long the server asks to wait. */
export interface AttemptReading {
  readonly row: {
    readonly attemptId: string;
    readonly outcome: Outcome;
    readonly errorCode: EndpointErrorCode | null;
    readonly model: string | null;
    readonly found: readonly number[];
    readonly rules: readonly string[];
  };
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
  const { facts, body } = loadExchange(session, attempt.id);
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
    retryAfterMs: retryAfter(facts?.response?.headers ?? [], session.ports.clock.nowMs()),
  };
}

/** Stores an outcome. Call it inside a transaction. */
export function storeOutcome(
  session: Session,
  attempt: Pick<AttemptRow, 'id' | 'target'> & { readonly auditId: string },
  { row }: AttemptReading,
): void {
  session.audits.insertOutcome(row);
  if (row.outcome === 'interrupted')
    session.record('attempt.interrupted', {
      attempt: attempt.id,
      audit: attempt.auditId,
      target: attempt.target,
    });
}

/**
 * What a process that was killed left behind: attempts without an outcome. Durable bytes are read, an intent without a
 * result becomes `interrupted`. Asks nobody. Call it while nothing runs, holding the lease.
 */
export function settleLeftovers(
  session: Session,
  auditId: string,
  panel: readonly SealedPanelMember[],
): void {
  const positions = new Map(session.audits.positions(auditId).map((at) => [at.position, at]));
  const open = session.audits.attempts(auditId).filter((attempt) => attempt.outcome === null);
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

/** Seconds or an HTTP date (RFC 9110, 10.2.3), in milliseconds from now. */
function retryAfter(headers: readonly (readonly [string, string])[], nowMs: number): number | null {
  const value = headers.find(([name]) => name.toLowerCase() === 'retry-after')?.[1].trim();
  if (value === undefined) return null;
  if (/^\d{1,12}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
