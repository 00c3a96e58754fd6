import { AppError } from '#shared/contract/errors.ts';
import type { AuditRow, CapRow } from '../../db/audit-store.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import type { Session } from '../workspace/session.ts';

/** Raises caps of targets, for an audit that ended at one of them and has canaries left to ask. Errors: CONFLICT. */
export function raiseCaps(session: Session, row: AuditRow, raise: readonly CapRow[]): void {
  const { auditId } = row;
  const { sealed } = readSealed(mustFindPlan(session, row.planId));
  for (const { target, costUsd, exposures } of raise) {
    // Read again each time: one order may name a target twice.
    const raised = session.audits.raisedCaps(auditId);
    const member = sealed.panel.find((one) => one.target.name === target);
    if (!member) throw new AppError('CONFLICT', `${target} is not in the panel of this audit.`);
    const { limits } = member.target;
    const now = (cap: 'costUsd' | 'exposures'): number | null =>
      raised.findLast((one) => one.target === target && one[cap] !== null)?.[cap] ?? limits[cap];
    for (const [cap, to] of [
      ['costUsd', costUsd],
      ['exposures', exposures],
    ] as const) {
      if (to !== null && to <= (now(cap) ?? Number.POSITIVE_INFINITY))
        throw new AppError(
          'CONFLICT',
          `The cap ${cap} of ${target} is ${now(cap) ?? 'not set'}; a cap can only be raised.`,
        );
    }
    session.audits.raiseCap({
      auditId,
      target,
      costUsd,
      exposures,
      raisedUtc: session.nowUtc(),
    });
    session.record('audit.cap-raised', {
      audit: auditId,
      target,
      cost_usd: costUsd,
      exposures,
      cost_usd_before: now('costUsd'),
      exposures_before: now('exposures'),
    });
  }
}
