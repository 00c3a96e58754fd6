import type { AuditItem, AuditState, Lane } from '#shared/contract/audit.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { OUTCOME_USE } from '#shared/domain/outcome.ts';
import type { AttemptRow, AuditRow, PositionRow } from '../db/audit-store.ts';
import { environmentHazards } from '../endpoints/hazards.ts';
import type { Transport } from '../endpoints/types.ts';
import type { EventBus } from '../events.ts';
import type { Logger, Notifier } from '../ports.ts';
import { auditMatrix } from './audit-matrix.ts';
import { dropLease, heldElsewhere, keepTaking, takeLease } from './lease.ts';
import { settleLeftovers } from './outcomes.ts';
import { mustFindPlan, plannedPositions, readSealed } from './plan.ts';
import { createRun, type Run, type RunEnd } from './runner.ts';
import { countingAttempts } from './scoring.ts';
import type { Session } from './session.ts';
import { hostOf, refuseHazards } from './target.ts';

interface Active {
  readonly session: Session;
  readonly run: Run;
  readonly halt: AbortController;
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

/**
 * Starts, watches and ends audits. The database is the truth; this object only knows what runs in this process.
 * Errors: NOT_FOUND, CONFLICT, UNSAFE_ENVIRONMENT, WORKSPACE_BUSY.
 */
export function createAuditService(options: AuditServiceOptions) {
  const { transport, events, logger, notifier } = options;
  const active = new Map<string, Active>();
  /** Done with asking; only its checkpoint is still being signed. */
  const ending = new Set<string>();
  const running = (): string[] => [...active.keys()].filter((id) => !ending.has(id));

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
    const { plan, sealed } = readSealed(mustFindPlan(session, row.planId));
    const halt = new AbortController();
    const attempts = session.audits.attempts(auditId);
    const run = createRun({
      session,
      transport,
      auditId,
      plan,
      panel: sealed.panel,
      signal: halt.signal,
      changed: () => events.emit('audit.changed', { auditId }),
    });
    const describe = (error: unknown): Record<string, string> => ({
      audit: auditId,
      kind:
        error instanceof AppError ? error.code : error instanceof Error ? error.name : typeof error,
      place:
        error instanceof Error
          ? (/\n\s+at (.+)/.exec(error.stack ?? '')?.[1] ?? '').slice(0, 200)
          : '',
    });
    const execute = async (): Promise<RunEnd | null> => {
      try {
        return await run.run();
      } catch (error) {
        logger.error('audit halted', describe(error));
        // The lease is lost, and with it the right to write.
        if (error instanceof AppError && error.code === 'WORKSPACE_BUSY') return null;
        return {
          state: 'paused',
          message:
            error instanceof AppError
              ? error.message
              : 'Something unexpected halted the audit; every answer is kept. Resume to go on.',
        };
      }
    };
    const conclude = async (end: RunEnd): Promise<void> => {
      const final = end.state === 'complete' || end.state === 'stopped' || end.state === 'budget';
      session.transaction(() => {
        // Whoever has the lease says what state the audit is in.
        takeLease(session);
        session.audits.setState({
          auditId,
          state: end.state,
          message: end.message,
          trouble: end.trouble ?? null,
          endedUtc: final ? session.nowUtc() : null,
        });
        session.record(final ? 'audit.ended' : 'audit.paused', {
          audit: auditId,
          state: end.state,
        });
      });
      if (final) await session.checkpoint();
      dropLease(session);
      notifier.notify(
        'Trapstreet',
        final ? `Audit ${row.name} has ended.` : `Audit ${row.name} is paused.`,
      );
    };
    const work = async (): Promise<void> => {
      const keepLease = keepTaking(session, () => halt.abort());
      try {
        const end = await execute();
        if (end) await conclude(end);
      } catch (error) {
        // The database refuses the last write: the next start finds an interrupted audit and goes on.
        logger.error('audit not concluded', describe(error));
      } finally {
        keepLease.stop();
        active.delete(auditId);
        events.emit('audit.changed', { auditId });
      }
    };
    active.set(auditId, {
      session,
      run,
      halt,
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
    takeLease(session);
    const { plan, sealed } = readSealed(planRow);
    const positions = plannedPositions(session, plan);
    const planned = sealed.summary.canaries;
    if (
      positions.length !==
      planned.evidence + planned.twins + planned.afterRelease + planned.found
    )
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
        hazards: environmentHazards(session.ports.runtime.env).map((hazard) => hazard.name),
      });
    });
    launch(session, auditId, false);
    return toItem(session, mustFind(session, auditId));
  };

  const resume = (session: Session, auditId: string): AuditItem => {
    const row = mustFind(session, auditId);
    const state = stateOf(session, row);
    if (state !== 'paused' && state !== 'interrupted')
      throw new AppError(
        'CONFLICT',
        `The audit is ${state}; only a paused or interrupted one can go on.`,
      );
    refuseHazards(session);
    if (running().length > 0)
      throw new AppError('CONFLICT', 'Another audit is running. One audit runs at a time.');
    takeLease(session);
    session.transaction(() => {
      session.audits.setState({ auditId, state: 'running', message: null, endedUtc: null });
      session.record('audit.resumed', { audit: auditId, from: state });
    });
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
        settleLeftovers(session, auditId, sealed.panel);
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
    const { plan, sealed } = readSealed(mustFindPlan(session, row.planId));
    const live = active.get(auditId) ?? null;
    const positions = session.audits.positions(auditId);
    const attempts = session.audits.attempts(auditId);
    const byTarget = Map.groupBy(attempts, (attempt) => attempt.target);
    const toAsk = positions.filter((at) => at.state !== 'skipped').length;
    const lanes = sealed.panel.map(({ target }): Lane => {
      const own = byTarget.get(target.name) ?? [];
      const counting = countingAttempts(own.filter((attempt) => attempt.outcome !== null));
      const perCanary = new Map(
        own.map((attempt) => [`${attempt.position}/${attempt.k}`, attempt]),
      );
      const stopped = live?.run.lanes.stopped.has(target.name) ?? false;
      return {
        target: target.name,
        role: target.role,
        host: hostOf(target),
        planned: stopped || row.endedUtc !== null ? perCanary.size : toAsk * plan.samples,
        answered: counting.filter(
          (attempt) => OUTCOME_USE[attempt.outcome ?? 'interrupted'] !== 'not-administered',
        ).length,
        failed: counting.filter(
          (attempt) => OUTCOME_USE[attempt.outcome ?? 'interrupted'] === 'not-administered',
        ).length,
        inFlight: live?.run.lanes.inFlight.get(target.name) ?? 0,
        exposures: new Set(own.map((attempt) => attempt.canaryId)).size,
        waiting: live?.run.lanes.waiting.get(target.name) ?? null,
        stopped,
      };
    });
    const done = positions.filter((at) => at.state === 'opened').length;
    const requestsDone = attempts.filter((attempt) => attempt.endedUtc !== null).length;
    const elapsedMs = live ? session.ports.clock.nowMs() - live.startedMs : 0;
    const fresh = live ? requestsDone - live.startedWith : 0;
    const ratePerSecond = elapsedMs > 500 && fresh > 0 ? (fresh * 1_000) / elapsedMs : 0;
    const requestsPlanned = Math.max(
      requestsDone,
      lanes.reduce((sum, lane) => sum + lane.planned, 0),
    );
    const exposures = Math.max(
      0,
      ...[...byTarget.values()].map((own) => exposedServed(own, positions)),
    );
    return {
      audit: toItem(session, row),
      canariesDone: done,
      canariesPlanned: toAsk,
      requestsDone,
      requestsPlanned,
      requestLimit: plan.limits.requests,
      exposures,
      exposureLimit: plan.limits.canaries,
      ratePerSecond,
      remainingMs:
        ratePerSecond > 0 ? ((requestsPlanned - requestsDone) * 1_000) / ratePerSecond : null,
      lanes,
      recovery: recoveryOf(session, row, live, attempts, requestsPlanned),
      message: row.message,
      trouble:
        row.troubleTarget !== null && row.troubleCode !== null
          ? { target: row.troubleTarget, code: row.troubleCode }
          : null,
    };
  };

  const recoveryOf = (
    session: Session,
    row: AuditRow,
    live: Active | null,
    attempts: readonly AttemptRow[],
    planned: number,
  ): Output<'audit.get'>['recovery'] => {
    if (live?.recovery)
      return { ...live.recovery, remaining: Math.max(0, planned - live.recovery.kept) };
    if (stateOf(session, row) !== 'interrupted') return null;
    const kept = attempts.filter((attempt) => attempt.endedUtc !== null).length;
    return { kept, interrupted: attempts.length - kept, remaining: Math.max(0, planned - kept) };
  };

  const halt = async (auditId: string): Promise<void> => {
    const one = active.get(auditId);
    one?.halt.abort();
    await one?.finished;
  };

  return {
    start,
    resume,
    /** Pauses in this process at once after the requests in flight; elsewhere through the database. */
    pause: (session: Session, auditId: string): AuditItem => {
      const item = want(session, auditId, 'pause');
      active.get(auditId)?.halt.abort();
      return item;
    },
    stop: (session: Session, auditId: string): AuditItem => want(session, auditId, 'stop'),
    list: (session: Session): Output<'audit.list'> => ({
      audits: session.audits.audits().map((row) => toItem(session, row)),
    }),
    get,
    matrix: (session: Session, auditId: string): Output<'audit.matrix'> => {
      mustFind(session, auditId);
      return auditMatrix(session, auditId);
    },
    running,
    /** Halts everything that runs here; what is in flight is completed and kept. */
    close: async (): Promise<void> => {
      await Promise.all([...active.keys()].map(halt));
    },
  };
}
export type AuditService = ReturnType<typeof createAuditService>;

function exposedServed(own: readonly AttemptRow[], positions: readonly PositionRow[]): number {
  const asked = new Set(own.map((attempt) => attempt.position));
  return positions.filter((at) => at.use === 'evidence' && asked.has(at.position)).length;
}
