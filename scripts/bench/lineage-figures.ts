import { parse } from 'csv-parse/sync';

/** A row of pairs.csv: what is documented about one ordered pair. Read by the measurement only, never by a score. */
export interface LineagePair {
  readonly reference: string;
  readonly suspect: string;
  readonly relation: string;
  readonly kind: string;
  readonly confidence: string;
  readonly ref_lab: string;
  readonly ref_family: string;
  readonly ref_origin: string;
  readonly truth_group: string;
  readonly truth_labs: string;
  readonly truth_families: string;
  readonly sus_origin: string;
  readonly sus_words: string;
}

export const readPairs = (text: string): LineagePair[] =>
  parse(text, { columns: true, skip_empty_lines: true }) as LineagePair[];

/** Scores by reference, a tab and suspect. */
export type Scores = ReadonlyMap<string, number>;
export const pairKey = (reference: string, suspect: string): string => `${reference}\t${suspect}`;

export const FIGURES = [
  'pool',
  'perR',
  'perFam',
  'perPos',
  'lenFam',
  'perS',
  'tetrad',
  'tetFam',
  'tpr05',
  'decoyS',
  'decoyR',
  'weight',
  'postedit',
  'sibling',
  'same',
  'top1_student_lab',
  'top1_student_family',
  'top1_lab_LOO',
] as const;
export type Figures = Record<(typeof FIGURES)[number], number | null>;

const CONFIDENT = ['medium', 'high'];
const FEWEST_NEGATIVES = 5;
const FEWEST_TETRADS = 10;

export function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** Chance that a positive is above a negative, ties half; rank sum (Mann and Whitney 1947). */
export function auc(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  const sorted = [...negatives].sort((a, b) => a - b);
  const rank = (value: number, isAfterTies: boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = sorted[middle] ?? 0;
      if (at < value || (isAfterTies && at === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const wins = positives.reduce((sum, p) => sum + (rank(p, false) + rank(p, true)) / 2, 0);
  return wins / (positives.length * negatives.length);
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

/** The figures of the data folder's bench.py, with its names. `times` counts suspects in a bootstrap. */
export function figuresOf(
  pairs: readonly LineagePair[],
  scores: Scores,
  times: ReadonlyMap<string, number> | null = null,
): Figures {
  const lowest = Math.min(...scores.values()) - 1;
  const of = (row: LineagePair): number =>
    scores.get(pairKey(row.reference, row.suspect)) ?? lowest;
  const weight = (suspect: string): number => (times ? (times.get(suspect) ?? 0) : 1);
  const repeat = <T>(row: LineagePair, value: T): T[] =>
    new Array<T>(weight(row.suspect)).fill(value);
  const rows = pairs.filter((row) => CONFIDENT.includes(row.confidence) && weight(row.suspect) > 0);
  const derived = rows.filter((row) => row.relation === 'derived' && row.kind === 'outputs');
  const taughtBy = new Set(derived.map(({ reference }) => reference));
  const independent = rows.filter(({ relation }) => relation === 'independent');
  const isDecoy = (row: LineagePair): boolean =>
    row.ref_origin !== 'lab' && !taughtBy.has(row.reference);
  const negatives = independent.filter((row) => !isDecoy(row));
  const decoys = independent.filter(isDecoy);
  const values = (list: readonly LineagePair[]): number[] =>
    list.flatMap((row) => repeat(row, of(row)));
  const family = new Map(pairs.map((row) => [row.reference, row.ref_family]));
  const familyOf = (reference: string): string => family.get(reference) ?? '';

  const within = (list: readonly LineagePair[], key: 'reference' | 'suspect') => {
    const against = grouped(negatives, (row) => row[key]);
    return [...grouped(list, (row) => row[key])].flatMap(([name, positives]) => {
      const others = values(against.get(name) ?? []);
      return others.length < FEWEST_NEGATIVES
        ? []
        : [{ name, area: auc(values(positives), others) }];
    });
  };
  const meanArea = (list: readonly LineagePair[], key: 'reference' | 'suspect' = 'reference') =>
    mean(within(list, key).map(({ area }) => area));
  const overFamilies = (list: readonly { reference: string; value: number | null }[]) =>
    mean(
      [...grouped(list, ({ reference }) => familyOf(reference)).values()].map((group) =>
        mean(group.map(({ value }) => value)),
      ),
    );
  const byReference = grouped(negatives, ({ reference }) => reference);
  const lengthMatched = derived.flatMap((row) => {
    const words = Math.log(Number(row.sus_words));
    const wins = (byReference.get(row.reference) ?? [])
      .filter((other) => Math.abs(Math.log(Number(other.sus_words)) - words) <= 0.2)
      .map((other) => (of(row) > of(other) ? 1 : of(row) === of(other) ? 0.5 : 0));
    return wins.length < 2 ? [] : repeat(row, { reference: row.reference, value: mean(wins) });
  });
  const others = (row: LineagePair): number[] => values(byReference.get(row.reference) ?? []);
  const enough = derived.filter((row) => others(row).length >= FEWEST_NEGATIVES);

  const decoysOfSuspect = grouped(decoys, ({ suspect }) => suspect);
  const decoysOfReference = [...grouped(decoys, ({ reference }) => reference).values()];
  const decoyAreas = [...grouped(derived, (row) => row.ref_family)].flatMap(([name, students]) => {
    const taught = new Set(students.map(({ suspect }) => suspect));
    if (taught.size < 3) return [];
    const untaught = new Set(
      negatives.filter((row) => row.ref_family === name).map(({ suspect }) => suspect),
    );
    return decoysOfReference.map((list) =>
      auc(
        list.filter(({ suspect }) => taught.has(suspect)).map(of),
        list.filter(({ suspect }) => untaught.has(suspect)).map(of),
      ),
    );
  });

  const first = firstReferences(pairs, of, (suspect) => weight(suspect) > 0);
  const tetrads = tetradsOf(derived, negatives, of);
  const relation = (name: string): LineagePair[] => rows.filter((row) => row.relation === name);
  const kinds = (kind: string): LineagePair[] =>
    relation('derived').filter((row) => row.kind === kind);
  return {
    pool: auc(values(derived), values(negatives)),
    perR: meanArea(derived),
    perFam: overFamilies(
      within(derived, 'reference').map(({ name, area }) => ({ reference: name, value: area })),
    ),
    perPos: mean(enough.flatMap((row) => repeat(row, auc([of(row)], others(row))))),
    lenFam: overFamilies(lengthMatched),
    perS: meanArea(derived, 'suspect'),
    tetrad: mean(tetrads.map(({ value }) => value)),
    tetFam: overFamilies(tetrads),
    tpr05: overFamilies(
      enough.flatMap((row) => {
        const sorted = others(row).sort((a, b) => a - b);
        const bar = sorted[Math.min(sorted.length - 1, Math.floor(0.95 * sorted.length))] ?? 0;
        return repeat(row, { reference: row.reference, value: of(row) > bar ? 1 : 0 });
      }),
    ),
    decoyS: mean(
      derived.flatMap((row) => {
        const list = decoysOfSuspect.get(row.suspect);
        return list ? repeat(row, auc([of(row)], values(list))) : [];
      }),
    ),
    decoyR: mean(decoyAreas),
    weight: meanArea(kinds('weights')),
    postedit: meanArea(kinds('post-edit')),
    sibling: meanArea(relation('sibling')),
    same: meanArea(relation('same')),
    ...first,
  };
}

function tetradsOf(
  derived: readonly LineagePair[],
  negatives: readonly LineagePair[],
  of: (row: LineagePair) => number,
): { reference: string; value: number }[] {
  const known = new Map(negatives.map((row) => [pairKey(row.reference, row.suspect), of(row)]));
  const bySuspect = grouped(negatives, ({ suspect }) => suspect);
  const byReference = grouped(negatives, ({ reference }) => reference);
  return derived.flatMap((row) => {
    let count = 0;
    let wins = 0;
    for (const { reference } of bySuspect.get(row.suspect) ?? [])
      for (const { suspect } of byReference.get(row.reference) ?? []) {
        const corner = known.get(pairKey(reference, suspect));
        if (corner === undefined) continue;
        const contrast =
          of(row) -
          (known.get(pairKey(reference, row.suspect)) ?? 0) -
          (known.get(pairKey(row.reference, suspect)) ?? 0) +
          corner;
        count += 1;
        wins += contrast > 1e-12 ? 1 : contrast >= -1e-12 ? 0.5 : 0;
      }
    return count < FEWEST_TETRADS ? [] : [{ reference: row.reference, value: wins / count }];
  });
}

const listed = (text: string): string[] => text.split('|').filter((item) => item !== '');

function firstReferences(
  pairs: readonly LineagePair[],
  of: (row: LineagePair) => number,
  isDrawn: (suspect: string) => boolean,
) {
  const candidates = pairs.filter(({ relation }) => relation !== 'same' && relation !== 'self');
  const students: { lab: number; family: number }[] = [];
  const laboratories = new Map<string, number[]>();
  for (const [suspect, list] of grouped(candidates, (row) => row.suspect)) {
    const truth = list[0];
    if (!truth || !isDrawn(suspect)) continue;
    const labs = listed(truth.truth_labs);
    const open = list.filter((row) => row.ref_origin === 'lab' || labs.includes(row.ref_lab));
    if (truth.truth_group === '' || !list.some((row) => labs.includes(row.ref_lab))) continue;
    const best = open.reduce((a, b) => (of(b) > of(a) ? b : a));
    const lab = labs.includes(best.ref_lab) ? 1 : 0;
    if (truth.truth_group === 'student')
      students.push({
        lab,
        family: listed(truth.truth_families).includes(best.ref_family) ? 1 : 0,
      });
    else if (truth.truth_group !== 'weights')
      for (const name of labs) laboratories.set(name, [...(laboratories.get(name) ?? []), lab]);
  }
  return {
    top1_student_lab: mean(students.map(({ lab }) => lab)),
    top1_student_family: mean(students.map(({ family }) => family)),
    top1_lab_LOO: mean([...laboratories.values()].map((hits) => mean(hits))),
  };
}
