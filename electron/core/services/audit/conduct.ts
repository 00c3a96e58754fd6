import { AppError } from '#shared/contract/errors.ts';
import type { AuditRow } from '../../db/audit-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { Logger, Notifier } from '../../ports.ts';
import { dueCheckpoint } from '../evidence/custody.ts';
import type { Session } from '../workspace/session.ts';
import { dropLease, keepTaking, takeLease } from './lease.ts';
import type { RunEnd } from './run/types.ts';
import type { Run } from './runner.ts';

const WISH_EVERY_MS = 1_000;

interface Conducted {
  readonly session: Session;
  readonly audit: AuditRow;
  readonly run: Run;
  /** Aborted when the run is to halt after its requests in flight. */
  readonly halt: AbortController;
  readonly transport: Transport;
  readonly logger: Logger;
  readonly notifier: Notifier;
}

/** What a log may hold of an error: its kind and place, never its message. */
const described = (auditId: string, error: unknown): Record<string, string> => ({
  audit: auditId,
  kind: error instanceof AppError ? error.code : error instanceof Error ? error.name : typeof error,
  place:
    error instanceof Error ? (/\n\s+at (.+)/.exec(error.stack ?? '')?.[1] ?? '').slice(0, 200) : '',
});

/** Null: the lease is lost, and with it the right to write how it ended. */
async function runToEnd({ audit, run, logger }: Conducted): Promise<RunEnd | null> {
  try {
    return await run.run();
  } catch (error) {
    logger.error('audit halted', described(audit.auditId, error));
    if (error instanceof AppError && error.code === 'WORKSPACE_BUSY') return null;
    return {
      state: 'paused',
      message:
        error instanceof AppError
          ? error.message
          : 'Something unexpected halted the audit; every answer is kept. Resume to go on.',
    };
  }
}

async function conclude(
  { session, audit, transport, notifier }: Conducted,
  end: RunEnd,
): Promise<void> {
  const { auditId } = audit;
  const final = end.state === 'complete' || end.state === 'stopped' || end.state === 'budget';
  session.transaction(() => {
    // Whoever has the lease says what state the audit is in.
    takeLease(session);
    session.audits.setState({
      auditId,
      state: end.state,
      message: end.message,
      trouble: end.trouble ?? null,
      waiting: end.waiting ? JSON.stringify(end.waiting) : null,
      endedUtc: final ? session.nowUtc() : null,
    });
    session.record(final ? 'audit.ended' : 'audit.paused', { audit: auditId, state: end.state });
  });
  if (final) await dueCheckpoint(session, transport);
  dropLease(session);
  notifier.notify(
    'Trapstreet',
    final ? `Audit ${audit.name} has ended.` : `Audit ${audit.name} is paused.`,
  );
}

/** Keeps the lease and carries an audit to its next halt, whose state it stores. What goes wrong is logged, not thrown. */
export async function conduct(conducted: Conducted): Promise<void> {
  const { session, audit, halt, logger } = conducted;
  const keepLease = keepTaking(session, () => halt.abort());
  // Another process says through the workspace that it should halt, perhaps in the middle of a long wait.
  const wishes = setInterval(() => {
    if (session.audits.audit(audit.auditId)?.want != null) halt.abort();
  }, WISH_EVERY_MS);
  wishes.unref();
  try {
    const end = await runToEnd(conducted);
    if (end) await conclude(conducted, end);
  } catch (error) {
    // The database refuses the last write: the next start finds an interrupted audit and goes on.
    logger.error('audit not concluded', described(audit.auditId, error));
  } finally {
    keepLease.stop();
    clearInterval(wishes);
  }
}
