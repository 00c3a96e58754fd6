import type { Session } from './session.ts';

/**
 * Gathers what becomes ready in one turn of the event loop into one durable transaction: each caller goes on only when
 * its own write is on disk, and a panel of many targets costs one sync, not many.
 */
export function createCommitQueue(session: Session): <T>(write: () => T) => Promise<T> {
  let waiting: { run: () => void; resolve: () => void; reject: (error: unknown) => void }[] = [];
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    try {
      session.transaction(() => {
        for (const entry of batch) entry.run();
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
      return;
    }
    for (const entry of batch) entry.resolve();
  };
  return <T>(write: () => T): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      let result: T;
      waiting.push({
        run: () => {
          result = write();
        },
        resolve: () => resolve(result),
        reject,
      });
      // One turn more: what the network brings meanwhile joins, which saves most of the syncs.
      if (waiting.length === 1) setImmediate(setImmediate, flush);
    });
}
