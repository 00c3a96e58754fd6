import type { AuditItem, Lane } from '#shared/contract/audit.ts';
import type { Output } from '#shared/contract/index.ts';
import { OUTCOME_USE } from '#shared/domain/outcome.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { AuditRow, PositionRow } from '../../db/audit-store.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import { countingAttempts } from '../scoring/scoring.ts';
import { hostOf } from '../target/target.ts';
import type { Session } from '../workspace/session.ts';
import { factWarnings, type LaneFacts, laneFacts } from './facts.ts';
import { waitingOf } from './paste.ts';
import type { Lanes } from './run/types.ts';

/** What only the process that runs the audit knows. */
export interface LiveRun {
  readonly lanes: Lanes;
  readonly startedMs: number;
  readonly startedWith: number;
  readonly recovery: { kept: number; interrupted: number } | null;
}

const NO_FACTS: LaneFacts = {
  spend: null,
  capUsd: null,
  capExposures: null,
  segmentCount: 0,
  segments: [],
  certificateChanges: 0,
  degenerate: false,
  clockOffsetMs: null,
};

const isFailure = (attempt: AttemptRow): boolean =>
  OUTCOME_USE[attempt.outcome ?? 'interrupted'] === 'not-administered';

function exposedServed(own: readonly AttemptRow[], positions: readonly PositionRow[]): number {
  const asked = new Set(own.map((attempt) => attempt.position));
  return positions.filter((at) => at.use === 'evidence' && asked.has(at.position)).length;
}

/** State and progress of an audit (audit.get in the contract); `live` null where another process runs it, or nobody. */
export function auditStatus(
  session: Session,
  row: AuditRow,
  { item, live }: { readonly item: AuditItem; readonly live: LiveRun | null },
): Output<'audit.get'> {
  const { auditId } = row;
  const { plan, sealed } = readSealed(mustFindPlan(session, row.planId));
  const positions = session.audits.positions(auditId);
  const attempts = session.attempts.ofAudit(auditId);
  const byTarget = Map.groupBy(attempts, (attempt) => attempt.target);
  const toAsk = positions.filter((at) => at.state !== 'skipped').length;
  const facts = laneFacts(session, { auditId, panel: sealed.panel, attempts, positions });
  const waiting = waitingOf(row);
  const pasted = (target: string): string | null =>
    waiting?.samples.some((sample) => sample.target === target)
      ? 'waits for a person to paste'
      : null;
  const lanes = sealed.panel.map(({ target }): Lane => {
    const own = byTarget.get(target.name) ?? [];
    const counting = countingAttempts(own.filter((attempt) => attempt.outcome !== null));
    const perCanary = new Set(own.map((attempt) => `${attempt.position}/${attempt.k}`));
    const stopped = live?.lanes.stopped.has(target.name) ?? false;
    return {
      target: target.name,
      role: target.role,
      host: hostOf(target),
      planned: stopped || row.endedUtc !== null ? perCanary.size : toAsk * plan.samples,
      answered: counting.filter((attempt) => !isFailure(attempt)).length,
      failed: counting.filter(isFailure).length,
      inFlight: live?.lanes.inFlight.get(target.name) ?? 0,
      exposures: new Set(own.map((attempt) => attempt.canaryId)).size,
      waiting: live?.lanes.waiting.get(target.name) ?? pasted(target.name),
      stopped,
      ...(facts.get(target.name) ?? NO_FACTS),
    };
  });
  const requestsDone = attempts.filter((attempt) => attempt.endedUtc !== null).length;
  const elapsedMs = live ? session.ports.clock.nowMs() - live.startedMs : 0;
  const fresh = live ? requestsDone - live.startedWith : 0;
  const ratePerSecond = elapsedMs > 500 && fresh > 0 ? (fresh * 1_000) / elapsedMs : 0;
  const requestsPlanned = Math.max(
    requestsDone,
    lanes.reduce((sum, lane) => sum + lane.planned, 0),
  );
  const open = attempts.filter((attempt) => attempt.endedUtc === null);
  return {
    audit: item,
    canariesDone: positions.filter((at) => at.state === 'opened').length,
    canariesPlanned: toAsk,
    requestsDone,
    requestsPlanned,
    requestLimit: plan.limits.requests,
    exposures: Math.max(0, ...[...byTarget.values()].map((own) => exposedServed(own, positions))),
    exposureLimit: plan.limits.canaries,
    ratePerSecond,
    remainingMs:
      ratePerSecond > 0 ? ((requestsPlanned - requestsDone) * 1_000) / ratePerSecond : null,
    lanes,
    recovery: recoveryOf(live, {
      isInterrupted: item.state === 'interrupted',
      kept: requestsDone,
      interrupted: open.length,
      planned: requestsPlanned,
    }),
    message: row.message,
    trouble:
      row.troubleTarget !== null && row.troubleCode !== null
        ? { target: row.troubleTarget, code: row.troubleCode }
        : null,
    pasteWaiting: pasteWaiting(row, attempts),
    warnings: factWarnings(facts),
  };
}

/** Samples that the audit waits for and that have no answer yet. */
function pasteWaiting(row: AuditRow, attempts: readonly AttemptRow[]): number {
  const waiting = waitingOf(row);
  if (!waiting) return 0;
  const answered = new Set(
    attempts
      .filter((attempt) => attempt.position === waiting.position && attempt.endedUtc !== null)
      .map((attempt) => `${attempt.target}/${attempt.k}`),
  );
  return waiting.samples.filter(({ target, k }) => !answered.has(`${target}/${k}`)).length;
}

function recoveryOf(
  live: LiveRun | null,
  now: { isInterrupted: boolean; kept: number; interrupted: number; planned: number },
): Output<'audit.get'>['recovery'] {
  if (live?.recovery)
    return { ...live.recovery, remaining: Math.max(0, now.planned - live.recovery.kept) };
  if (!now.isInterrupted) return null;
  const { kept, interrupted, planned } = now;
  return { kept, interrupted, remaining: Math.max(0, planned - kept) };
}
