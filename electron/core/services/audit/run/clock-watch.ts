import type { Session } from '../../workspace/session.ts';

/** What the two clocks may differ by before it is noted. */
const NOTED_MS = 10_000;

/**
 * Notes in the custody log when the wall clock and the monotonic clock part company during a run: the clock was set, or
 * the machine slept. Durations are measured by the monotonic one, and times of the record never go back.
 */
export function createClockWatch(session: Session, auditId: string) {
  const { clock } = session.ports;
  const differenceMs = (): number => clock.nowMs() - Number(clock.monotonicNs() / 1_000_000n);
  let expectedMs = differenceMs();
  return {
    look: (): void => {
      const nowMs = differenceMs();
      const stepMs = Math.round(nowMs - expectedMs);
      if (Math.abs(stepMs) < NOTED_MS) return;
      expectedMs = nowMs;
      session.transaction(() =>
        session.record('clock.stepped', { audit: auditId, step_ms: stepMs }),
      );
    },
  };
}
