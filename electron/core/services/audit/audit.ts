import type { AuditItem, AuditState } from '#shared/contract/audit.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { toHex } from '#shared/evidence/bytes.ts';
import type { AuditRow, PlanRow } from '../../db/audit-store.ts';
import { hazardNames } from '../../endpoints/hazards.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { EventBus } from '../../events.ts';
import type { Logger, Notifier } from '../../ports.ts';
import { plannedPositions } from '../plan/panel.ts';
import { mustFindPlan, readSealed } from '../plan/plan.ts';
import { refuseHazards } from '../target/target.ts';
import { planStamps, refuseUnstamped } from '../timestamp/plan.ts';
import type { Session } from '../workspace/session.ts';
import { conduct } from './conduct.ts';
import { dropLease, heldElsewhere, takeLease, underLease } from './lease.ts';
import { auditMatrix } from './matrix.ts';
import { settleLeftovers } from './outcomes.ts';
import { storePaste } from './paste.ts';
import { raiseCaps } from './raise-caps.ts';
import { systemPace } from './run/wait.ts';
import { createRun, type Run } from './runner.ts';
import { auditStatus } from './status.ts';

interface Active {
  readonly run: Run;
  readonly halt: AbortController;
  readonly cut: AbortController;
  readonly finished: Promise<void>;
  readonly startedMs: number;
  readonly startedWith: number;
  readonly recovery: { kept: number; interrupted: number } | null;
}

export interface AuditServiceOptions {
  readonly transport: Transport;
  readonly events: EventBus;
  readonly logger: Logger;
  readonly notifier: Notifier;
}

function mustFind(session: Session, auditId: string): AuditRow {
  const row = session.audits.audit(auditId);
  if (!row) throw new AppError('NOT_FOUND', 'There is no such audit.');
  return row;
}

/** An audit that ended gave its canaries free: it goes on only where nobody asked them since. Errors: CONFLICT. */
function refuseUsed(session: Session, auditId: string): void {
  const reserved = session.audits.reserved();
  const isUsed = session.audits.positions(auditId).some((at) => {
    const status = session.library.get(at.canaryId)?.status;
    const isFresh = status === 'committed' || status === 'planted';
    return at.state === 'pending' && (!isFresh || reserved.has(at.canaryId));
  });
  if (isUsed)
    throw new AppError(
      'CONFLICT',
      'Canaries of this audit were asked, or are being asked, in another one since it ended. Seal a new plan.',
    );
}

/** The rows of a new audit; its canaries are its own from here on. Errors: CONFLICT. */
function insertAudit(session: Session, planRow: PlanRow): string {
  const { planId } = planRow;
  const { plan, sealed } = readSealed(planRow);
  const positions = plannedPositions(session, plan);
  const planned = sealed.summary.canaries;
  if (positions.length !== planned.evidence + planned.twins + planned.afterRelease + planned.found)
    throw new AppError(
      'CONFLICT',
      'Canaries of this plan were asked, or are being asked, in another audit since it was sealed. Seal a new plan.',
    );
  const auditId = session.ports.random.uuid();
  session.transaction(() => {
    session.audits.insertAudit(auditId, planId, session.nowUtc());
    for (const [index, at] of positions.entries())
      session.audits.insertPosition({ auditId, position: index + 1, ...at });
    session.record('audit.started', {
      audit: auditId,
      plan: planId,
      canaries: positions.length,
      stamps_sha256: planStamps(session, planRow, plan),
      hazards: hazardNames(session.ports.runtime),
    });
  });
  return auditId;
}

/**
 * Starts, watches and ends audits. The database is the truth; this object only knows what runs in this process.
 * Errors: NOT_FOUND, CONFLICT, UNSAFE_ENVIRONMENT, WORKSPACE_BUSY.
 */
export function createAuditService(options: AuditServiceOptions) {
  const { transport, events, logger, notifier } = options;
  const active = new Map<string, Active>();
  const running = (): string[] => [...active.keys()];

  const stateOf = (session: Session, row: AuditRow): AuditState => {
    // Until its last write is done it is running, whatever the row says already.
    if (active.has(row.auditId)) return 'running';
    return row.state === 'running' && !heldElsewhere(session) ? 'interrupted' : row.state;
  };

  const toItem = (session: Session, row: AuditRow): AuditItem => ({
    auditId: row.auditId,
    planId: row.planId,
    name: row.name,
    caseId: row.caseId,
    state: stateOf(session, row),
    startedUtc: row.startedUtc,
    endedUtc: row.endedUtc,
  });

  const launch = (session: Session, auditId: string, recovered: boolean): void => {
    const row = mustFind(session, auditId);
    const planRow = mustFindPlan(session, row.planId);
    const { plan, sealed } = readSealed(planRow);
    const halt = new AbortController();
    const cut = new AbortController();
    const attempts = session.attempts.ofAudit(auditId);
    const run = createRun({
      session,
      transport,
      auditId,
      plan,
      planSha256: toHex(planRow.yamlSha256),
      panel: sealed.panel,
      signal: halt.signal,
      cut: cut.signal,
      changed: () => events.emit('audit.changed', { auditId }),
      clock: systemPace,
    });
    const work = async (): Promise<void> => {
      try {
        await conduct({ session, audit: row, run, halt, transport, logger, notifier });
      } finally {
        active.delete(auditId);
        events.emit('audit.changed', { auditId });
      }
    };
    active.set(auditId, {
      run,
      halt,
      cut,
      // Started in the next turn, so that whoever asked has its answer first.
      finished: new Promise((resolve) => {
        setImmediate(() => {
          void work().finally(resolve);
        });
      }),
      startedMs: session.ports.clock.nowMs(),
      startedWith: attempts.length,
      recovery: recovered
        ? {
            kept: attempts.filter((attempt) => attempt.endedUtc !== null).length,
            interrupted: attempts.filter((attempt) => attempt.endedUtc === null).length,
          }
        : null,
    });
    events.emit('audit.changed', { auditId });
  };

  const start = (session: Session, planId: string): AuditItem => {
    const planRow = mustFindPlan(session, planId);
    if (planRow.auditId !== null)
      throw new AppError(
        'CONFLICT',
        'This plan was started before. A plan is one audit: resume that, or seal a new plan.',
      );
    refuseHazards(session);
    if (running().length > 0)
      throw new AppError('CONFLICT', 'Another audit is running. One audit runs at a time.');
    refuseUnstamped(session, planRow, readSealed(planRow).plan);
    const auditId = underLease(session, () => insertAudit(session, planRow));
    launch(session, auditId, false);
    return toItem(session, mustFind(session, auditId));
  };

  const resume = (session: Session, { auditId, raise }: ParsedInput<'audit.resume'>): AuditItem => {
    const row = mustFind(session, auditId);
    const state = stateOf(session, row);
    const hasMore = session.audits
      .positions(auditId)
      .some((at) => at.state !== 'opened' && at.state !== 'skipped');
    const mayGoOn = state === 'budget' && raise.length > 0 && hasMore;
    if (state !== 'paused' && state !== 'interrupted' && !mayGoOn)
      throw new AppError(
        'CONFLICT',
        state === 'budget' && hasMore
          ? 'The audit has reached a limit. The cost or exposure cap of a target can be raised (audit resume --raise); other limits are of the sealed plan.'
          : `The audit is ${state}; only a paused or interrupted one can go on.`,
      );
    if (mayGoOn) refuseUsed(session, auditId);
    refuseHazards(session);
    if (running().length > 0)
      throw new AppError('CONFLICT', 'Another audit is running. One audit runs at a time.');
    underLease(session, () =>
      session.transaction(() => {
        raiseCaps(session, row, raise);
        session.audits.setState({ auditId, state: 'running', message: null, endedUtc: null });
        session.record('audit.resumed', {
          audit: auditId,
          from: state,
          hazards: hazardNames(session.ports.runtime),
        });
      }),
    );
    launch(session, auditId, true);
    return toItem(session, mustFind(session, auditId));
  };

  const want = (session: Session, auditId: string, wish: 'pause' | 'stop'): AuditItem => {
    const row = mustFind(session, auditId);
    const state = stateOf(session, row);
    if (state === 'complete' || state === 'stopped' || state === 'budget' || state === 'failed')
      throw new AppError('CONFLICT', `The audit has ended already (${state}).`);
    if (state === 'running') session.transaction(() => session.audits.setWant(auditId, wish));
    else if (wish === 'stop' || state === 'interrupted') {
      const { sealed } = readSealed(mustFindPlan(session, row.planId));
      session.transaction(() => {
        takeLease(session);
        settleLeftovers(session, auditId, { panel: sealed.panel, keepOpen: wish !== 'stop' });
        session.audits.setState({
          auditId,
          state: wish === 'stop' ? 'stopped' : 'paused',
          message: wish === 'stop' ? 'Stopped by the analyst.' : 'Paused.',
          endedUtc: wish === 'stop' ? session.nowUtc() : null,
        });
        session.record(wish === 'stop' ? 'audit.ended' : 'audit.paused', {
          audit: auditId,
          state: wish === 'stop' ? 'stopped' : 'paused',
        });
        dropLease(session);
      });
    }
    events.emit('audit.changed', { auditId });
    return toItem(session, mustFind(session, auditId));
  };

  const get = (session: Session, auditId: string): Output<'audit.get'> => {
    const row = mustFind(session, auditId);
    const live = active.get(auditId);
    return auditStatus(session, row, {
      item: toItem(session, row),
      live: live ? { ...live, lanes: live.run.lanes } : null,
    });
  };

  /** Stores what a person brought back; with the last one the audit goes on by itself. */
  const paste = (session: Session, input: ParsedInput<'audit.paste'>): Output<'audit.paste'> => {
    const remaining = storePaste(session, input);
    events.emit('audit.changed', { auditId: input.auditId });
    if (remaining === 0) {
      try {
        return { remaining, audit: resume(session, { auditId: input.auditId, raise: [] }) };
      } catch (error) {
        // The answer is stored. What keeps the audit from going on is told to whoever resumes it.
        if (!(error instanceof AppError)) throw error;
      }
    }
    return { remaining, audit: toItem(session, mustFind(session, input.auditId)) };
  };

  const halt = async (auditId: string): Promise<void> => {
    const one = active.get(auditId);
    one?.halt.abort();
    await one?.finished;
  };

  return {
    start,
    resume,
    /** Pauses in this process at once after the requests in flight, or with them; elsewhere through the database. */
    pause: (session: Session, { auditId, now }: ParsedInput<'audit.pause'>): AuditItem => {
      const item = want(session, auditId, 'pause');
      active.get(auditId)?.halt.abort();
      if (now) active.get(auditId)?.cut.abort();
      return item;
    },
    stop: (session: Session, auditId: string): AuditItem => want(session, auditId, 'stop'),
    list: (session: Session): Output<'audit.list'> => ({
      audits: session.audits.audits().map((row) => toItem(session, row)),
    }),
    get,
    paste,
    matrix: (session: Session, auditId: string): Output<'audit.matrix'> => {
      mustFind(session, auditId);
      return auditMatrix(session, auditId);
    },
    running,
    /** Resolves when nothing here writes any more; null when nothing does. */
    untilIdle: (): Promise<void> | null =>
      active.size === 0
        ? null
        : Promise.all([...active.values()].map((one) => one.finished)).then(() => {}),
    /** Halts everything that runs here; what is in flight is completed and kept. */
    close: async (): Promise<void> => {
      await Promise.all([...active.keys()].map(halt));
    },
  };
}
export type AuditService = ReturnType<typeof createAuditService>;
