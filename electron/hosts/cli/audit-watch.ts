import type { AuditStatus } from '#shared/contract/audit.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Client } from '#shared/contract/index.ts';
import type { Io } from './io.ts';
import { createProgress } from './progress.ts';

/** Another process may run the audit, and its events do not reach us. */
const LOOK_EVERY_MS = 1_000;
const LOOK_AT_MOST_MS = 250;
/** One Ctrl-C may arrive twice: from the terminal, and from a parent process (npx, the launcher) that passes it on. */
const SAME_PRESS_MS = 1_000;

export interface Watched {
  readonly status: AuditStatus;
  /** The analyst pressed Ctrl-C (or the process was told to end). */
  readonly isInterrupted: boolean;
}

export interface WatchOptions {
  readonly io: Io;
  readonly client: Client;
  readonly auditId: string;
  /** True where the audit runs in this process: an interrupt pauses it. Otherwise an interrupt ends the watching only. */
  readonly isOurs: boolean;
  readonly note: (text: string) => void;
}

/** Shows progress until the audit no longer runs. */
export async function watchAudit(options: WatchOptions): Promise<Watched> {
  const { io, client, auditId, isOurs, note } = options;
  const progress = createProgress(io, () => performance.now());
  let wake = (): void => {};
  let isInterrupted = false;
  let isCut = false;
  let pressedMs = Number.NEGATIVE_INFINITY;
  const offEvents = client.on('audit.changed', (event) => {
    if (event.auditId === auditId) wake();
  });
  const pause = async (now: boolean): Promise<void> => {
    try {
      await client.call('audit.pause', { auditId, now });
    } catch (error) {
      // It has ended in the meantime: there is nothing left to pause.
      if (!(error instanceof AppError)) throw error;
    }
  };
  let pausing: Promise<void> = Promise.resolve();
  const offInterrupt = io.onInterrupt(() => {
    const nowMs = performance.now();
    if (isCut || nowMs - pressedMs < SAME_PRESS_MS) return;
    pressedMs = nowMs;
    isCut = isInterrupted;
    isInterrupted = true;
    if (isOurs) {
      progress.end();
      note(
        isCut
          ? 'Cutting the requests in flight off; they are kept as interrupted, and asked again when the audit goes on.'
          : 'Pausing: the requests in flight are completed and kept. Once more to cut them off.',
      );
      const before = pausing;
      pausing = before.then(() => pause(isCut));
    }
    wake();
  });
  try {
    for (;;) {
      const status = await client.call('audit.get', { auditId });
      if (status.audit.state !== 'running' || (isInterrupted && !isOurs)) {
        progress.end();
        return { status, isInterrupted };
      }
      progress.show(status);
      const lookedMs = performance.now();
      await new Promise<void>((done) => {
        const timer = setTimeout(done, LOOK_EVERY_MS);
        wake = () => {
          clearTimeout(timer);
          setTimeout(done, Math.max(0, LOOK_AT_MOST_MS - (performance.now() - lookedMs)));
        };
      });
      wake = () => {};
    }
  } finally {
    offEvents();
    offInterrupt();
    await pausing;
    progress.end();
  }
}
