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

/** Beginnings that occur, and per model the square roots of their relative frequencies. */
interface Habits {
  readonly used: readonly number[];
  readonly rows: readonly Float64Array[];
}

function habitsOf(size: number, counts: Float64Array, answers: Float64Array): Habits {
  const used: number[] = [];
  for (let at = 0; at < BEGINNINGS; at += 1)
    for (let model = 0; model < size; model += 1)
      if ((counts[model * BEGINNINGS + at] ?? 0) > 0) {
        used.push(at);
        break;
      }
  const rows = Array.from({ length: size }, (_, model) =>
    Float64Array.from(used, (at) =>
      Math.sqrt((counts[model * BEGINNINGS + at] ?? 0) / Math.max(1, answers[model] ?? 0)),
    ),
  );
  return { used, rows };
}

/** Mean over laboratories of the mean over their controls, without up to two laboratories. */
function controlHabit(panel: Panel, { used, rows }: Habits, without: readonly number[]) {
  const mean = new Float64Array(used.length);
  const judges = panel.controls.filter(({ lab }) => !without.includes(lab));
  for (const { members } of judges) {
    const weight = 1 / (judges.length * members.length);
    for (const member of members)
      rows[member]?.forEach((value, at) => {
        mean[at] = (mean[at] ?? 0) + weight * value;
      });
  }
  return mean;
}

/** Models by laboratory; those whose laboratory has no control are judged alike. */
function groupsOf(panel: Panel): [lab: number, models: number[]][] {
  const judging = new Set(panel.controls.map(({ lab }) => lab));
  const groups = new Map<number, number[]>();
  panel.labs.forEach((lab, model) => {
    const key = judging.has(lab) ? lab : -1;
    groups.set(key, [...(groups.get(key) ?? []), model]);
  });
  return [...groups];
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
  const habits = habitsOf(size, counts, answers);
  const groups = groupsOf(panel);
  groups.forEach(([labA, modelsA], indexA) => {
    for (const [labB, modelsB] of groups.slice(indexA)) {
      const mean = controlHabit(panel, habits, [labA, labB]);
      const scale = mean.map((value) => 1 / Math.sqrt(value + SMOOTHING));
      const directions = new Map(
        [...modelsA, ...modelsB].map((model) => [
          model,
          directionOf(habits.rows[model] ?? mean, mean, scale),
        ]),
      );
      for (const a of modelsA)
        for (const b of modelsB) {
          const value = a === b ? 0 : dot(directions.get(a), directions.get(b));
          into[a * size + b] = value;
          into[b * size + a] = value;
        }
    }
  });
}

/** What is a model's own in its habit, of length 1; all 0 where nothing is. */
function directionOf(row: Float64Array, mean: Float64Array, scale: Float64Array): Float64Array {
  const own = row.map((value, at) => (value - (mean[at] ?? 0)) * (scale[at] ?? 0));
  const length = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? own : own.map((value) => value / length);
}

function dot(a: Float64Array | undefined, b: Float64Array | undefined): number {
  let sum = 0;
  if (a && b) for (let at = 0; at < a.length; at += 1) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
