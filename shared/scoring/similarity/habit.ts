import type { Panel } from './panel.ts';

/** Beginnings are kept as a number below this, so that no other model's text can change a pair's vocabulary. */
export const BEGINNINGS = 1_021;
/** Added to a control's habit: a beginning that no control uses counts at most 4.5 times one that all use. */
const SMOOTHING = 0.05;

/** FNV-1a of the first token, below BEGINNINGS. */
export function beginningOf(firstToken: string): number {
  let hash = 0x811c9dc5;
  for (const unit of new TextEncoder().encode(firstToken))
    hash = Math.imul(hash ^ unit, 0x01000193) >>> 0;
  return hash % BEGINNINGS;
}

/** Mean over laboratories of the mean over their controls, without up to two laboratories. */
function controlHabit(
  panel: Panel,
  habits: Float64Array,
  without: readonly number[],
): Float64Array {
  const mean = new Float64Array(BEGINNINGS);
  const judges = panel.controls.filter(({ lab }) => !without.includes(lab));
  for (const { members } of judges) {
    const weight = 1 / (judges.length * members.length);
    for (const member of members)
      for (let at = 0; at < BEGINNINGS; at += 1)
        mean[at] = (mean[at] ?? 0) + weight * (habits[member * BEGINNINGS + at] ?? 0);
  }
  return mean;
}

/**
 * Whether two models begin their answers with the same first words over all prompts, whatever the prompt: the cosine
 * of their habits (square roots of relative frequencies) after the habit of the controls of other laboratories is
 * taken off, beginnings that controls rarely use weighing more. Writes a table, row by row; 0 where it says nothing.
 *
 * @param counts how often each model used each beginning, `BEGINNINGS` numbers a model
 * @param answers how many answers each model has
 */
export function habitTable(
  panel: Panel,
  counts: Float64Array,
  answers: Float64Array,
  into: Float64Array,
): void {
  const size = panel.labs.length;
  const habits = new Float64Array(size * BEGINNINGS);
  for (let model = 0; model < size; model += 1)
    for (let at = 0; at < BEGINNINGS; at += 1) {
      const slot = model * BEGINNINGS + at;
      habits[slot] = Math.sqrt((counts[slot] ?? 0) / Math.max(1, answers[model] ?? 0));
    }
  const judging = new Set(panel.controls.map(({ lab }) => lab));
  const group = (model: number): number => {
    const lab = panel.labs[model] ?? -1;
    return judging.has(lab) ? lab : -1;
  };
  const groups = new Map<number, number[]>();
  for (let model = 0; model < size; model += 1)
    groups.set(group(model), [...(groups.get(group(model)) ?? []), model]);
  const entries = [...groups];
  entries.forEach(([labA, modelsA], indexA) => {
    for (const [labB, modelsB] of entries.slice(indexA)) {
      const mean = controlHabit(panel, habits, [labA, labB]);
      const members = labA === labB ? modelsA : [...modelsA, ...modelsB];
      const centred = new Map(members.map((model) => [model, centre(habits, model, mean)]));
      for (const a of modelsA)
        for (const b of modelsB) {
          const value = a === b ? 0 : cosine(centred.get(a), centred.get(b));
          into[a * size + b] = value;
          into[b * size + a] = value;
        }
    }
  });
}

interface Direction {
  readonly at: readonly number[];
  readonly values: Float64Array;
  readonly norm: number;
}

function centre(habits: Float64Array, model: number, mean: Float64Array): Direction {
  const values = new Float64Array(BEGINNINGS);
  const at: number[] = [];
  let squares = 0;
  for (let index = 0; index < BEGINNINGS; index += 1) {
    const base = mean[index] ?? 0;
    const value = ((habits[model * BEGINNINGS + index] ?? 0) - base) / Math.sqrt(base + SMOOTHING);
    if (value === 0) continue;
    values[index] = value;
    at.push(index);
    squares += value * value;
  }
  return { at, values, norm: Math.sqrt(squares) };
}

function cosine(a: Direction | undefined, b: Direction | undefined): number {
  if (!a || !b || a.norm === 0 || b.norm === 0) return 0;
  let sum = 0;
  for (const index of a.at) sum += (a.values[index] ?? 0) * (b.values[index] ?? 0);
  return sum / (a.norm * b.norm);
}
