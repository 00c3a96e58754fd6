import {
  ALARM_LEVEL,
  type DetectorKind,
  detectorStep,
  logEIncrement,
} from '#shared/statistics/detectors.ts';
import { clopperPearson } from '#shared/statistics/intervals.ts';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { copycatFamily, INNOCENTS, innocentSequence } from './innocents.ts';
import { printTable, progress, readOptions } from './options.ts';

const LEVELS = [20, 100, 1000] as const;
const N = 64;
const STEPS = 200;
const FAMILY = 5;
const BATCH = 2_000;

interface Row {
  readonly kind: string;
  readonly sequences: number;
  /** Sequences whose largest E reached 20, 100 and 1000. */
  readonly reached: readonly number[];
}

/** Runs one kind of innocent until its number or its time is spent. `once` gives the largest ln E of a sequence. */
function measure(kind: string, wanted: number, seconds: number, once: () => number): Row {
  const ends = performance.now() + seconds * 1000;
  const reached = LEVELS.map(() => 0);
  let sequences = 0;
  while (sequences < wanted && performance.now() < ends) {
    for (let at = 0; at < BATCH && sequences < wanted; at += 1) {
      const most = once();
      for (const [index, level] of LEVELS.entries()) {
        if (most >= Math.log(level)) reached[index] = (reached[index] ?? 0) + 1;
      }
      sequences += 1;
    }
  }
  const short = sequences < wanted ? ` (stopped after ${seconds.toFixed(0)} s)` : '';
  progress(`${kind}: ${sequences} sequences${short}`);
  return { kind, sequences, reached };
}

interface RunLength {
  readonly detector: DetectorKind;
  readonly runs: number;
  /** Mean of min(run length, cap): a lower bound of the average run length. */
  readonly mean: number;
  readonly error: number;
}

function runLengths(detector: DetectorKind, random: () => number, runs: number): RunLength {
  const cap = 100_000;
  const n = 256;
  const hit = logEIncrement(0.1, { n, found: 1, hit: true });
  const miss = logEIncrement(0.1, { n, found: 0, hit: false });
  const lengths = Array.from({ length: runs }, () => {
    let logM = Number.NEGATIVE_INFINITY;
    for (let step = 1; step <= cap; step += 1) {
      logM = detectorStep(detector, logM, random() < 1 / n ? hit : miss);
      if (logM >= Math.log(ALARM_LEVEL)) return step;
    }
    return cap;
  });
  const mean = lengths.reduce((sum, length) => sum + length, 0) / runs;
  const square = lengths.reduce((sum, length) => sum + (length - mean) ** 2, 0);
  return { detector, runs, mean, error: Math.sqrt(square / (runs - 1) / runs) };
}

const percent = (value: number): string => `${(100 * value).toFixed(4)} %`;

function cells({ sequences, reached }: Row): string[] {
  return reached.flatMap((hits) => {
    const { low, high } = clopperPearson(hits, sequences);
    return [percent(hits / sequences), `[${percent(low)}, ${percent(high)}]`];
  });
}

/** Whether a rate contradicts Ville's bound 1/level at 99.9 %. */
const breaks = ({ sequences, reached }: Row): boolean =>
  reached.some((hits, at) => clopperPearson(hits, sequences, 0.999).low > 1 / (LEVELS[at] ?? 1));

export function run(args: readonly string[]): number {
  const options = readOptions(args, { sequences: 200_000, seconds: 300, seed: 1, detectors: 400 });
  const random = seededRandom(options.seed);
  const kinds = Object.entries(INNOCENTS);
  const share = options.seconds / (kinds.length + 2);
  progress(`N = ${N}, ${STEPS} canaries a sequence, seed ${options.seed}`);
  const rows = kinds.map(([kind, behaviour]) =>
    measure(
      kind,
      options.sequences,
      share,
      () => innocentSequence(behaviour, random, N, STEPS).maxLogE,
    ),
  );
  // A family of m suspects needs m times the level: any of them reaching it is one false alarm (METHOD 5.5).
  const family = `any of ${FAMILY} copycats, level x ${FAMILY}`;
  rows.push(
    measure(family, options.sequences, 2 * share, () => {
      const { members } = copycatFamily(FAMILY, random, N, STEPS);
      return Math.max(...members.map(({ maxLogE }) => maxLogE)) - Math.log(FAMILY);
    }),
  );
  const detectors = (['cusum', 'shiryaev-roberts'] as const).map((detector) =>
    runLengths(detector, random, options.detectors),
  );
  const bad = rows.filter(breaks).map(({ kind }) => kind);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ n: N, steps: STEPS, rows, detectors, bad })}\n`);
  } else {
    const header = ['innocent', 'sequences', ...LEVELS.flatMap((at) => [`E >= ${at}`, '95 %'])];
    printTable([
      header,
      ['at most', '', ...LEVELS.flatMap((at) => [percent(1 / at), ''])],
      ...rows.map((row) => [row.kind, String(row.sequences), ...cells(row)]),
    ]);
    for (const { detector, mean, error, runs } of detectors) {
      process.stdout.write(
        `${detector}: average run length to a false alarm at ${ALARM_LEVEL} is ${mean.toFixed(0)} +- ${(1.96 * error).toFixed(0)} canaries (${runs} runs; at least ${ALARM_LEVEL} promised)\n`,
      );
    }
    process.stdout.write(
      bad.length === 0 ? 'No rate contradicts its bound.\n' : `BROKEN: ${bad.join(', ')}\n`,
    );
  }
  return bad.length === 0 && detectors.every(({ mean }) => mean >= ALARM_LEVEL) ? 0 : 1;
}
