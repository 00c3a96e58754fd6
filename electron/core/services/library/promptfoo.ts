import { isMap, isSeq } from 'yaml';
import { z } from 'zod';
import type { RowError } from '#shared/contract/row-error.ts';
import { canaryIdSchema, messageSchema } from '#shared/domain/canary.ts';
import { parseGuarded } from '#shared/wire/json-guard.ts';
import type { RawRow } from './lines.ts';
import { listRows, parseYaml, type YamlFile } from './yaml.ts';

/** Assertions that name a known response: any of their values counts. */
const EXPECTING = ['equals', 'contains', 'icontains', 'contains-any', 'icontains-any'] as const;
const PROMPT_VARS = ['prompt', 'question', 'query', 'input'];
const PLACEHOLDER = /\{\{-?\s*([A-Za-z_]\w*)\s*-?\}\}/g;

const assertion = z.strictObject({
  type: z.enum(EXPECTING, {
    error: `use one of ${EXPECTING.join(', ')}: only they name a known response`,
  }),
  value: z.union([z.string().min(1), z.number(), z.array(z.string().min(1)).min(1)]),
  metric: z.string().optional(),
  weight: z.number().optional(),
});

const testSchema = z.strictObject({
  description: z.string().optional(),
  vars: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean()], {
        error: 'give one text for each variable: a list makes several tests',
      }),
    )
    .optional(),
  assert: z
    .array(assertion)
    .max(1, 'several assertions must all hold, a canary knows one of several: use icontains-any')
    .optional(),
  metadata: z.looseObject({ trapstreet: z.record(z.string(), z.unknown()).optional() }).optional(),
});
type Test = z.infer<typeof testSchema>;

const FIX: Readonly<Record<string, string>> = {
  vars: 'Give the question as vars.prompt, as one text.',
  assert: 'Use one assertion, such as {type: icontains-any, value: [first, second]}.',
  metadata: 'Put the fields of a canary under metadata.trapstreet.',
};

type Made = { readonly value: unknown } | { readonly field: string; readonly message: string };

function expectedOf(test: Test): string[] | undefined {
  const [only] = test.assert ?? [];
  if (only === undefined) return undefined;
  if (Array.isArray(only.value)) return only.value;
  const text = String(only.value);
  // promptfoo reads a text as a list of values there.
  return only.type.endsWith('-any') ? text.split(',').map((part) => part.trim()) : [text];
}

function promptOf(test: Test, template: string | null): string | { readonly message: string } {
  const vars = test.vars ?? {};
  if (template === null) {
    const name = PROMPT_VARS.find((known) => vars[known] !== undefined) ?? Object.keys(vars)[0];
    if (name === undefined) return { message: 'there is no variable that holds the question' };
    if (Object.keys(vars).length > 1 && !PROMPT_VARS.includes(name))
      return { message: 'which variable holds the question is not clear' };
    return String(vars[name]);
  }
  let missing = false;
  const text = template.replace(PLACEHOLDER, (_, name: string) => {
    const value = vars[name];
    if (value === undefined) missing = true;
    return String(value);
  });
  if (missing) return { message: 'the prompt names a variable that the test has not' };
  return text;
}

/** A chat prompt is JSON text of its messages, as promptfoo has it. */
function turnsOf(prompt: string): { readonly prompt: string } | { readonly messages: unknown } {
  if (!prompt.trimStart().startsWith('[')) return { prompt };
  const parsed = parseGuarded(prompt);
  if (!parsed.ok) return { prompt };
  const messages = z.array(messageSchema).min(1).safeParse(parsed.value);
  return messages.success ? { messages: messages.data } : { prompt };
}

function toLine(test: Test, template: string | null, at: number): Made {
  const prompt = promptOf(test, template);
  if (typeof prompt !== 'string') return { field: 'vars', message: prompt.message };
  const expected = expectedOf(test);
  const own = test.metadata?.trapstreet ?? {};
  if (expected === undefined && own.responses === undefined && own.expected === undefined)
    return { field: 'assert', message: 'there is no assertion of a known response' };
  const named = canaryIdSchema.safeParse(test.description);
  return {
    value: {
      id: named.success ? named.data : `PF-${String(at).padStart(4, '0')}`,
      ...turnsOf(prompt),
      ...(expected === undefined ? {} : { expected }),
      ...own,
    },
  };
}

function toRow(row: RawRow, template: string | null, at: number): RawRow[] {
  if (row.error) return [row];
  const lineOf = (field: string): number => row.lineOf?.(field) ?? row.line;
  const failed = (field: string, message: string): RawRow => {
    const line = lineOf(field);
    const fix = FIX[field] ?? 'See docs/formats.md for what of a promptfoo test is read.';
    const error: RowError = { line, field, message, fix };
    return { line, value: null, error };
  };
  const parsed = testSchema.safeParse(row.value);
  if (!parsed.success)
    return parsed.error.issues
      .slice(0, 5)
      .map((issue) =>
        issue.code === 'unrecognized_keys'
          ? failed(
              issue.path.length === 0 && /^[a-z]\w{0,31}$/i.test(issue.keys[0] ?? '')
                ? (issue.keys[0] ?? 'line')
                : String(issue.path[0] ?? 'line'),
              'a field is not known here',
            )
          : failed(String(issue.path[0] ?? 'line'), issue.message),
      );
  const made = toLine(parsed.data, template, at);
  if ('message' in made) return [failed(made.field, made.message)];
  const place = (field: string): number =>
    lineOf(field === 'expected' ? 'assert' : field === 'prompt' ? 'vars' : 'metadata');
  return [{ line: row.line, value: made.value, lineOf: place }];
}

/** The one prompt of a promptfoo file; null when it has none of its own. */
function templateOf(file: YamlFile): string | null | RawRow {
  const { contents } = file.document;
  const failed = (node: unknown, message: string): RawRow => {
    const line = file.lineOf(node);
    const fix = 'Keep one prompt of plain text with {{name}}, and write defaults into each test.';
    return { line, value: null, error: { line, field: 'prompts', message, fix } };
  };
  if (!isMap(contents)) return null;
  for (const name of ['defaultTest', 'scenarios'])
    if (contents.has(name))
      return failed(contents.get(name, true), `${name} is not read: its effect would be lost`);
  const prompts = contents.get('prompts');
  if (prompts === undefined) return null;
  const [only, ...more] = isSeq(prompts) ? prompts.items : [prompts];
  const node = typeof only === 'string' ? { value: only } : only;
  const value = (node as { readonly value?: unknown } | null)?.value;
  if (more.length > 0 || typeof value !== 'string' || value.startsWith('file:'))
    return failed(contents.get('prompts', true), 'there must be one prompt, written out');
  if (/\{[%#]|\{\{/.test(value.replace(PLACEHOLDER, '')))
    return failed(
      contents.get('prompts', true),
      'the prompt uses more of its language than {{name}}',
    );
  return value;
}

/**
 * Tests of promptfoo (YAML or JSON): a list, or a configuration with `tests` and at most one prompt. A test with one
 * assertion of a known response is a found canary; `metadata.trapstreet` carries any field of a canary.
 */
export function* promptfooRows(text: string): Generator<RawRow> {
  const file = parseYaml(text);
  if (!('document' in file)) {
    yield* file;
    return;
  }
  const { contents } = file.document;
  const template = templateOf(file);
  if (template !== null && typeof template !== 'string') {
    yield template;
    return;
  }
  const list = isMap(contents) ? contents.get('tests') : contents;
  if (!isSeq(list)) {
    const error: RowError = {
      line: 1,
      field: 'tests',
      message: 'the file holds no list of tests',
      fix: 'Begin with "tests:" and a list, written out in this file.',
    };
    yield { line: 1, value: null, error };
    return;
  }
  let at = 0;
  for (const row of listRows(file, list.items)) {
    at += 1;
    yield* toRow(row, template, at);
  }
}
