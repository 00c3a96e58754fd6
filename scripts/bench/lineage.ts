import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { matrixCsv } from '#shared/scoring/similarity/csv.ts';
import type { PanelModel } from '#shared/scoring/similarity/panel.ts';
import { seededUniform } from '#shared/scoring/similarity/random.ts';
import { type OutputRows, readOutputRows, readRoles } from '#shared/scoring/similarity/rows.ts';
import {
  REPLICATES,
  type SimilarityScores,
  scoreSimilarity,
} from '#shared/scoring/similarity/score.ts';
import { rankTeachers } from '#shared/scoring/similarity/teachers.ts';
import { baselines } from './lineage-baselines.ts';
import {
  FIGURES,
  type Figures,
  figuresOf,
  type LineagePair,
  mean,
  pairKey,
  readPairs,
  type Scores,
} from './lineage-figures.ts';
import { printTable, progress } from './options.ts';

const RESAMPLES = 300;
const HALVES = 4;
const SPEED = { models: 50, outputs: 200 } as const;

const SHOWN = [
  'perFam',
  'perPos',
  'lenFam',
  'tetrad',
  'tpr05',
  'decoyR',
  'top1_student_family',
  'top1_student_lab',
  'same',
] as const satisfies readonly (keyof Figures)[];

interface Folder {
  readonly rows: OutputRows;
  readonly models: readonly PanelModel[];
  readonly pairs: readonly LineagePair[];
}

const text = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

/** Scores some prompts of some models. */
function score(
  { rows, models }: Folder,
  prompts: readonly number[] = rows.prompts.map((_, at) => at),
  isKept: (model: PanelModel) => boolean = () => true,
  replicates = 0,
): { readonly result: SimilarityScores; readonly models: readonly PanelModel[] } {
  const kept = models.flatMap((model, at) => (isKept(model) ? [at] : []));
  const chosen = kept.flatMap((at) => models[at] ?? []);
  const result = scoreSimilarity(
    {
      models: chosen,
      promptCount: prompts.length,
      prompts: {
        *[Symbol.iterator]() {
          for (const prompt of prompts) {
            const answers = rows.answers(prompt);
            yield kept.map((at) => answers[at] ?? null);
          }
        },
      },
    },
    replicates,
  );
  return { result, models: chosen };
}

function scoresOf(
  { result, models }: ReturnType<typeof score>,
  field: 'score' | 'closeness' = 'score',
): Scores {
  return new Map(
    result.pairs.map((pair) => [
      pairKey(models[pair.reference]?.name ?? '', models[pair.suspect]?.name ?? ''),
      pair[field],
    ]),
  );
}

/** 95 % percentile intervals of all figures over suspects. */
function intervals(pairs: readonly LineagePair[], scores: Scores) {
  const suspects = [...new Set(pairs.map(({ suspect }) => suspect))].sort();
  const uniform = seededUniform(1);
  const draws = Array.from({ length: RESAMPLES }, () => {
    const times = new Map<string, number>();
    for (const _ of suspects) {
      const suspect = suspects[Math.floor(uniform() * suspects.length)] ?? '';
      times.set(suspect, (times.get(suspect) ?? 0) + 1);
    }
    return figuresOf(pairs, scores, times);
  });
  return (figure: keyof Figures): string => {
    const values = draws.flatMap((draw) => draw[figure] ?? []).sort((a, b) => a - b);
    const at = (share: number): number | null => values[Math.floor(share * values.length)] ?? null;
    return `${text(at(0.025))} .. ${text(at(0.975))}`;
  };
}

function row(name: string, figures: Figures): string[] {
  const margin =
    figures.perPos === null || figures.decoyR === null ? null : figures.perPos - figures.decoyR;
  return [name, ...SHOWN.map((figure) => text(figures[figure])), text(margin)];
}

function averaged(list: readonly Figures[]): Figures {
  return Object.fromEntries(
    FIGURES.map((name) => [name, mean(list.map((figures) => figures[name]))]),
  ) as Figures;
}

/** Halves of the prompts; and each laboratory's models taken out of the folder in turn. */
function crossValidated(folder: Folder): string[][] {
  const uniform = seededUniform(2);
  const halves = Array.from({ length: HALVES }, () => {
    const order = folder.rows.prompts
      .map((_, at) => ({ at, key: uniform() }))
      .sort((a, b) => a.key - b.key)
      .map(({ at }) => at);
    const middle = Math.floor(order.length / 2);
    return [order.slice(0, middle), order.slice(middle)];
  }).flat();
  const half = averaged(
    halves.map((prompts) => figuresOf(folder.pairs, scoresOf(score(folder, prompts)))),
  );
  const labs = [...new Set(folder.models.flatMap((model) => (model.isControl ? model.lab : [])))];
  const without = labs.map((lab) => {
    const scored = score(folder, undefined, (model) => model.lab === null || model.lab !== lab);
    const names = new Set(scored.models.map(({ name }) => name));
    const left = folder.pairs.filter(
      ({ reference, suspect }) => names.has(reference) && names.has(suspect),
    );
    return row(`without ${lab ?? '?'}`, figuresOf(left, scoresOf(scored)));
  });
  return [row(`half of the prompts (mean of ${halves.length})`, half), ...without];
}

/** The same figures by the folder's own script, where Python is there to run it. */
function checkAgainstScript(dir: string, folder: Folder, scores: Scores): string {
  const script = join(dir, 'bench.py');
  if (!existsSync(script)) return 'bench.py is not in the folder: figures not checked against it.';
  const scratch = mkdtempSync(join(tmpdir(), 'lineage-'));
  try {
    const csv = join(scratch, 'scores.csv');
    const json = join(scratch, 'figures.json');
    const pairs = [...scores].map(([key, value]) => {
      const [reference = '', suspect = ''] = key.split('\t');
      return { reference, suspect, score: value, low: value, high: value };
    });
    writeFileSync(csv, matrixCsv(pairs));
    const ran = spawnSync('python3', [script, join(dir, 'pairs.csv'), csv, '--json', json]);
    if (ran.status !== 0) return 'python3 could not run bench.py: figures not checked against it.';
    const theirs = JSON.parse(readFileSync(json, 'utf8')) as Record<string, number | null>;
    // The script reads six decimals: so must we.
    const rounded = new Map([...scores].map(([key, value]) => [key, Number(value.toFixed(6))]));
    const ours = figuresOf(folder.pairs, rounded);
    const differing = FIGURES.filter((name) => {
      const a = ours[name];
      const b = theirs[name] ?? null;
      return a === null || b === null ? a !== b : Math.abs(a - b) > 1e-9;
    });
    if (differing.length > 0) throw new Error(`unlike bench.py: ${differing.join(', ')}`);
    return `All ${FIGURES.length} figures equal those of bench.py.`;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/**
 * How often a teacher stands out: for documented students; and for every model when only references that documents call
 * independent of it may be named, so that whoever stands out is a false lead (models of unpublished training left out).
 */
function verdicts(folder: Folder): string[] {
  const { result, models } = score(folder, undefined, undefined, REPLICATES);
  const count = { students: 0, named: 0, right: 0, nulls: 0, false: 0 };
  for (const [at, { name }] of models.entries()) {
    const rows = folder.pairs.filter(({ suspect }) => suspect === name);
    if (rows.some(({ relation }) => relation === 'derived')) {
      const { verdict, candidates } = rankTeachers(result, at);
      const best = models[candidates[0]?.model ?? -1]?.name;
      const truth = rows.find(({ reference }) => reference === best);
      const isNamed = verdict === 'stands-out';
      count.students += 1;
      count.named += isNamed ? 1 : 0;
      count.right += isNamed && truth?.truth_labs.split('|').includes(truth.ref_lab) ? 1 : 0;
    }
    const innocent = new Set(
      rows
        .filter((row) => row.relation === 'independent' && row.confidence !== 'low')
        .map(({ reference }) => reference),
    );
    if (innocent.size < 3 || rows.some((row) => row.sus_origin === 'unpublished')) continue;
    const panel = {
      ...result.panel,
      models: models.map((model) => ({ ...model, isReference: innocent.has(model.name) })),
    };
    count.nulls += 1;
    count.false += rankTeachers({ ...result, panel }, at).verdict === 'stands-out' ? 1 : 0;
  }
  return [
    `A teacher stands out for ${count.named} of ${count.students} documented students, of the right laboratory for ${count.right};`,
    `among references independent of it, for ${count.false} of ${count.nulls} models (false leads).`,
  ];
}

function speed(folder: Folder): string {
  const copies = Array.from({ length: SPEED.models }, (_, at) => at % folder.models.length);
  const models = copies.map((from, at): PanelModel => {
    const model = folder.models[from];
    return {
      name: `m${at}`,
      lab: model?.lab ?? null,
      isReference: true,
      isControl: model?.isControl ?? false,
    };
  });
  const prompts = Math.min(SPEED.outputs, folder.rows.prompts.length);
  const started = performance.now();
  scoreSimilarity({
    models,
    promptCount: prompts,
    prompts: {
      *[Symbol.iterator]() {
        for (let prompt = 0; prompt < prompts; prompt += 1) {
          const answers = folder.rows.answers(prompt);
          yield copies.map((from) => answers[from] ?? null);
        }
      },
    },
  });
  const seconds = (performance.now() - started) / 1_000;
  return `${SPEED.models} models x ${prompts} outputs with intervals: ${seconds.toFixed(1)} s on one core (goal: under 60 s).`;
}

/** `npm run bench -- lineage --data DIR`: the similarity engine on real outputs with known lineage. */
export async function run(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const dir = values.data;
  const needed = ['data.jsonl', 'lineage.json', 'pairs.csv'];
  if (dir === undefined || !needed.every((name) => existsSync(join(dir, name)))) {
    progress(
      `SKIPPED: bench lineage needs a folder with ${needed.join(', ')} (--data DIR). Nothing was measured.`,
    );
    return 0;
  }
  const rows = readOutputRows(readFileSync(join(dir, 'data.jsonl'), 'utf8'));
  const models = readRoles(rows.models, readFileSync(join(dir, 'lineage.json'), 'utf8'));
  const folder: Folder = {
    rows,
    models,
    pairs: readPairs(readFileSync(join(dir, 'pairs.csv'), 'utf8')),
  };
  const scored = score(folder);
  const engine = scoresOf(scored);
  const figures = figuresOf(folder.pairs, engine);
  if (values.json) {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
    return 0;
  }
  const interval = intervals(folder.pairs, engine);
  printTable([
    ['', ...SHOWN, 'margin'],
    row('engine', figures),
    row('  nothing explained away', figuresOf(folder.pairs, scoresOf(scored, 'closeness'))),
    ...baselines(rows, models).map(([name, scores]) => row(name, figuresOf(folder.pairs, scores))),
    ...crossValidated(folder),
  ]);
  printTable([['95 % interval over suspects', ''], ...SHOWN.map((name) => [name, interval(name)])]);
  for (const line of [...verdicts(folder), checkAgainstScript(dir, folder, engine), speed(folder)])
    process.stdout.write(`${line}\n`);
  return 0;
}
