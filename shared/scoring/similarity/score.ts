import { agreementsOf } from './agreement.ts';
import { contrastOf } from './contrast.ts';
import { BEGINNINGS, beginningOf, habitTable } from './habit.ts';
import { createPanel, isDocumented, judgesOf, type Panel, type PanelModel } from './panel.ts';
import { bootstrapWeights } from './random.ts';
import { readAnswer } from './text.ts';

/** Weight of the habit of beginning (-1 to 1) beside the mean contrast of the prompts (-1/2 to 1/2). */
export const HABIT_WEIGHT = 0.35;
/**
 * What a reference without documented post-training must beat: this many times the closeness of the best documented
 * one. Above 1, since a documented model in the file is usually another size or snapshot than the real teacher, which
 * makes its closeness an understatement (errors in variables).
 */
export const EXPLAINED_WEIGHT = 1.6;
export const REPLICATES = 200;
/** Fewer shared prompts than this say nothing. */
export const MIN_PROMPTS = 5;
/** What a pair gets of which nothing can be said. */
const NOTHING = { score: 0, low: -1, high: 1 } as const;

export interface SimilarityInput {
  readonly models: readonly PanelModel[];
  /** One entry a prompt: the answer of each model, or null. */
  readonly prompts: Iterable<readonly (string | null)[]>;
  readonly promptCount: number;
  readonly onProgress?: (promptsDone: number) => void;
}

export interface PairScore {
  readonly reference: number;
  readonly suspect: number;
  /** Closeness; less what documented models explain where the reference is undocumented. A lead, never evidence. */
  readonly score: number;
  /** 95 % interval of a bootstrap over prompts. */
  readonly low: number;
  readonly high: number;
  /** Before anything is explained away; 0 is what an unrelated model gets on average. */
  readonly closeness: number;
  /** Prompts that both answered and somebody else too. */
  readonly prompts: number;
  /** Laboratories that judged the pair: two or more are needed for a full comparison. */
  readonly judges: number;
}

export interface SimilarityScores {
  readonly panel: Panel;
  readonly pairs: readonly PairScore[];
  pair(reference: number, suspect: number): PairScore | null;
  /** Closeness of a pair in each replicate; entry 0 is the data itself. NaN where nothing is known. */
  closeness(reference: number, suspect: number): Float64Array;
  /** Score of a pair in each replicate; entry 0 is the data itself. */
  replicates(reference: number, suspect: number): Float64Array;
}

interface Sums {
  /** Sum of weighted contrasts and of weights, a pair's replicates side by side. */
  readonly sums: Float32Array;
  readonly weights: Float32Array;
  /** First words of each model's answers; -1 where it gave none. */
  readonly beginnings: Int16Array;
}

function addPrompts(input: SimilarityInput, panel: Panel, drawn: Uint8Array, width: number): Sums {
  const size = panel.labs.length;
  const sums = new Float32Array(size * size * width);
  const weights = new Float32Array(size * size * width);
  const beginnings = new Int16Array(input.promptCount * size).fill(-1);
  const row = new Float64Array(size);
  let prompt = 0;
  for (const answers of input.prompts) {
    const features = answers.map((answer) => (answer === null ? null : readAnswer(answer)));
    features.forEach((feature, model) => {
      if (feature) beginnings[prompt * size + model] = beginningOf(feature.opening[0] ?? '');
    });
    const tables = agreementsOf(features);
    for (let suspect = 0; suspect < size; suspect += 1) {
      contrastOf(panel, tables, suspect, row);
      for (let reference = 0; reference < size; reference += 1) {
        const value = row[reference] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        const start = (reference * size + suspect) * width;
        for (let replicate = 0; replicate < width; replicate += 1) {
          const times = drawn[prompt * width + replicate] ?? 0;
          if (times === 0) continue;
          sums[start + replicate] = (sums[start + replicate] ?? 0) + times * value;
          weights[start + replicate] = (weights[start + replicate] ?? 0) + times;
        }
      }
    }
    prompt += 1;
    input.onProgress?.(prompt);
  }
  return { sums, weights, beginnings };
}

/** Adds the habit of beginning to the mean contrasts, in place: `sums` becomes closeness. */
function addHabits(panel: Panel, state: Sums, drawn: Uint8Array, width: number): void {
  const size = panel.labs.length;
  const prompts = drawn.length / width;
  const table = new Float64Array(size * size);
  for (let replicate = 0; replicate < width; replicate += 1) {
    const counts = new Float64Array(size * BEGINNINGS);
    const answers = new Float64Array(size);
    for (let prompt = 0; prompt < prompts; prompt += 1) {
      const times = drawn[prompt * width + replicate] ?? 0;
      if (times === 0) continue;
      for (let model = 0; model < size; model += 1) {
        const beginning = state.beginnings[prompt * size + model] ?? -1;
        if (beginning < 0) continue;
        const slot = model * BEGINNINGS + beginning;
        counts[slot] = (counts[slot] ?? 0) + times;
        answers[model] = (answers[model] ?? 0) + times;
      }
    }
    habitTable(panel, counts, answers, table);
    for (let pair = 0; pair < size * size; pair += 1) {
      const slot = pair * width + replicate;
      const weight = state.weights[slot] ?? 0;
      state.sums[slot] =
        weight === 0
          ? Number.NaN
          : (state.sums[slot] ?? 0) / weight + HABIT_WEIGHT * (table[pair] ?? 0);
    }
  }
}

function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const left = sorted[below] ?? 0;
  const right = sorted[Math.min(sorted.length - 1, below + 1)] ?? left;
  return left + (at - below) * (right - left);
}

/**
 * 95 % interval: the percentile interval of the replicates (Efron and Tibshirani 1993, chapter 13), moved so that their
 * median is the value. Resampled habits are noisier than the habits and their cosines smaller; unmoved, the interval
 * would count that loss twice. It is about the value that as many other prompts would give.
 *
 * @param values the value itself, then its replicates
 */
export function bootstrapInterval(values: Float64Array): {
  readonly low: number;
  readonly high: number;
} {
  const value = values[0] ?? Number.NaN;
  const sorted = values
    .slice(1)
    .filter((replicate) => !Number.isNaN(replicate))
    .sort();
  if (sorted.length === 0 || Number.isNaN(value)) return { low: NOTHING.low, high: NOTHING.high };
  const middle = quantile(sorted, 0.5);
  return {
    low: value + quantile(sorted, 0.025) - middle,
    high: value + quantile(sorted, 0.975) - middle,
  };
}

/**
 * Scores every ordered pair of models: how much closer the suspect's answers are to the reference's than to those of
 * unrelated laboratories, answer by answer (docs/similarity.md).
 *
 * Time grows with prompts x models^2, memory with prompts x models + models^2 x replicates; no text is kept.
 */
export function scoreSimilarity(
  input: SimilarityInput,
  replicates: number = REPLICATES,
): SimilarityScores {
  const panel = createPanel(input.models);
  const size = panel.labs.length;
  const width = replicates + 1;
  const drawn = bootstrapWeights(input.promptCount, replicates);
  const state = addPrompts(input, panel, drawn, width);
  addHabits(panel, state, drawn, width);
  const closenessOf = (reference: number, suspect: number): Float32Array => {
    const start = (reference * size + suspect) * width;
    return state.sums.subarray(start, start + width);
  };
  const closeness = (reference: number, suspect: number): Float64Array =>
    Float64Array.from(closenessOf(reference, suspect));
  const bestDocumented = (suspect: number): Float64Array => {
    const best = new Float64Array(width);
    for (const { lab, members } of panel.controls) {
      if (lab === panel.labs[suspect]) continue;
      for (const member of members)
        closenessOf(member, suspect).forEach((value, replicate) => {
          // Also true of NaN: what is unknown explains nothing.
          if (value > (best[replicate] ?? 0)) best[replicate] = value;
        });
    }
    return best;
  };
  const explained = panel.labs.map((_, suspect) => bestDocumented(suspect));
  const scores = (reference: number, suspect: number): Float64Array => {
    const values = closeness(reference, suspect);
    if (isDocumented(panel, reference)) return values;
    return values.map(
      (value, replicate) => value - EXPLAINED_WEIGHT * (explained[suspect]?.[replicate] ?? 0),
    );
  };
  const pairOf = (reference: number, suspect: number): PairScore => {
    const judges = judgesOf(panel, reference, suspect);
    const prompts = state.weights[(reference * size + suspect) * width] ?? 0;
    const facts = { reference, suspect, prompts, judges };
    if (judges === 0 || prompts < MIN_PROMPTS) return { ...facts, ...NOTHING, closeness: 0 };
    const values = scores(reference, suspect);
    const score = values[0] ?? 0;
    const { low, high } = bootstrapInterval(values);
    // One laboratory is one opinion. Its score is left as it is, or the number of judges would become a signal; how far
    // another would differ is not in the bootstrap, so the interval is given room.
    const room = judges === 1 ? high - low : 0;
    return {
      ...facts,
      score,
      low: low - room / 2,
      high: high + room / 2,
      closeness: closenessOf(reference, suspect)[0] ?? 0,
    };
  };
  const pairs: PairScore[] = [];
  const index = new Map<number, PairScore>();
  for (let reference = 0; reference < size; reference += 1)
    for (let suspect = 0; suspect < size; suspect += 1) {
      if (reference === suspect) continue;
      const pair = pairOf(reference, suspect);
      pairs.push(pair);
      index.set(reference * size + suspect, pair);
    }
  return {
    panel,
    pairs,
    pair: (reference, suspect) => index.get(reference * size + suspect) ?? null,
    closeness,
    replicates: scores,
  };
}
