import { LineCounter } from 'yaml';
import type { z } from 'zod';
import { illFormedAt } from '#shared/util/well-formed.ts';
import { parseCoreYaml, yamlTrouble } from '#shared/util/yaml-bounds.ts';

export interface FileProblem {
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly at: (path: readonly PropertyKey[]) => Place }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

export interface Place {
  readonly line: number;
  readonly column: number;
}

interface Ranged {
  readonly range?: readonly number[] | null;
}

/**
 * Reads YAML (or JSON, its subset) against a schema; every problem carries line and column. No tags; aliases, nesting and
 * memory are bounded.
 */
export function parseYamlFile<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
  const trouble = yamlTrouble(text);
  if (trouble !== null) return { ok: false, problems: [{ ...trouble, path: '' }] };
  const lines = new LineCounter();
  const document = parseCoreYaml(text, lines);
  const place = (offset: number): Place => {
    const at = lines.linePos(offset);
    return { line: Math.max(at.line, 1), column: Math.max(at.col, 1) };
  };
  // A warning is a tag that nobody knows: what it means is not what stands there.
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0)
    return {
      ok: false,
      problems: wrong.slice(0, 20).map((error) => ({
        ...place(error.pos[0]),
        path: '',
        // The library's own sentence may quote the line: only its kind is told.
        message: `this is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
      })),
    };
  // The deepest node that exists on the way to the path.
  const at = (path: readonly PropertyKey[]): Place => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as Ranged | undefined;
      if (node?.range) return place(node.range[0] ?? 0);
    }
    return { line: 1, column: 1 };
  };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch {
    return {
      ok: false,
      problems: [{ line: 1, column: 1, path: '', message: 'aliases are nested too deeply' }],
    };
  }
  if (holdsItself(value))
    return {
      ok: false,
      problems: [{ line: 1, column: 1, path: '', message: 'an alias stands within what it names' }],
    };
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    const broken = illFormedAt(parsed.data);
    if (broken === null) return { ok: true, value: parsed.data, at };
    const message = 'an escape is half a character';
    return { ok: false, problems: [{ ...at(broken), path: broken.join('.'), message }] };
  }
  return {
    ok: false,
    problems: parsed.error.issues.slice(0, 50).flatMap((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : null;
      if (keys === null)
        return [{ ...at(issue.path), path: issue.path.join('.'), message: inWords(issue.message) }];
      return keys.map((key) => ({
        ...at([...issue.path, key]),
        path: [...issue.path, key.slice(0, 64)].join('.'),
        message: 'this field is not known',
      }));
    }),
  };
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of fields',
  record: 'a group of fields',
  null: 'nothing',
};
const kind = (name: string): string => KINDS[name] ?? name;

/** A message of the schema library in the words of these files; our own messages pass as they are. */
function inWords(message: string): string {
  const [, expected = '', received = ''] =
    /^Invalid input: expected (\S+), received (\S+)$/.exec(message) ?? [];
  if (received === 'undefined') return 'this field is missing';
  if (expected === 'int') return 'this must be a whole number';
  if (expected !== '') return `this must be ${kind(expected)}, and is ${kind(received)}`;
  const options = /^Invalid (?:option: expected one of|discriminator value\. Expected) (.+)$/.exec(
    message,
  )?.[1];
  if (options !== undefined) return `this must be one of ${options.replace(/ ?\| ?/g, ', ')}`;
  return message === 'Invalid input' ? 'this has none of the forms that it may have' : message;
}

/** Whether an alias made a ring, in which a schema would walk for ever. */
function holdsItself(
  value: unknown,
  above: Set<object> = new Set(),
  done: Set<object> = new Set(),
): boolean {
  if (typeof value !== 'object' || value === null || done.has(value)) return false;
  if (above.has(value)) return true;
  above.add(value);
  const found = Object.values(value).some((inner) => holdsItself(inner, above, done));
  above.delete(value);
  done.add(value);
  return found;
}
