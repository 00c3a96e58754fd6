import type { Interval } from '../domain/evaluation.ts';

/** The samples of one canary: how many were asked and how many hit. The canary is the unit of analysis (METHOD 0.7). */
export interface Cluster {
  readonly samples: number;
  readonly hits: number;
}

export interface DesignEffect {
  /** 1 + (K - 1) rho: how much wider the variance is than that of independent samples. */
  readonly deff: number;
  /** n K / deff: as many independent samples would know as much. */
  readonly effective: number;
}

/** Design effect of n canaries with K repeats each and intra-canary correlation rho (Kish 1965; METHOD 3.3, 5.6). */
export function designEffect(canaries: number, repeats: number, rho: number): DesignEffect {
  if (!(canaries >= 0 && repeats >= 1 && rho >= -1 && rho <= 1)) {
    throw new RangeError('n >= 0, K >= 1, -1 <= rho <= 1');
  }
  const deff = 1 + (repeats - 1) * rho;
  if (!(deff > 0)) throw new RangeError('rho is at least -1 / (K - 1)');
  return { deff, effective: (canaries * repeats) / deff };
}

export interface ClusterRate {
  readonly canaries: number;
  readonly samples: number;
  /** Hits per sample over all canaries. */
  readonly rate: number;
  /** Standard error with the canary as unit: the linearised ratio estimator. Null with fewer than two canaries. */
  readonly clusterError: number | null;
  /** What the error would be if samples were independent; too small, and shown for comparison only. */
  readonly naiveError: number;
  /** clusterError^2 / naiveError^2; null where either is undefined or zero. */
  readonly deff: number | null;
  readonly effective: number | null;
  /** Percentile interval of the canary bootstrap. */
  readonly bootstrap: Interval;
}

function checked(clusters: readonly Cluster[]): readonly Cluster[] {
  for (const { samples, hits } of clusters) {
    const whole = Number.isInteger(samples) && Number.isInteger(hits);
    if (!whole || samples < 0 || hits < 0 || hits > samples) {
      throw new RangeError('a canary has 0 <= hits <= samples, whole numbers');
    }
  }
  return clusters.filter(({ samples }) => samples > 0);
}

/**
 * Hit rate of repeated samples with errors clustered by canary (Cochran, Sampling Techniques, 6.3; Miller,
 * arXiv:2411.00640) and the percentile bootstrap over canaries (Efron and Tibshirani 1993, 13.3). `random` gives uniform
 * numbers in [0, 1) and is the caller's, so that a result can be repeated.
 */
export function clusterRate(
  input: readonly Cluster[],
  bootstrap: { readonly random: () => number; readonly rounds?: number; readonly level?: number },
): ClusterRate {
  const clusters = checked(input);
  const canaries = clusters.length;
  if (canaries === 0) throw new RangeError('no canary has a sample');
  const { rounds = 2_000, level = 0.95, random } = bootstrap;
  const samples = clusters.reduce((sum, cluster) => sum + cluster.samples, 0);
  const rate = clusters.reduce((sum, { hits }) => sum + hits, 0) / samples;
  const squares = clusters.reduce((sum, c) => sum + (c.hits - rate * c.samples) ** 2, 0);
  const clusterError =
    canaries < 2 ? null : Math.sqrt((canaries / (canaries - 1)) * squares) / samples;
  const naiveError = Math.sqrt((rate * (1 - rate)) / samples);
  const deff =
    clusterError === null || clusterError === 0 || naiveError === 0
      ? null
      : (clusterError / naiveError) ** 2;
  return {
    canaries,
    samples,
    rate,
    clusterError,
    naiveError,
    deff,
    effective: deff === null ? null : samples / deff,
    bootstrap: percentiles(clusters, random, rounds, level),
  };
}

function percentiles(
  clusters: readonly Cluster[],
  random: () => number,
  rounds: number,
  level: number,
): Interval {
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('at least one round');
  if (!(level > 0 && level < 1)) throw new RangeError('a level lies between 0 and 1');
  const rates = Array.from({ length: rounds }, () => {
    let hits = 0;
    let samples = 0;
    for (let at = 0; at < clusters.length; at += 1) {
      const cluster = clusters[Math.floor(random() * clusters.length)];
      hits += cluster?.hits ?? 0;
      samples += cluster?.samples ?? 0;
    }
    return hits / samples;
  }).sort((a, b) => a - b);
  const at = (share: number) =>
    rates[Math.min(rounds - 1, Math.max(0, Math.floor(share * rounds)))] ?? 0;
  const half = (1 - level) / 2;
  return { low: at(half), high: at(1 - half) };
}
