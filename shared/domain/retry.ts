import { sha256, utf8 } from '../evidence/bytes.ts';
import { httpDateMs } from '../util/http-date.ts';
import type { Outcome } from './outcome.ts';
import type { Plan } from './plan.ts';

/** Failures that a plan may allow to be tried again; everything else is an answer or a fact. */
export const RETRYABLE: ReadonlySet<Outcome> = new Set([
  'rate-limited',
  'timed-out',
  'transport-failed',
]);

/** The retry that is to be waited for. */
export interface Retry {
  /** SHA-256 of the sealed plan file, hex: the seed of the jitter. */
  readonly planSha256: string;
  readonly canaryId: string;
  readonly target: string;
  readonly k: number;
  /** 1 for the first retry of the sample. */
  readonly retry: number;
  /** What the server asked for; null: nothing. */
  readonly retryAfterMs: number | null;
}

/** In [0, 1), the same for the same plan and retry on every machine. */
function jitterOf({ planSha256, canaryId, target, k, retry }: Retry): number {
  const hash = sha256(
    utf8(JSON.stringify(['retry-jitter/1', planSha256, canaryId, target, k, retry])),
  );
  return new DataView(hash.buffer, hash.byteOffset, 4).getUint32(0) / 0x1_0000_0000;
}

/**
 * Milliseconds to wait before a retry: `waitMs`, doubled with each further retry, at most `maxRetryAfterMs` (or `waitMs`
 * where that is more); at least what the server asked for; and up to `jitter` of the planned wait on top. A pure function
 * of the sealed plan and the server's answer, so that anybody can compute it again.
 */
export function retryWaitMs(policy: Plan['retry'], retry: Retry): number {
  const { waitMs, maxRetryAfterMs, jitter } = policy;
  const planned = Math.min(waitMs * 2 ** (retry.retry - 1), Math.max(waitMs, maxRetryAfterMs));
  return Math.round(
    Math.max(planned, retry.retryAfterMs ?? 0) + planned * jitter * jitterOf(retry),
  );
}

const headerOf = (headers: readonly (readonly [string, string])[], name: string): string[] =>
  headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value.trim());

/** Seconds; fractions are not allowed and still clear. Proxies put several headers into one, with commas. */
const SECONDS = /^\d+(?:\.\d+)?(?:\s*,\s*\d+(?:\.\d+)?)*$/;

/**
 * How long a server asks to wait (RFC 9110, 10.2.3), in milliseconds: seconds, or an HTTP date, which counts from the
 * server's own `date` where it gives one, since its clock may not be ours. A date of the past is no wait. Of several headers the
 * longest counts. Null: it asks for nothing that can be read.
 */
export function retryAfterMs(
  headers: readonly (readonly [string, string])[],
  receivedMs: number,
): number | null {
  const served = serverTimeMs(headers, receivedMs) ?? receivedMs;
  const waits = headerOf(headers, 'retry-after').flatMap((value) => {
    if (SECONDS.test(value))
      return value
        .split(',')
        .map((one) => Math.min(Math.ceil(Number(one) * 1_000), Number.MAX_SAFE_INTEGER));
    const at = httpDateMs(value, receivedMs);
    return at === null ? [] : [Math.max(0, at - served)];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

/**
 * The server's clock as its `date` header says it, in milliseconds since 1970; null where it says none.
 * @param receivedMs when it came, by our clock.
 */
export function serverTimeMs(
  headers: readonly (readonly [string, string])[],
  receivedMs: number,
): number | null {
  const [value, ...more] = headerOf(headers, 'date');
  return value === undefined || more.length > 0 ? null : httpDateMs(value, receivedMs);
}
