import type { CanaryFormat } from '#shared/contract/library.ts';
import type { RowError } from '#shared/contract/row-error.ts';
import type { CanaryDraft } from '#shared/domain/canary.ts';
import { lookAlikeCandidates } from '#shared/scoring/confusables.ts';
import { csvRows } from './csv.ts';
import { jsonLines, type RawRow } from './lines.ts';
import { promptfooRows } from './promptfoo.ts';
import { FIX, lineSchema, schemaErrors, toDraft } from './row.ts';
import { yamlRows } from './yaml.ts';

/** N below this costs many more exposures for the same evidence (METHOD 5.8). */
export const SMALL_LIST = 256;
const MAX_LINE_CHARACTERS = 8_000_000;

export interface ParsedRow {
  readonly line: number;
  readonly draft: CanaryDraft;
}

export interface ParsedFile {
  readonly rows: readonly ParsedRow[];
  readonly errors: readonly RowError[];
  readonly warnings: readonly RowError[];
}

function rowsOf(format: CanaryFormat, text: string): Iterable<RawRow> {
  switch (format) {
    case 'jsonl':
      return jsonLines(text, MAX_LINE_CHARACTERS);
    case 'csv':
      return csvRows(text, MAX_LINE_CHARACTERS);
    case 'yaml':
      return yamlRows(text);
    case 'promptfoo':
      return promptfooRows(text);
  }
}

/** Reads a canary file. Every bad row gives at least one error with line, field and what to do; good rows are returned. */
export function parseCanaryFile(format: CanaryFormat, text: string): ParsedFile {
  const errors: RowError[] = [];
  const warnings: RowError[] = [];
  const rows: ParsedRow[] = [];
  const ids = new Map<string, number>();
  const prompts = new Map<string, number>();
  for (const { line, value, error, lineOf } of rowsOf(format, text)) {
    const placed = (list: readonly RowError[]): RowError[] =>
      list.map((one) => ({ ...one, line: lineOf?.(one.field) ?? one.line }));
    if (error) {
      errors.push(error);
      continue;
    }
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success) {
      errors.push(...placed(schemaErrors(line, parsed.error)));
      continue;
    }
    const made = toDraft(line, parsed.data);
    if ('errors' in made) {
      errors.push(...placed(made.errors));
      continue;
    }
    const { draft } = made;
    const twice = ids.get(draft.id);
    if (twice !== undefined) {
      errors.push({
        line,
        field: 'id',
        message: `the id stands on line ${twice} too`,
        fix: FIX.id ?? '',
      });
      continue;
    }
    ids.set(draft.id, line);
    const prompt = JSON.stringify(draft.messages);
    const same = prompts.get(prompt);
    if (same !== undefined)
      warnings.push({
        line,
        field: 'prompt',
        message: `the prompt stands on line ${same} too`,
        fix: 'Two canaries with one prompt are one canary: give each its own question.',
      });
    else prompts.set(prompt, line);
    if (draft.kind === 'drawn' && draft.responses.length < SMALL_LIST)
      warnings.push({
        line,
        field: 'responses',
        message: `the list has ${draft.responses.length} candidates`,
        fix: `A longer list (${SMALL_LIST} or more) needs fewer exposures for the same evidence.`,
      });
    const [alike] = draft.kind === 'drawn' ? lookAlikeCandidates(draft.responses) : [];
    if (alike !== undefined)
      warnings.push({
        line,
        field: 'responses',
        message: `candidates ${alike[0]} and ${alike[1]} look alike but have different letters`,
        fix: 'The scorer tells them apart and a reader cannot: write one of them anew.',
      });
    rows.push({ line, draft });
  }
  if (rows.length === 0 && errors.length === 0)
    errors.push({
      line: 1,
      field: 'line',
      message: 'the file holds no canary',
      fix: 'See docs/formats.md for an example.',
    });
  return { rows, errors, warnings };
}
