import { describe, expect, it } from 'vitest';
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

/** Times at which requests of a size go when each goes as soon as it may. */
function goingTimes(rate: Rate, needs: readonly number[]): number[] {
  let bucket: Bucket = fullBucket(rate, 0);
  let nowMs = 0;
  return needs.map((need) => {
    nowMs += bucketWaitMs(bucket, rate, { need, nowMs });
    expect(bucketWaitMs(bucket, rate, { need, nowMs })).toBe(0);
    bucket = takenFrom(bucket, rate, { amount: need, nowMs });
    return nowMs;
  });
}

describe('a rate', () => {
  it('lets no minute see more than the rate and one capacity', () => {
    for (const perMinute of [1, 7, 60, 600, 1_000]) {
      const rate = requestRate(perMinute);
      const times = goingTimes(
        rate,
        Array.from({ length: 500 }, () => 1),
      );
      for (const start of times) {
        const inMinute = times.filter((at) => at >= start && at < start + 60_000).length;
        expect(inMinute).toBeLessThanOrEqual(Math.ceil(perMinute + rate.capacity));
      }
      // And it is used: no slower than the rate, but for the rounding up of each wait.
      expect(times.at(-1)).toBeLessThanOrEqual((500 / perMinute) * 60_000 + 500);
    }
  });

  it('lets a request that is larger than the bucket go when the bucket is full, and pays it back', () => {
    const rate = tokenRate(600);
    expect(rate.capacity).toBe(100);
    const times = goingTimes(rate, [1_000, 50, 50]);
    expect(times[0]).toBe(0);
    // 100 - 1000 = -900; until there are 50: 950 tokens at ten a second.
    expect(times[1]).toBe(95_000);
    expect(times[2]).toBe(100_000);
  });

  it('gives back what was foreseen and not used', () => {
    const rate = tokenRate(600);
    const foreseen = takenFrom(fullBucket(rate, 0), rate, { amount: 100, nowMs: 0 });
    const settled = takenFrom(foreseen, rate, { amount: -80, nowMs: 0 });
    expect(bucketWaitMs(settled, rate, { need: 80, nowMs: 0 })).toBe(0);
    expect(bucketWaitMs(foreseen, rate, { need: 80, nowMs: 0 })).toBe(8_000);
  });

  it('takes no harm from a clock that goes back', () => {
    const rate = requestRate(60);
    const bucket = takenFrom(fullBucket(rate, 10_000), rate, { amount: 1, nowMs: 10_000 });
    expect(bucketWaitMs(bucket, rate, { need: 1, nowMs: 5_000 })).toBe(1_000);
  });
});

describe('a width', () => {
  it('shrinks at once by half, grows by one after as many good answers, and stays within 1 and the most', () => {
    let width = widthOf(16);
    for (const expected of [8, 4, 2, 1, 1]) {
      width = narrowed(width);
      expect(Math.floor(width.now)).toBe(expected);
    }
    const answersUntil = (target: number): number => {
      let count = 0;
      while (Math.floor(width.now + 1e-9) < target) {
        width = widened(width);
        count += 1;
      }
      return count;
    };
    expect(answersUntil(2)).toBe(1);
    // From n to n + 1 it takes about n answers, so growing back takes far more answers than shrinking took 429s.
    expect(answersUntil(16)).toBeGreaterThan(100);
    for (let i = 0; i < 100; i += 1) width = widened(width);
    expect(width.now).toBe(16);
  });
});
