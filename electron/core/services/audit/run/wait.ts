/** Time as a run waits by it; a test supplies its own. */
export interface PaceClock {
  /** Monotonic milliseconds. */
  nowMs(): number;
  /** Resolves after the time, or at once when the signal is raised. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longest a timer of Node can wait; a longer wait is several of them. */
const LONGEST_TIMER_MS = 3_600_000;

function nap(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve();
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}

/** The process's own time. */
export const systemPace: PaceClock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    for (let left = ms; left > 0 && !signal.aborted; left -= LONGEST_TIMER_MS)
      await nap(Math.min(left, LONGEST_TIMER_MS), signal);
  },
};

/** So many at a time; the rest wait in order. */
export function createSlots(most: number) {
  let free = most;
  const queue: (() => void)[] = [];
  return {
    take: (): Promise<void> => {
      if (free > 0) {
        free -= 1;
        return Promise.resolve();
      }
      return new Promise((resolve) => queue.push(resolve));
    },
    give: (): void => {
      const next = queue.shift();
      if (next) next();
      else free += 1;
    },
  };
}
export type Slots = ReturnType<typeof createSlots>;
