import type { SimilarityScores } from './score.ts';

export interface ModelMap {
  /** Two coordinates a model; only distances between points mean something. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Share of the differences between models that two dimensions show, 0 to 1. */
  readonly shown: number;
}

const ROUNDS = 500;

/** The leading eigenvector of a symmetric matrix by power iteration, scaled by the root of its eigenvalue. */
function leadingAxis(matrix: Float64Array, size: number): { axis: Float64Array; value: number } {
  let axis = Float64Array.from({ length: size }, (_, at) => 1 + ((at * 7_919) % 101) / 101);
  let value = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = new Float64Array(size);
    for (let i = 0; i < size; i += 1)
      for (let j = 0; j < size; j += 1)
        next[i] = (next[i] ?? 0) + (matrix[i * size + j] ?? 0) * (axis[j] ?? 0);
    value = Math.hypot(...next);
    if (value < 1e-12) return { axis: new Float64Array(size), value: 0 };
    axis = next.map((entry) => entry / value);
  }
  const projected = axis.reduce((sum, entry, i) => {
    let row = 0;
    for (let j = 0; j < size; j += 1) row += (matrix[i * size + j] ?? 0) * (axis[j] ?? 0);
    return sum + entry * row;
  }, 0);
  const scale = Math.sqrt(Math.max(0, projected));
  // A map has no left and right: the sign is fixed so that the same data gives the same picture.
  const sign = (axis.find((entry) => Math.abs(entry) > 1e-9) ?? 1) < 0 ? -1 : 1;
  return { axis: axis.map((entry) => sign * scale * entry), value: projected };
}

/** Classical scaling (Torgerson 1952) of how far each two models are from the closest two. */
export function mapModels(scores: SimilarityScores): ModelMap {
  const size = scores.panel.labs.length;
  const symmetric = (i: number, j: number): number => {
    const both = [scores.pair(i, j)?.closeness ?? 0, scores.pair(j, i)?.closeness ?? 0];
    return ((both[0] ?? 0) + (both[1] ?? 0)) / 2;
  };
  let closest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i += 1)
    for (let j = i + 1; j < size; j += 1) closest = Math.max(closest, symmetric(i, j));
  const distance = (i: number, j: number): number => (i === j ? 0 : closest - symmetric(i, j));
  const gram = new Float64Array(size * size);
  const means = Array.from({ length: size }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < size; j += 1) sum += distance(i, j) ** 2;
    return sum / size;
  });
  const overall = means.reduce((sum, mean) => sum + mean, 0) / size;
  for (let i = 0; i < size; i += 1)
    for (let j = 0; j < size; j += 1)
      gram[i * size + j] = -(distance(i, j) ** 2 - (means[i] ?? 0) - (means[j] ?? 0) + overall) / 2;
  const total = gram.reduce((sum, entry) => sum + entry ** 2, 0);
  const first = leadingAxis(gram, size);
  const rest = gram.map((entry, slot) => {
    const i = Math.floor(slot / size);
    return entry - (first.axis[i] ?? 0) * (first.axis[slot % size] ?? 0);
  });
  const second = leadingAxis(rest, size);
  const shown = first.value ** 2 + second.value ** 2;
  return {
    points: Array.from({ length: size }, (_, at) => [first.axis[at] ?? 0, second.axis[at] ?? 0]),
    shown: total === 0 ? 0 : Math.min(1, shown / total),
  };
}
