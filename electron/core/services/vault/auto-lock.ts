import type { Clock } from '../../ports.ts';

const CHECK_MS = 1_000;

export interface AutoLock {
  /** A person did something. */
  touch(): void;
  stop(): void;
}

/**
 * Locks when nobody has done anything for the minutes that the workspace is set to; `minutes` is null while it is locked.
 * Both clocks count: the monotonic one stands still while the machine sleeps, the other can be set back.
 */
export function createAutoLock(
  clock: Clock,
  { minutes, lock }: { readonly minutes: () => number | null; readonly lock: () => void },
): AutoLock {
  const now = () => ({ wallMs: clock.nowMs(), monoMs: Number(clock.monotonicNs() / 1_000_000n) });
  let last = now();
  const check = (): void => {
    const limit = minutes();
    const at = now();
    // The time before it was opened does not count.
    if (limit === null) {
      last = at;
      return;
    }
    const idleMs = Math.max(at.wallMs - last.wallMs, at.monoMs - last.monoMs);
    if (idleMs >= limit * 60_000) lock();
  };
  const timer = setInterval(check, CHECK_MS);
  timer.unref();
  return {
    touch: () => {
      last = now();
    },
    stop: () => clearInterval(timer),
  };
}
