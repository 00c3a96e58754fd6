// docs/api.md from the contract. `node scripts/api-docs.ts` writes it, `--check` fails when it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Method } from '#shared/contract/define.ts';
import { ERRORS } from '#shared/contract/errors.ts';
import { contract, EVENT_NAMES, methodNames } from '#shared/contract/index.ts';

const FILE = resolve(import.meta.dirname, '../docs/api.md');

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema | boolean;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Bounds that only say "a safe integer" tell a reader nothing. */
const isBound = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;

function span(low: number | undefined, high: number | undefined, unit: string): string {
  if (isBound(low) && isBound(high)) return `${low} to ${high}${unit}`;
  if (isBound(low)) return `at least ${low}${unit}`;
  return isBound(high) ? `at most ${high}${unit}` : '';
}

/** What a value must satisfy beside its type. */
function limits(schema: Schema): string[] {
  const isPlain = schema.format === undefined;
  return [
    span(schema.minimum, schema.maximum, ''),
    isBound(schema.exclusiveMinimum) ? `above ${schema.exclusiveMinimum}` : '',
    isPlain ? span(schema.minLength, schema.maxLength, ' characters') : '',
    span(schema.minItems, schema.maxItems, ' entries'),
    schema.format ?? '',
    isPlain && schema.pattern !== undefined ? schema.pattern : '',
  ].filter((part) => part !== '');
}

const INDENT = '  ';

/** A schema as the text of a type: one line for values, one line a field for objects. */
function typeText(schema: Schema | boolean, depth: number): string {
  if (typeof schema === 'boolean') return schema ? 'any' : 'nothing';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => typeText(choice, depth)).join(' | ');
  if (schema.type === 'array') {
    if (schema.prefixItems)
      return `[${schema.prefixItems.map((item) => typeText(item, depth)).join(', ')}]`;
    const item = typeText(schema.items ?? true, depth);
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === 'object') {
    const fields = Object.entries(schema.properties ?? {});
    if (fields.length === 0) {
      const value = schema.additionalProperties;
      return value === undefined || value === false
        ? '{}'
        : `{ [name]: ${typeText(value, depth)} }`;
    }
    const lines = fields.map(([name, field]) => fieldText(name, field, schema, depth + 1));
    return `{\n${lines.join('\n')}\n${INDENT.repeat(depth)}}`;
  }
  if (schema.type === undefined) return 'any';
  return typeof schema.type === 'string' ? schema.type : schema.type.join(' | ');
}

function fieldText(name: string, field: Schema, parent: Schema, depth: number): string {
  const isOptional = !(parent.required ?? []).includes(name);
  const choice = field.anyOf?.find((entry) => entry.type !== 'null');
  const notes = [
    ...limits(field),
    ...(choice ? limits(choice) : []),
    ...(field.default === undefined ? [] : [`default ${JSON.stringify(field.default)}`]),
  ];
  const comment = notes.length === 0 ? '' : `  // ${notes.join('; ')}`;
  const text = typeText(field, depth);
  const mark = isOptional ? '?' : '';
  // A note about a field of several lines stands at its first one.
  const [first = '', ...rest] = text.split('\n');
  return [`${INDENT.repeat(depth)}${name}${mark}: ${first}${comment}`, ...rest].join('\n');
}

const shape = (schema: z.ZodType, io: 'input' | 'output'): string =>
  typeText(z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' }) as Schema, 0);

function section(name: string, method: Method): string {
  const facts = [
    `${method.kind === 'query' ? 'Query' : 'Command'}. ${method.summary}.`,
    method.errors.length === 0 ? '' : `Errors: ${method.errors.join(', ')}.`,
    method.sensitive.length === 0 ? '' : `Never logged: ${method.sensitive.join(', ')}.`,
    method.hosts.length === 3 ? '' : `Only in: ${method.hosts.join(', ')}.`,
  ].filter((fact) => fact !== '');
  return `### ${name}

${facts.join(' ')}

\`\`\`text
input ${shape(method.input, 'input')}
output ${shape(method.output, 'output')}
\`\`\`
`;
}

function document(): string {
  const sections = methodNames.map((name) => section(name, contract[name]));
  const errors = Object.entries(ERRORS).map(
    ([code, { http, exit, retryable }]) =>
      `| ${code} | ${http} | ${exit} | ${retryable ? 'yes' : 'no'} |`,
  );
  return `# Methods

Written by \`node scripts/api-docs.ts\` from shared/contract; do not edit.

The same ${methodNames.length} methods are reached over three ways: in the desktop app over one channel between window and core, in
browser mode as \`POST /rpc/NAME\` with the input as a JSON body, on the command line as \`trapstreet call NAME JSON\`. The
answer is \`{"ok":true,"data":...}\` or \`{"ok":false,"error":{"code","message","data"}}\`; \`trapstreet call\` prints the data
alone. A field with \`?\` may be left out. Unknown fields are refused. Every method may also answer BAD_INPUT,
WORKSPACE_LOCKED, WORKSPACE_ABSENT and INTERNAL.

${sections.join('\n')}
## Events

Events say that something changed, never what; the listener asks again.

${EVENT_NAMES.map((name) => `- \`${name}\``).join('\n')}

## Error codes

| code | HTTP status | exit code | may succeed later |
|---|---|---|---|
${errors.join('\n')}
`;
}

const text = document();
if (process.argv.includes('--check')) {
  let stored = '';
  try {
    stored = readFileSync(FILE, 'utf8');
  } catch {
    // Not written yet: stale.
  }
  if (stored !== text) {
    process.stderr.write('docs/api.md is stale. Run: node scripts/api-docs.ts\n');
    process.exitCode = 1;
  }
} else writeFileSync(FILE, text);
