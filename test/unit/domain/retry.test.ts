import { describe, expect, it } from 'vitest';
import { type Retry, retryAfterMs, retryWaitMs, serverTimeMs } from '#shared/domain/retry.ts';

const POLICY = { attempts: 5, waitMs: 1_000, maxRetryAfterMs: 60_000, jitter: 0.5 };
const first: Retry = {
  planSha256: 'ab'.repeat(32),
  canaryId: 'C-1',
  target: 'suspect',
  k: 1,
  retry: 1,
  retryAfterMs: null,
};

describe('the wait before a retry', () => {
  it('is the same for the same plan and retry, and different for another', () => {
    expect(retryWaitMs(POLICY, first)).toBe(retryWaitMs(POLICY, { ...first }));
    const waits = [
      first,
      { ...first, planSha256: 'cd'.repeat(32) },
      { ...first, canaryId: 'C-2' },
      { ...first, target: 'control' },
      { ...first, k: 2 },
    ].map((retry) => retryWaitMs(POLICY, retry));
    expect(new Set(waits).size).toBe(waits.length);
  });

  it('doubles, stays below the sealed bound, and adds at most the jitter', () => {
    for (let retry = 1; retry <= 12; retry += 1) {
      const planned = Math.min(1_000 * 2 ** (retry - 1), 60_000);
      const wait = retryWaitMs(POLICY, { ...first, retry });
      expect(wait).toBeGreaterThanOrEqual(planned);
      expect(wait).toBeLessThanOrEqual(planned * 1.5);
    }
    expect(retryWaitMs({ ...POLICY, jitter: 0 }, { ...first, retry: 3 })).toBe(4_000);
  });

  it('spreads: many retries at one time do not come back together', () => {
    const waits = Array.from({ length: 200 }, (_, index) =>
      retryWaitMs(POLICY, { ...first, canaryId: `C-${index}` }),
    );
    const early = waits.filter((wait) => wait < 1_250).length;
    expect(early).toBeGreaterThan(70);
    expect(early).toBeLessThan(130);
  });

  it('is never shorter than what the server asked for', () => {
    const wait = retryWaitMs(POLICY, { ...first, retryAfterMs: 20_000 });
    expect(wait).toBeGreaterThanOrEqual(20_000);
    expect(wait).toBeLessThanOrEqual(20_500);
  });
});

describe('Retry-After', () => {
  const received = Date.parse('2026-05-01T12:00:00Z');
  it.each([
    [[['Retry-After', '7']], 7_000],
    [[['retry-after', ' 0 ']], 0],
    [[['retry-after', '999999999']], 999_999_999_000],
    [[['retry-after', '9'.repeat(40)]], Number.MAX_SAFE_INTEGER],
    [[['retry-after', 'Fri, 01 May 2026 12:01:30 GMT']], 90_000],
    [[['retry-after', 'Fri, 01 May 2015 12:00:00 GMT']], 0],
    // The server's clock is a year ahead; its date is read by its own clock.
    [
      [
        ['date', 'Sat, 01 May 2027 12:00:00 GMT'],
        ['retry-after', 'Sat, 01 May 2027 12:00:05 GMT'],
      ],
      5_000,
    ],
    [
      [
        ['retry-after', '1'],
        ['retry-after', '9'],
      ],
      9_000,
    ],
    // Obsolete forms that a recipient must read all the same; both are GMT.
    [[['retry-after', 'Fri May  1 12:01:30 2026']], 90_000],
    [[['retry-after', 'Friday, 01-May-26 12:01:30 GMT']], 90_000],
    [[['retry-after', 'Friday, 01-May-94 12:01:30 GMT']], 0],
    [[['retry-after', '2026-05-01T14:01:30+02:00']], 90_000],
    // What a proxy makes of several headers, and what the grammar does not know but everybody understands.
    [[['retry-after', '1, 9 ,3']], 9_000],
    [[['retry-after', '1.25']], 1_250],
    [[['retry-after', '0.0001']], 1],
    [[['retry-after', 'soon']], null],
    [[['retry-after', '2s']], null],
    [[['retry-after', 'wait until 2099 please']], null],
    [[['retry-after', 'Fri, 01 Foo 2026 12:01:30 GMT']], null],
    [[['retry-after', 'Fri, 01 May 2026 12:01:30 CEST']], null],
    [[['retry-after', '']], null],
    [[['retry-after', '+5']], null],
    [[['retry-after', '1e3']], null],
    [[['retry-after', '-5']], null],
    [[['x', '1']], null],
  ] as const)('%j is %s', (headers, expected) => {
    expect(retryAfterMs(headers, received)).toBe(expected);
  });

  it('reads one date header only', () => {
    expect(serverTimeMs([['Date', 'Fri, 01 May 2026 12:00:00 GMT']], received)).toBe(received);
    expect(serverTimeMs([['date', 'yesterday']], received)).toBeNull();
    expect(
      serverTimeMs(
        [
          ['date', 'Fri, 01 May 2026 12:00:00 GMT'],
          ['date', 'Fri, 01 May 2026 12:00:00 GMT'],
        ],
        received,
      ),
    ).toBeNull();
  });

  it.each(['America/New_York', 'Asia/Tokyo'])('is read alike in %s', (zone) => {
    const before = process.env.TZ;
    process.env.TZ = zone;
    try {
      expect(retryAfterMs([['retry-after', 'Fri May  1 12:01:30 2026']], received)).toBe(90_000);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  });
});
