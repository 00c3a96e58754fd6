import type { PanelModel } from '#shared/scoring/similarity/panel.ts';
import type { OutputRows } from '#shared/scoring/similarity/rows.ts';
import { pairKey, type Scores } from './lineage-figures.ts';

const WORD = /[^\W_]+(?:['’][^\W_]+)*/gu;
const TOKEN = /\n+|\w+(?:['’]\w+)*|[^\w\s]/gu;
const PREFIX = 24;

type Likeness<T> = readonly [read: (text: string) => T, compare: (a: T, b: T) => number];

const words = (text: string): string[] => text.toLowerCase().match(WORD) ?? [];

const prefix: Likeness<string[]> = [
  (text) => (text.trim().slice(0, 400).match(TOKEN) ?? []).slice(0, PREFIX),
  (a, b) => {
    let at = 0;
    while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
    return at / PREFIX;
  },
];

const length: Likeness<number> = [
  (text) => Math.log(words(text).length + 5),
  (a, b) => -Math.abs(a - b),
];

const trigrams: Likeness<Set<string>> = [
  (text) => {
    const list = words(text).slice(0, 1_024);
    return new Set(list.slice(2).map((word, at) => `${list[at]} ${list[at + 1]} ${word}`));
  },
  (a, b) => {
    let both = 0;
    for (const item of a) if (b.has(item)) both += 1;
    return a.size + b.size === 0 ? 0 : both / (a.size + b.size - both);
  },
];

const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * A likeness of two answers, per prompt either as it is or standardised against the controls of laboratories other
 * than the pair's (mean balanced by laboratory, clipped at 4), then averaged over prompts.
 */
function scoresOf<T>(
  rows: OutputRows,
  models: readonly PanelModel[],
  [read, compare]: Likeness<T>,
  isStandardised: boolean,
): Scores {
  const size = models.length;
  const sums = new Float64Array(size * size);
  const controls = models.flatMap(({ isControl, lab }, at) => (isControl ? [{ at, lab }] : []));
  for (let prompt = 0; prompt < rows.prompts.length; prompt += 1) {
    const parts = rows.answers(prompt).map((answer) => read(answer ?? ''));
    const table = parts.map((a) => parts.map((b) => compare(a, b)));
    for (let suspect = 0; suspect < size; suspect += 1) {
      const line = table[suspect] ?? [];
      const lab = models[suspect]?.lab ?? null;
      const others = controls.filter((c) => c.at !== suspect && (lab === null || c.lab !== lab));
      const values = others.map(({ at }) => line[at] ?? 0);
      const centre = average(values);
      const spread = Math.sqrt(average(values.map((value) => (value - centre) ** 2)));
      for (let reference = 0; reference < size; reference += 1) {
        const own = line[reference] ?? 0;
        let value = own;
        if (isStandardised) {
          const byLab = new Map<string | null, number[]>();
          for (const other of others)
            if (other.lab !== models[reference]?.lab)
              byLab.set(other.lab, [...(byLab.get(other.lab) ?? []), line[other.at] ?? 0]);
          const mean = average([...byLab.values()].map(average));
          value = spread > 1e-5 ? Math.max(-4, Math.min(4, (own - mean) / spread)) : 0;
        }
        const slot = reference * size + suspect;
        sums[slot] = (sums[slot] ?? 0) + value;
      }
    }
  }
  return new Map(
    models.flatMap((reference, i) =>
      models.map((suspect, j): [string, number] => [
        pairKey(reference.name, suspect.name),
        (sums[i * size + j] ?? 0) / rows.prompts.length,
      ]),
    ),
  );
}

/** Simple scores of the data folder's README, and the constant that shows why a pooled area says nothing. */
export function baselines(
  rows: OutputRows,
  models: readonly PanelModel[],
): readonly (readonly [name: string, scores: Scores])[] {
  const labs = models.flatMap(({ isControl, lab }) => (isControl && lab !== null ? [lab] : []));
  const count = (name: string): number => labs.filter((lab) => lab === name).length;
  const largest = [...new Set(labs)].sort((a, b) => count(b) - count(a))[0];
  const constant = models.flatMap((reference) =>
    models.map((suspect): [string, number] => [
      pairKey(reference.name, suspect.name),
      reference.lab === largest ? 1 : 0,
    ]),
  );
  return [
    ['prefix', scoresOf(rows, models, prefix, false)],
    ['prefix, standardised', scoresOf(rows, models, prefix, true)],
    ['3-gram overlap', scoresOf(rows, models, trigrams, false)],
    ['3-gram, standardised', scoresOf(rows, models, trigrams, true)],
    ['length', scoresOf(rows, models, length, false)],
    ['constant (one lab)', new Map(constant)],
  ];
}
