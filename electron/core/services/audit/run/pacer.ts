import {
  type Bucket,
  bucketWaitMs,
  fullBucket,
  narrowed,
  type Rate,
  requestRate,
  takenFrom,
  tokenRate,
  widened,
  widthOf,
} from '#shared/domain/limits.ts';
import type { TargetLimits } from '#shared/domain/target.ts';
import type { PaceClock, Slots } from './wait.ts';

export interface PacerOptions {
  readonly limits: TargetLimits;
  /** Requests at a time where the target has no limit of its own. */
  readonly concurrency: number;
  readonly clock: PaceClock;
  readonly signal: AbortSignal;
  /** What all targets share: so many requests at a time. */
  readonly slots: Slots;
  /** Told why the target is not asked at present; null when it is. */
  readonly waiting: (why: string | null) => void;
}

/** What an exchange was to the pace: tokens it really used, and whether the server asked for less. */
export interface PaceResult {
  readonly tokens: number;
  readonly isLimited: boolean;
  readonly isAnswered: boolean;
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;

interface Meter {
  readonly rate: Rate;
  bucket: Bucket;
}

/** Lets the requests of one target go at the pace that its sealed limits and the server allow. */
export function createPacer(options: PacerOptions) {
  const { limits, concurrency, clock, signal, slots, waiting } = options;
  const meterOf = (rate: Rate | null): Meter | null =>
    rate && { rate, bucket: fullBucket(rate, clock.nowMs()) };
  const { requestsPerMinute, tokensPerMinute } = limits;
  const requests = meterOf(requestsPerMinute === null ? null : requestRate(requestsPerMinute));
  const tokens = meterOf(tokensPerMinute === null ? null : tokenRate(tokensPerMinute));
  let width = widthOf(Math.min(limits.concurrency ?? concurrency, concurrency));
  let underWay = 0;
  /** They may go as far as this target is concerned, and wait for a slot. */
  let queued = 0;
  let heldUntilMs = 0;
  let wakers: (() => void)[] = [];
  let waiters = 0;

  const wake = (): void => {
    const all = wakers;
    wakers = [];
    for (const one of all) one();
  };
  signal.addEventListener('abort', wake, { once: true });

  const waitOf = (meter: Meter | null, need: number, nowMs: number): number =>
    meter ? bucketWaitMs(meter.bucket, meter.rate, { need, nowMs }) : 0;
  const take = (meter: Meter | null, amount: number, nowMs: number): void => {
    if (meter) meter.bucket = takenFrom(meter.bucket, meter.rate, { amount, nowMs });
  };

  /** Why a request may not go now beside so many others, and for how long at least; null: it may. */
  const obstacle = (need: number, others: number): { ms: number; why: string } | null => {
    const nowMs = clock.nowMs();
    const held = heldUntilMs - nowMs;
    if (held > 0) return { ms: held, why: `waits ${seconds(held)}, as the server asks` };
    const byRequests = waitOf(requests, 1, nowMs);
    const byTokens = waitOf(tokens, need, nowMs);
    const ms = Math.max(byRequests, byTokens);
    if (ms > 0)
      return {
        ms,
        why: `waits ${seconds(ms)} for its limit of ${byRequests >= byTokens ? `${requestsPerMinute} requests` : `${tokensPerMinute} tokens`} a minute`,
      };
    if (others >= Math.floor(width.now))
      return { ms: 0, why: `asks ${Math.floor(width.now)} at a time` };
    return null;
  };

  const waitOut = async ({ ms, why }: { ms: number; why: string }): Promise<void> => {
    waiters += 1;
    waiting(why);
    if (ms > 0) await clock.sleep(ms, signal);
    else
      await new Promise<void>((resolve) => {
        wakers.push(resolve);
      });
    waiters -= 1;
    if (waiters === 0) waiting(null);
  };

  /** True, and a slot and its part of the rates are taken, when a request may go at this very moment. */
  const goes = async (need: number): Promise<boolean> => {
    queued += 1;
    await slots.take();
    queued -= 1;
    // While it waited for the slot, the server may have asked for patience, and others may have used the rate.
    if (signal.aborted || obstacle(need, underWay) !== null) {
      slots.give();
      return false;
    }
    const nowMs = clock.nowMs();
    take(requests, 1, nowMs);
    take(tokens, need, nowMs);
    underWay += 1;
    return true;
  };

  return {
    /**
     * Resolves true when a request of about so many tokens may go, which then has one of the slots until `done`; false
     * when the run is to halt.
     */
    admit: async (need: number): Promise<boolean> => {
      for (;;) {
        if (signal.aborted) return false;
        const against = obstacle(need, underWay + queued);
        if (against !== null) await waitOut(against);
        else if (await goes(need)) return true;
      }
    },
    /** Ends what `admit` let go, for as many tokens as were foreseen there. */
    done: (need: number, result: PaceResult): void => {
      underWay -= 1;
      slots.give();
      take(tokens, result.tokens - need, clock.nowMs());
      if (result.isLimited) width = narrowed(width);
      else if (result.isAnswered) width = widened(width);
      wake();
    },
    /** Lets nothing go before the time has passed. */
    hold: (ms: number): void => {
      heldUntilMs = Math.max(heldUntilMs, clock.nowMs() + ms);
    },
    /** Requests at a time that are allowed at present. */
    width: (): number => Math.floor(width.now),
  };
}
export type Pacer = ReturnType<typeof createPacer>;
