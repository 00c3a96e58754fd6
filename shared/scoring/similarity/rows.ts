import { z } from 'zod';
import { parseGuarded } from '../../wire/json-guard.ts';
import type { PanelModel } from './panel.ts';

const rowSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  model: z.string().min(1).max(500),
  output: z.string().nullish(),
});

const flag = z.boolean().nullish();
const lineageSchema = z.object({
  models: z.array(
    z.object({
      model: z.string(),
      lab: z.string().nullish(),
      is_reference: flag,
      clean_control: flag,
    }),
  ),
});

/** What is wrong with a file, for its writer. */
export class SimilarityFileError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SimilarityFileError';
  }
}

export interface OutputRows {
  /** In order of name. */
  readonly models: readonly string[];
  /** In order of id. */
  readonly prompts: readonly string[];
  /** Answers of one prompt, in order of models. */
  answers(prompt: number): (string | null)[];
  count(model: number): number;
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function parseJson(text: string, where: string): unknown {
  const parsed = parseGuarded(text);
  if (!parsed.ok) throw new SimilarityFileError(`${where} is not JSON.`);
  return parsed.value;
}

/** Lines {id, model, prompt, output}. The order of the lines changes nothing. */
export function readOutputRows(text: string): OutputRows {
  const byPrompt = new Map<string, Map<string, string>>();
  const counts = new Map<string, number>();
  let line = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at);
    const row = text.slice(at, end).replace(/^\uFEFF/, '');
    at = end + 1;
    line += 1;
    if (row.trim() === '') continue;
    const parsed = rowSchema.safeParse(parseJson(row, `Line ${line} of the outputs`));
    if (!parsed.success)
      throw new SimilarityFileError(
        `Line ${line} of the outputs has no id, model and output as text.`,
      );
    const { id, model, output } = parsed.data;
    const answers = byPrompt.get(id) ?? new Map<string, string>();
    const known = answers.get(model);
    if (known !== undefined) {
      if (known === (output ?? '')) continue;
      throw new SimilarityFileError(
        `Line ${line} of the outputs answers a prompt a second time, and differently, for the same model. Keep one.`,
      );
    }
    answers.set(model, output ?? '');
    byPrompt.set(id, answers);
    counts.set(model, (counts.get(model) ?? 0) + 1);
  }
  const models = [...counts.keys()].sort(byCode);
  const prompts = [...byPrompt.keys()].sort(byCode);
  return {
    models,
    prompts,
    answers: (prompt) => {
      const answers = byPrompt.get(prompts[prompt] ?? '');
      return models.map((model) => answers?.get(model) ?? null);
    },
    count: (model) => counts.get(models[model] ?? '') ?? 0,
  };
}

/**
 * Roles of the models. Of the lineage file only the laboratory of references and controls, and which models are clean
 * controls, are read; teachers, families and every other field are never looked at, nor is the laboratory of a suspect
 * that is no reference. A model that is not in the file is a suspect with a laboratory of its own. Without a single
 * reference flag every model may be a teacher.
 */
export function readRoles(models: readonly string[], lineage: string): PanelModel[] {
  const parsed =
    lineage.trim() === ''
      ? { success: true as const, data: { models: [] } }
      : lineageSchema.safeParse(parseJson(lineage, 'The lineage file'));
  if (!parsed.success)
    throw new SimilarityFileError('The lineage file has no list "models" of {model, lab, ...}.');
  const rows = new Map(parsed.data.models.map((row) => [row.model, row]));
  const hasReferences = parsed.data.models.some((row) => row.is_reference === true);
  return models.map((name) => {
    const row = rows.get(name);
    const isControl = row?.clean_control === true;
    const isReference = hasReferences ? row?.is_reference === true : true;
    const isKnown = isControl || (isReference && row !== undefined);
    return { name, lab: isKnown ? row?.lab || null : null, isReference, isControl };
  });
}
