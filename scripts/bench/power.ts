import { EAccumulator } from '#shared/statistics/e-process.ts';
import { clopperPearson } from '#shared/statistics/intervals.ts';
import { reportGradeCurve } from '#shared/statistics/power.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { printTable, progress, readOptions } from './options.ts';

const THRESHOLD = 1000;
const MOST = 2_000;
const LENGTHS = [16, 256, 1024, 65_536] as const;

/** METHOD 5.8: median and 90 % quantile of the canaries to E >= 1000; null is more than 2,000. */
const TABLE: readonly (readonly [
  q: number,
  cells: readonly (readonly [number, number] | null)[],
])[] = [
  [0.02, [null, [337, 673], [172, 377], [75, 187]]],
  [
    0.05,
    [
      [497, 942],
      [84, 187],
      [51, 121],
      [20, 73],
    ],
  ],
  [
    0.1,
    [
      [141, 267],
      [33, 72],
      [20, 51],
      [7, 33],
    ],
  ],
  [
    0.2,
    [
      [45, 85],
      [13, 29],
      [9, 23],
      [4, 11],
    ],
  ],
  [
    0.5,
    [
      [10, 19],
      [4, 9],
      [3, 7],
      [1, 4],
    ],
  ],
];
/** METHOD 5.8: chance of E >= 1000 within 60 canaries, N = 1024. */
const WITHIN_60: readonly (readonly [number, number])[] = [
  [0.02, 0.145],
  [0.05, 0.615],
  [0.1, 0.948],
  [0.2, 1],
];

/** Canaries until E reaches the threshold; MOST + 1 where it does not within MOST. */
function simulate(q: number, n: number, runs: number, random: () => number): number[] {
  const hitChance = q + (1 - q) / n;
  return Array.from({ length: runs }, () => {
    const e = new EAccumulator();
    let misses = 0;
    for (let step = 1; step <= MOST; step += 1) {
      if (random() >= hitChance) {
        misses += 1;
        continue;
      }
      if (misses > 0) e.addMisses(misses);
      misses = 0;
      e.add({ n, found: 1, hit: true });
      if (e.maxLogE >= Math.log(THRESHOLD)) return step;
    }
    return MOST + 1;
  }).sort((a, b) => a - b);
}

/** Order statistics between which a quantile of the true distribution lies with 99.9 %. */
function quantileBand(sorted: readonly number[], share: number): readonly [number, number] {
  const runs = sorted.length;
  const spread = 3.29 * Math.sqrt(runs * share * (1 - share));
  const at = (index: number) => sorted[Math.min(runs - 1, Math.max(0, Math.round(index)))] ?? 0;
  return [at(runs * share - spread - 1), at(runs * share + spread + 1)];
}

const shown = (value: number): string => (value > MOST ? `>${MOST}` : String(value));

export interface PowerCell {
  readonly q: number;
  readonly n: number;
  readonly method: readonly [number, number] | null;
  readonly simulated: readonly [number, number];
  readonly exact: readonly [number, number];
  /** Whether the exact quantiles lie in the band of the simulation, and the table within its own sampling error. */
  readonly agrees: boolean;
}

/** One cell of the table: simulated, exact, and as METHOD prints it. */
export function powerCell(
  q: number,
  n: number,
  method: readonly [number, number] | null,
  runs: number,
  random: () => number,
): PowerCell {
  const sorted = simulate(q, n, runs, random);
  const at = (share: number) => sorted[Math.ceil(runs * share) - 1] ?? 0;
  const rule = { threshold: THRESHOLD, minHits: 0, leaveOneOut: 0, futility: false };
  const steps = Math.min(MOST, Math.ceil(at(0.9) * 1.3) + 10);
  const curve = reportGradeCurve({ ...rule, q, n, steps });
  const first = (share: number) => {
    const index = curve.findIndex((chance) => chance >= share);
    return index < 0 ? MOST + 1 : index + 1;
  };
  const exact = [first(0.5), first(0.9)] as const;
  const inBand = exact.every((value, index) => {
    const [low, high] = quantileBand(sorted, index === 0 ? 0.5 : 0.9);
    return value >= low && value <= high;
  });
  // The table was simulated as well, with a number of runs that it does not tell.
  const nearTable =
    method === null
      ? exact[0] > 1_500
      : method.every((value, index) => Math.abs(value - (exact[index] ?? 0)) <= 1 + 0.03 * value);
  return { q, n, method, simulated: [at(0.5), at(0.9)], exact, agrees: inBand && nearTable };
}

export function run(args: readonly string[]): number {
  const options = readOptions(args, { runs: 20_000, seed: 1 });
  const random = seededRandom(options.seed);
  const cells = TABLE.flatMap(([q, row]) => {
    const made = row.map((method, at) =>
      powerCell(q, LENGTHS[at] ?? 0, method, options.runs, random),
    );
    progress(`q = ${q} done`);
    return made;
  });
  const within = WITHIN_60.map(([q, method]) => {
    const reached = simulate(q, 1024, options.runs, random).filter((step) => step <= 60).length;
    const { low, high } = clopperPearson(reached, options.runs, 0.999);
    const rule = { threshold: THRESHOLD, minHits: 0, leaveOneOut: 0, futility: false };
    const exact = reportGradeCurve({ ...rule, q, n: 1024, steps: 60 }).at(-1) ?? 0;
    const agrees = exact >= low && exact <= high && Math.abs(exact - method) < 0.006;
    return { q, method, simulated: reached / options.runs, low, high, exact, agrees };
  });
  const agrees = [...cells, ...within].every((cell) => cell.agrees);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ cells, within, agrees })}\n`);
    return agrees ? 0 : 1;
  }
  const pair = (values: readonly [number, number]) => `${shown(values[0])} (${shown(values[1])})`;
  printTable([
    ['q', 'N', 'METHOD 5.8', 'simulated', 'exact', ''],
    ...cells.map((cell) => [
      String(cell.q),
      String(cell.n),
      cell.method === null ? `>${MOST}` : pair(cell.method),
      pair(cell.simulated),
      pair(cell.exact),
      cell.agrees ? 'agrees' : 'DIFFERS',
    ]),
  ]);
  printTable([
    ['q', 'P(E >= 1000 within 60), N = 1024', 'simulated [99.9 %]', 'exact', ''],
    ...within.map((cell) => [
      String(cell.q),
      cell.method.toFixed(3),
      `${cell.simulated.toFixed(4)} [${cell.low.toFixed(4)}, ${cell.high.toFixed(4)}]`,
      cell.exact.toFixed(4),
      cell.agrees ? 'agrees' : 'DIFFERS',
    ]),
  ]);
  return agrees ? 0 : 1;
}
