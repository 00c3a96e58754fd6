import type { WithheldAttemptRow } from './rows.ts';
import type { WithheldAttempt } from './withheld.ts';

// What every profile tells of an attempt: all but its exchange.

export const attemptHeadRow = (attempt: WithheldAttempt): WithheldAttemptRow => ({
  attempt: attempt.id,
  target: attempt.target,
  canary: attempt.canaryId,
  k: attempt.k,
  number: attempt.number,
  retry_of: attempt.retryOf,
  started_utc: attempt.startedUtc,
  ended_utc: attempt.endedUtc,
  outcome: attempt.outcome,
  error_code: attempt.errorCode,
});

export const readAttemptHead = (row: WithheldAttemptRow): WithheldAttempt => ({
  id: row.attempt,
  target: row.target,
  canaryId: row.canary,
  k: row.k,
  number: row.number,
  retryOf: row.retry_of,
  startedUtc: row.started_utc,
  endedUtc: row.ended_utc,
  outcome: row.outcome,
  errorCode: row.error_code,
});
