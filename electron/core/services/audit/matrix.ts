import type { Output } from '#shared/contract/index.ts';
import type { AttemptRow } from '../../db/attempt-store.ts';
import type { PositionRow } from '../../db/audit-store.ts';
import { openLeafDraw } from '../library/library.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import { countingAttempts, panelAnswers } from '../scoring/scoring.ts';
import type { Session } from '../workspace/session.ts';
import { attemptsByPosition } from './state.ts';

/** Targets x canaries, one character a cell (audit.matrix in the contract). Errors: NOT_FOUND. */
export function auditMatrix(session: Session, auditId: string): Output<'audit.matrix'> {
  const row = session.audits.audit(auditId);
  const { sealed } = readSealed(mustFindPlan(session, row?.planId ?? ''));
  const positions = session.audits.positions(auditId);
  const attempts = attemptsByPosition(session, auditId);
  const rows = sealed.panel.map(({ target }) => ({
    target: target.name,
    role: target.role,
    cells: '',
  }));
  for (const at of positions) {
    const own = attempts.get(at.position) ?? [];
    const drawn =
      at.state === 'opened' && at.use !== 'found'
        ? openLeafDraw(session, at.registry, at.leafIndex)
        : null;
    const answers = panelAnswers(own, at.use);
    for (const line of rows) {
      const counting = countingAttempts(own.filter((attempt) => attempt.target === line.target));
      // With several samples one answer decides; the failure of another does not hide it.
      const shown = counting.find((attempt) => attempt.outcome === 'answered') ?? counting.at(-1);
      line.cells += cellOf(at, shown ?? null, answers[line.target]?.found ?? [], drawn);
    }
  }
  return {
    columns: positions.map(({ position, canaryId, registry, use, state }) => ({
      position,
      canaryId,
      registry,
      use,
      state,
    })),
    rows,
  };
}

/** One character of the matrix. */
function cellOf(
  at: PositionRow,
  last: AttemptRow | null,
  found: readonly number[],
  drawn: number | null,
): string {
  if (last?.outcome == null) return '.';
  switch (last.outcome) {
    case 'refused':
    case 'filtered':
      return 'r';
    case 'truncated':
      return 't';
    case 'answered':
      if (at.state !== 'opened') return '?';
      if (at.use === 'found') return found.length > 0 ? 'H' : 'm';
      return drawn !== null && found.includes(drawn) ? 'H' : 'm';
    default:
      return 'x';
  }
}
