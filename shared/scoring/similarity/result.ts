import { mapModels } from './map.ts';
import type { PanelModel } from './panel.ts';
import { type OutputRows, readOutputRows, readRoles, SimilarityFileError } from './rows.ts';
import { MIN_PROMPTS, type PairScore, type SimilarityScores, scoreSimilarity } from './score.ts';
import { rankTeachers, type TeacherVerdict } from './teachers.ts';

export interface SimilarityFiles {
  /** JSON lines {id, model, prompt, output}. */
  readonly outputs: string;
  /** JSON {models: [{model, lab, is_reference, clean_control}]}; empty text for none. */
  readonly lineage: string;
}
export type Progress = (done: number, total: number) => void;

/** Fewer shared prompts than this give intervals too wide to be of use. */
const USUAL_PROMPTS = 30;
/** More than this is a mistake: time grows with the square. */
const MAX_MODELS = 400;

interface Scored {
  readonly rows: OutputRows;
  readonly models: readonly PanelModel[];
  readonly scores: SimilarityScores;
  readonly notes: string[];
}

function notesOf(models: readonly PanelModel[], pairs: readonly PairScore[]) {
  const notes = ['A score is an investigative lead, never evidence (tier C).'];
  const labs = new Set(
    models.flatMap(({ isControl, lab, name }) => (isControl ? (lab ?? name) : [])),
  );
  const alone = pairs.filter(({ judges }) => judges === 1).length;
  const unjudged = pairs.filter(({ judges }) => judges === 0).length;
  const few = pairs.filter(({ prompts }) => prompts < MIN_PROMPTS).length;
  const narrow = pairs.filter(({ prompts }) => prompts >= MIN_PROMPTS && prompts < USUAL_PROMPTS);
  if (labs.size < 4)
    notes.push(
      `Clean controls come from ${labs.size} ${labs.size === 1 ? 'laboratory' : 'laboratories'}; four or more let every pair be judged by at least two others.`,
    );
  if (alone > 0)
    notes.push(`${alone} pairs are judged by one laboratory only: their intervals are doubled.`);
  if (unjudged > 0)
    notes.push(`${unjudged} pairs have no control outside their own laboratories: not scored.`);
  if (few > 0)
    notes.push(`${few} pairs share fewer than ${MIN_PROMPTS} answered prompts: not scored.`);
  if (narrow.length > 0)
    notes.push(`${narrow.length} pairs share fewer than ${USUAL_PROMPTS} prompts: wide intervals.`);
  return notes;
}

function scored(files: SimilarityFiles, progress: Progress): Scored {
  const rows = readOutputRows(files.outputs);
  if (rows.models.length < 2)
    throw new SimilarityFileError('The outputs are of fewer than two models. Nothing to compare.');
  if (rows.models.length > MAX_MODELS)
    throw new SimilarityFileError(`The outputs are of more than ${MAX_MODELS} models. Split them.`);
  const models = readRoles(rows.models, files.lineage);
  if (!models.some(({ isControl }) => isControl))
    throw new SimilarityFileError(
      'No model of the outputs is a clean control. Mark models whose laboratories document their own post-training with "clean_control": true in the lineage file.',
    );
  const total = rows.prompts.length;
  const prompts = {
    *[Symbol.iterator]() {
      for (let prompt = 0; prompt < total; prompt += 1) yield rows.answers(prompt);
    },
  };
  const scores = scoreSimilarity({
    models,
    prompts,
    promptCount: total,
    onProgress: (done) => progress(done, total),
  });
  return { rows, models, scores, notes: notesOf(models, scores.pairs) };
}

const nameOf = (models: readonly PanelModel[], at: number): string => models[at]?.name ?? '';

/** Every ordered pair, and a place on a map for each model. */
export function similarityMatrix(files: SimilarityFiles, progress: Progress = () => {}) {
  const { rows, models, scores, notes } = scored(files, progress);
  const { points, shown } = mapModels(scores);
  return {
    models: models.map(({ name, lab, isReference, isControl }, at) => ({
      name,
      lab,
      isReference,
      isControl,
      outputs: rows.count(at),
      x: points[at]?.[0] ?? 0,
      y: points[at]?.[1] ?? 0,
    })),
    mapShown: shown,
    prompts: rows.prompts.length,
    pairs: scores.pairs.map(({ reference, suspect, ...pair }) => ({
      reference: nameOf(models, reference),
      suspect: nameOf(models, suspect),
      ...pair,
    })),
    notes,
  };
}

const sentence = (verdict: TeacherVerdict, best: string, rival: string): string => {
  if (verdict === 'stands-out')
    return `${best} stands out: closer than ${rival}, the closest reference of another laboratory, and than every control. A lead, not evidence.`;
  if (verdict === 'too-little')
    return 'No teacher stands out: too few controls, laboratories or shared prompts to tell.';
  return 'No teacher stands out.';
};

/** Candidate teachers of one suspect, best first. */
export function similarityTeachers(
  files: SimilarityFiles & { readonly suspect: string },
  progress: Progress = () => {},
) {
  const { models, scores, notes } = scored(files, progress);
  const suspect = models.findIndex(({ name }) => name === files.suspect);
  if (suspect === -1)
    throw new SimilarityFileError(
      "The outputs have no model of the suspect's name. Write it as in the file.",
    );
  const { candidates, decoy, verdict } = rankTeachers(scores, suspect);
  const best = candidates[0] ? nameOf(models, candidates[0].model) : '';
  const rival = decoy ? nameOf(models, decoy.rival) : '';
  return {
    suspect: files.suspect,
    verdict,
    sentence: sentence(verdict, best, rival),
    candidates: candidates.map(({ model, ...candidate }) => ({
      model: nameOf(models, model),
      lab: models[model]?.lab ?? null,
      ...candidate,
    })),
    decoy: decoy && { rival, margin: decoy.margin, low: decoy.low, high: decoy.high },
    notes,
  };
}
