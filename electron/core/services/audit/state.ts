import type { CanaryRecord } from '#shared/domain/canary.ts';
import type { EvaluationInput, OpenedCanary } from '#shared/domain/evaluation.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { PositionRow, PositionUse } from '../../db/audit-store.ts';
import { openLeaf, openLeafDraw } from '../library/library.ts';
import { panelAnswers } from '../scoring/scoring.ts';
import type { Session } from '../workspace/session.ts';

/** A position's committed record, decrypted. */
export function recordAt(
  session: Session,
  at: { readonly registry: number; readonly leafIndex: number },
): CanaryRecord {
  return openLeaf(session, at.registry, at.leafIndex).record;
}

export const candidatesOf = (record: CanaryRecord, use: PositionUse): readonly string[] =>
  use === 'found' ? record.expected : record.responses;

/** Attempts of an audit by position, in the order in which they were started. */
export function attemptsByPosition(
  session: Session,
  auditId: string,
): ReadonlyMap<number, readonly AttemptRow[]> {
  return Map.groupBy(session.attempts.ofAudit(auditId), (attempt) => attempt.position);
}

/** An opened drawn canary with the panel's answers; null for found canaries, which are tier B. */
export function openedCanary(
  session: Session,
  at: PositionRow,
  attempts: readonly AttemptRow[],
): OpenedCanary | null {
  if (at.use === 'found') return null;
  const trueIndex = openLeafDraw(session, at.registry, at.leafIndex);
  if (trueIndex === null) return null;
  const n = session.library.get(at.canaryId)?.n ?? 0;
  return {
    id: at.canaryId,
    registry: at.registry,
    use: at.use,
    n,
    trueIndex,
    ...(at.openedSeq === null ? {} : { openedAt: at.openedSeq }),
    answers: Object.fromEntries(
      Object.entries(panelAnswers(attempts, at.use)).map(([target, answer]) => [
        target,
        at.sealedSeq === null ? answer : { ...answer, sealedAt: at.sealedSeq },
      ]),
    ),
  };
}

/** What `evaluate` needs, from everything that is opened so far. */
export function evaluationInput(
  session: Session,
  audit: { readonly auditId: string; readonly plan: Plan },
  state: EvaluationInput['state'],
): EvaluationInput {
  const attempts = attemptsByPosition(session, audit.auditId);
  const canaries = session.audits
    .positions(audit.auditId)
    .filter((at) => at.state === 'opened')
    .flatMap((at) => {
      const opened = openedCanary(session, at, attempts.get(at.position) ?? []);
      return opened ? [opened] : [];
    });
  return {
    panel: audit.plan.panel,
    suspects: audit.plan.panel.filter((member) => member.role === 'suspect').length,
    rule: audit.plan.stop.rule,
    canaries,
    state,
  };
}
