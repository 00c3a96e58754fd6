import type { Interval } from '../domain/evaluation.ts';
import { binomialUpperTail } from './binomial.ts';
import { type EValue, eValue, type LogE, logE, type PValue } from './brands.ts';
import { fisherExact } from './hypergeometric.ts';
import { clopperPearson, wilson } from './intervals.ts';

export interface Count {
  readonly hits: number;
  readonly n: number;
}

function check({ hits, n }: Count): void {
  if (!Number.isInteger(hits) || !Number.isInteger(n) || hits < 0 || hits > n) {
    throw new RangeError('hits and n are whole numbers with 0 <= hits <= n');
  }
}

const part = (count: number, rate: number): number => (count === 0 ? 0 : count * Math.log(rate));

const logLikelihood = ({ hits, n }: Count, rate: number): number =>
  part(hits, rate) + part(n - hits, 1 - rate);

/**
 * ln of the block e-variable of two proportions: p_a(y_a) p_b(y_b) / p_0(y_a, y_b) with theta_0 the mean of theta_a and
 * theta_b weighted by block sizes. Its mean is at most 1 whatever common rate both groups have, so blocks multiply and
 * may be stopped at any time (Turner, Ly and Grünwald, JSPI 2024, arXiv:2106.02693; METHOD 3.3).
 */
export function turnerBlockLogE(
  a: Count & { readonly theta: number },
  b: Count & { readonly theta: number },
): LogE {
  check(a);
  check(b);
  for (const { theta } of [a, b]) {
    if (!(theta > 0 && theta < 1)) throw new RangeError('theta lies between 0 and 1');
  }
  if (a.n + b.n === 0) return logE(0);
  const common = (a.n * a.theta + b.n * b.theta) / (a.n + b.n);
  return logE(
    logLikelihood(a, a.theta) +
      logLikelihood(b, b.theta) -
      logLikelihood({ hits: a.hits + b.hits, n: a.n + b.n }, common),
  );
}

/**
 * e-value of one pair of canaries of which one was served at random (design A2, METHOD 4.6): 1 where both or neither
 * hit, else 2 pi for a hit on the served one and 2 (1 - pi) for the other.
 */
export function pairE(servedHit: boolean, heldOutHit: boolean, pi = 0.9): EValue {
  if (!(pi > 0 && pi < 1)) throw new RangeError('pi lies between 0 and 1');
  if (servedHit === heldOutHit) return eValue(1);
  return eValue(servedHit ? 2 * pi : 2 * (1 - pi));
}

/** One-sided sign test on discordant pairs: P(Binomial(for + against, 1/2) >= for). */
export function signTest(inFavour: number, against: number): PValue {
  return binomialUpperTail(inFavour, inFavour + against, 0.5);
}

export interface EpochComparison {
  /** Fisher's exact two-sided p; the epochs use different canaries (METHOD 5.7). */
  readonly p: PValue;
  readonly before: Interval & { readonly rate: number };
  readonly after: Interval & { readonly rate: number };
  /** After minus before, with Newcombe's interval of two Wilson intervals (Statistics in Medicine 1998, method 10). */
  readonly difference: Interval & { readonly value: number };
}

/** Did the hit rate of a model change between two epochs? Unit = canary, n fixed beforehand in both. */
export function compareEpochs(before: Count, after: Count, level = 0.95): EpochComparison {
  for (const count of [before, after]) {
    check(count);
    if (count.n === 0) throw new RangeError('an epoch needs at least one canary');
  }
  const { twoSided } = fisherExact([
    [after.hits, after.n - after.hits],
    [before.hits, before.n - before.hits],
  ]);
  const [old, now] = [before.hits / before.n, after.hits / after.n];
  const [oldBand, nowBand] = [
    wilson(before.hits, before.n, level),
    wilson(after.hits, after.n, level),
  ];
  const value = now - old;
  return {
    p: twoSided,
    before: { rate: old, ...clopperPearson(before.hits, before.n, level) },
    after: { rate: now, ...clopperPearson(after.hits, after.n, level) },
    difference: {
      value,
      low: value - Math.hypot(now - nowBand.low, oldBand.high - old),
      high: value + Math.hypot(nowBand.high - now, old - oldBand.low),
    },
  };
}
