import { z } from 'zod';
import type { RowError } from '#shared/contract/library.ts';
import {
  type CanaryDraft,
  canaryDraftSchema,
  canaryIdSchema,
  canaryKindSchema,
  canaryTypeSchema,
  MAX_CANDIDATES,
  messageSchema,
} from '#shared/domain/canary.ts';
import { parseJsonStrict } from '#shared/evidence/json-strict.ts';
import { lookAlikeCandidates } from '#shared/scoring/confusables.ts';
import { CandidateError, compileCandidates } from '#shared/scoring/exact.ts';
import { readCsv } from './csv-table.ts';

/** N below this costs many more exposures for the same evidence (METHOD 5.8). */
const SMALL_LIST = 256;
const MAX_LINE_CHARACTERS = 8_000_000;

const FIELD_NAME = /^[a-z][a-z0-9_-]{0,31}$/i;

const slotsSchema = z.strictObject({
  slots: z
    .array(z.array(z.string().min(1).max(200)).min(1).max(MAX_CANDIDATES))
    .min(1)
    .max(4),
  join: z.string().max(20).default(' '),
});

const lineSchema = z.strictObject({
  id: canaryIdSchema,
  kind: canaryKindSchema.optional(),
  type: canaryTypeSchema.default('O'),
  prompt: z.string().min(1).max(100_000).optional(),
  messages: z.array(messageSchema).min(1).max(64).optional(),
  system: z.string().min(1).max(100_000).optional(),
  responses: z
    .union([z.array(z.string().min(1).max(1_000)).max(MAX_CANDIDATES), slotsSchema])
    .optional(),
  expected: z.array(z.string().min(1).max(10_000)).max(64).optional(),
  scorer: z.literal('exact-v1').default('exact-v1'),
  cohort: z.string().min(1).max(64).nullable().default(null),
  tags: z.array(z.string().min(1).max(64)).max(32).default([]),
  note: z.string().max(2_000).default(''),
});
type Line = z.infer<typeof lineSchema>;

export interface ParsedRow {
  readonly line: number;
  readonly draft: CanaryDraft;
}

export interface ParsedFile {
  readonly rows: readonly ParsedRow[];
  readonly errors: readonly RowError[];
  readonly warnings: readonly RowError[];
}

const FIX: Readonly<Record<string, string>> = {
  id: 'Give each canary its own id of letters, digits, dots, dashes or underscores.',
  kind: 'Use "drawn" (with responses) or "found" (with expected).',
  type: 'Use "O" (output trace) or "W" (weights trigger).',
  prompt: 'Give either prompt or messages, as non-empty text.',
  messages: 'Give a list of {"role":"user","content":"..."} with at least one message.',
  responses: 'Give the list of candidate responses, each non-empty and different.',
  expected: 'Give the known responses of a found canary as a list of texts.',
};

// The messages of a schema quote no value.
function schemaErrors(line: number, error: z.ZodError): RowError[] {
  return error.issues.slice(0, 10).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    // A name that does not look like one may be a text that slipped into its place.
    const unknown = keys.find((key) => FIELD_NAME.test(key)) ?? (keys.length > 0 ? 'line' : null);
    const field = unknown ?? String(issue.path[0] ?? 'line');
    return {
      line,
      field: field.slice(0, 64),
      message: keys.length > 0 ? 'a field is not known' : issue.message,
      fix: FIX[field] ?? 'See docs/formats.md for the fields of a canary.',
    };
  });
}

function crossProduct(slots: readonly (readonly string[])[], join: string): string[] | null {
  const size = slots.reduce((product, slot) => product * slot.length, 1);
  if (size > MAX_CANDIDATES) return null;
  return slots.reduce<string[]>(
    (heads, slot) =>
      heads.flatMap((head) => slot.map((tail) => (head === '' ? tail : head + join + tail))),
    [''],
  );
}

function toDraft(line: number, row: Line): { draft: CanaryDraft } | { errors: RowError[] } {
  const errors: RowError[] = [];
  const bad = (field: string, message: string, fix = FIX[field] ?? ''): void => {
    errors.push({ line, field, message, fix });
  };
  if ((row.prompt === undefined) === (row.messages === undefined))
    bad(
      'prompt',
      row.prompt === undefined ? 'there is no prompt' : 'both prompt and messages are given',
    );
  const turns =
    row.messages ??
    (row.prompt === undefined ? [] : [{ role: 'user' as const, content: row.prompt }]);
  const messages =
    row.system === undefined ? turns : [{ role: 'system' as const, content: row.system }, ...turns];
  if (turns.length > 0 && turns.at(-1)?.role !== 'user')
    bad('messages', 'the last message must be of the user', 'End with a message of role "user".');
  const kind =
    row.kind ?? (row.responses === undefined && row.expected !== undefined ? 'found' : 'drawn');
  const listed = Array.isArray(row.responses)
    ? row.responses
    : row.responses === undefined
      ? []
      : crossProduct(row.responses.slots, row.responses.join);
  if (listed === null)
    bad(
      'responses',
      `the slots give more than ${MAX_CANDIDATES} candidates`,
      'Use fewer words per slot.',
    );
  const responses = listed ?? [];
  const expected = row.expected ?? [];
  if (kind === 'drawn' && listed !== null && responses.length < 2)
    bad('responses', 'a drawn canary needs at least 2 candidate responses');
  if (kind === 'drawn' && expected.length > 0)
    bad(
      'expected',
      'a drawn canary has no expected response: it is drawn',
      'Remove expected, or set kind to "found".',
    );
  if (kind === 'found' && expected.length === 0)
    bad('expected', 'a found canary needs at least one expected response');
  if (kind === 'found' && responses.length > 0)
    bad(
      'responses',
      'a found canary has no candidate list',
      'Remove responses, or set kind to "drawn".',
    );
  if (errors.length > 0) return { errors };
  const draft = canaryDraftSchema.parse({
    id: row.id,
    kind,
    type: row.type,
    messages,
    responses,
    expected,
    scorer: row.scorer,
    cohort: row.cohort,
    tags: row.tags,
    note: row.note,
  });
  try {
    const matcher = compileCandidates(kind === 'drawn' ? responses : expected);
    const leaked = matcher.find(messages.map((message) => message.content).join('\n'));
    if (leaked.length > 0)
      bad(
        kind === 'drawn' ? 'responses' : 'expected',
        `entry ${(leaked[0] ?? 0) + 1} already stands in the prompt`,
        'A response that the prompt contains proves nothing: reword the prompt or remove the entry.',
      );
  } catch (error) {
    if (!(error instanceof CandidateError)) throw error;
    const [one = 0, other] = error.indices;
    bad(
      kind === 'drawn' ? 'responses' : 'expected',
      other === undefined
        ? `entry ${one + 1} has no letter, digit or symbol`
        : `entries ${one + 1} and ${other + 1} are equal after normalisation`,
      'Make the entries different after case, spaces and punctuation are ignored.',
    );
  }
  return errors.length > 0 ? { errors } : { draft };
}

function* jsonLines(text: string): Generator<{ line: number; value: unknown; error?: RowError }> {
  let line = 0;
  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line += 1;
    const row = raw.trim();
    if (row === '') continue;
    const broken = (message: string, fix: string) => ({
      line,
      value: null,
      error: { line, field: 'line', message, fix },
    });
    if (row.length > MAX_LINE_CHARACTERS) {
      yield broken('the line is too long', 'Shorten the candidate list or use slots.');
      continue;
    }
    try {
      JSON.parse(row);
    } catch {
      yield broken(
        'this is not a JSON object',
        'Write one JSON object on each line, with straight quotes and no trailing comma.',
      );
      continue;
    }
    try {
      // What the evidence could not carry is refused here, before it is committed and asked.
      yield { line, value: parseJsonStrict(row) };
    } catch {
      yield broken(
        'a field stands twice, or a \\u escape is half a character',
        'Give each field once, and write characters as they are.',
      );
    }
  }
}

const CSV_FIELDS = [
  'id',
  'kind',
  'type',
  'prompt',
  'system',
  'responses',
  'expected',
  'cohort',
  'tags',
  'note',
];
function headerErrors(header: readonly string[]): RowError[] {
  const known = header.filter((name) => CSV_FIELDS.includes(name));
  const fix = `Use the columns ${CSV_FIELDS.join(', ')}; id and prompt must be there.`;
  // Without a header the first canary stands here: none of its words may come back.
  if (!known.includes('id') || !known.includes('prompt'))
    return [{ line: 1, field: 'line', message: 'the first line does not name the columns', fix }];
  return header.flatMap((name, index) => {
    const error = (message: string): RowError[] => [
      { line: 1, field: FIELD_NAME.test(name) ? name : `column ${index + 1}`, message, fix },
    ];
    if (!CSV_FIELDS.includes(name)) return error('this column is not known');
    return header.indexOf(name) === index ? [] : error('this column is there twice');
  });
}

function csvRows(text: string): { rows: { line: number; value: unknown }[]; errors: RowError[] } {
  const table = readCsv(text, MAX_LINE_CHARACTERS);
  const [first, ...rest] = table.rows;
  if (!first) return { rows: [], errors: [...table.errors] };
  const header = first.cells.map((name) => name.trim().toLowerCase());
  const wrong = headerErrors(header);
  if (wrong.length > 0) return { rows: [], errors: wrong };
  const errors = [...table.errors];
  const rows: { line: number; value: unknown }[] = [];
  for (const { line, cells } of rest) {
    if (cells.length !== header.length) {
      errors.push({
        line,
        field: 'line',
        message: `the row has ${cells.length} columns, the header ${header.length}`,
        fix: 'Put a field that holds a comma into double quotes.',
      });
      continue;
    }
    rows.push({ line, value: csvValue(header, cells) });
  }
  return { rows, errors };
}

function csvValue(header: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const split = (value: string, by: string): string[] =>
    value
      .split(by)
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const value: Record<string, unknown> = {};
  for (const [index, field] of header.entries()) {
    const raw = cells[index] ?? '';
    if (raw === '') continue;
    if (field === 'responses' || field === 'expected') value[field] = split(raw, '|');
    else if (field === 'tags') value[field] = split(raw, ';');
    else value[field] = raw;
  }
  return value;
}

/** Reads a canary file. Every bad row gives at least one error with line, field and what to do; good rows are returned. */
export function parseCanaryFile(format: 'jsonl' | 'csv', text: string): ParsedFile {
  const errors: RowError[] = [];
  const warnings: RowError[] = [];
  const rows: ParsedRow[] = [];
  const ids = new Map<string, number>();
  const prompts = new Map<string, number>();
  let source: Iterable<{ line: number; value: unknown; error?: RowError }>;
  if (format === 'jsonl') source = jsonLines(text);
  else {
    const csv = csvRows(text);
    errors.push(...csv.errors);
    source = csv.rows;
  }
  for (const { line, value, error } of source) {
    if (error) {
      errors.push(error);
      continue;
    }
    const parsed = lineSchema.safeParse(value);
    if (!parsed.success) {
      errors.push(...schemaErrors(line, parsed.error));
      continue;
    }
    const made = toDraft(line, parsed.data);
    if ('errors' in made) {
      errors.push(...made.errors);
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
