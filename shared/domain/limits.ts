/**
 * Pacing rules of one target, pure: the time is passed in as monotonic milliseconds. A bucket holds at most `capacity` and
 * fills at a steady rate; what is taken out must be in it. So no minute sees more than the rate plus one capacity.
 */
export interface Bucket {
  /** May be below zero where more was used than was foreseen. */
  readonly level: number;
  readonly atMs: number;
}

export interface Rate {
  readonly perMinute: number;
  /** What may go at once after a pause: the bucket never holds more. */
  readonly capacity: number;
}

const MINUTE_MS = 60_000;

/** Requests: one second's worth at once, at least one. */
export const requestRate = (perMinute: number): Rate => ({
  perMinute,
  capacity: Math.max(1, perMinute / 60),
});

/** Tokens: ten seconds' worth at once; a request that needs more than that waits until the bucket is full. */
export const tokenRate = (perMinute: number): Rate => ({ perMinute, capacity: perMinute / 6 });

export const fullBucket = (rate: Rate, nowMs: number): Bucket => ({
  level: rate.capacity,
  atMs: nowMs,
});

/** The bucket as it stands at a later time. */
export function refilled(bucket: Bucket, rate: Rate, nowMs: number): Bucket {
  const passedMs = Math.max(0, nowMs - bucket.atMs);
  const level = Math.min(rate.capacity, bucket.level + (passedMs * rate.perMinute) / MINUTE_MS);
  return { level, atMs: Math.max(nowMs, bucket.atMs) };
}

/** Milliseconds, rounded up, until `need` may be taken. */
export function bucketWaitMs(
  bucket: Bucket,
  rate: Rate,
  ask: { need: number; nowMs: number },
): number {
  const { level } = refilled(bucket, rate, ask.nowMs);
  const missing = Math.min(ask.need, rate.capacity) - level;
  return missing <= 1e-9 ? 0 : Math.ceil((missing * MINUTE_MS) / rate.perMinute);
}

/** Takes an amount out; a negative one puts back what was foreseen and not used. */
export function takenFrom(
  bucket: Bucket,
  rate: Rate,
  use: { amount: number; nowMs: number },
): Bucket {
  const { level, atMs } = refilled(bucket, rate, use.nowMs);
  return { level: Math.min(rate.capacity, level - use.amount), atMs };
}

/**
 * How many requests may be under way at once: one more after as many good answers as may be under way (additive
 * increase), half as many at once after a 429 (multiplicative decrease), never below one, never above `most`.
 */
export interface Width {
  readonly now: number;
  readonly most: number;
}

export const widthOf = (most: number): Width => ({ now: most, most });
export const widened = ({ now, most }: Width): Width => ({
  now: Math.min(most, now + 1 / now),
  most,
});
export const narrowed = ({ now, most }: Width): Width => ({
  now: Math.max(1, Math.floor(now / 2)),
  most,
});
