import { type Document, isMap, isScalar, isSeq, LineCounter, type Node } from 'yaml';
import { illFormedAt } from '#shared/util/well-formed.ts';
import { parseCoreYaml, yamlTrouble } from '#shared/util/yaml-bounds.ts';
import type { RawRow } from './lines.ts';

/** YAML is read as a whole into memory, so less of it than of lines. */
const MAX_CHARACTERS = 16_000_000;
const MAX_LEXEMES = 2_000_000;
const MAX_ALIASES = 100;
const MAX_ERRORS = 20;

export interface YamlFile {
  readonly document: Document.Parsed;
  /** The line a node begins on, from 1. */
  readonly lineOf: (node: unknown) => number;
  /** The value of a node; null where aliases are nested too deeply. Halves of characters give an error row. */
  readonly valueOf: (node: Node) => { readonly value: unknown } | { readonly message: string };
}

const failed = (line: number, message: string, fix: string): RawRow => ({
  line,
  value: null,
  error: { line, field: 'line', message, fix },
});

/** Parses YAML 1.2 (core schema, no tags). The errors quote nothing of the text. */
export function parseYaml(text: string): YamlFile | readonly RawRow[] {
  if (text.length > MAX_CHARACTERS)
    return [failed(1, 'the file is too long for YAML', 'Split it, or use JSON lines.')];
  const plain = text.replace(/^\uFEFF/, '');
  const trouble = yamlTrouble(plain, MAX_LEXEMES);
  if (trouble !== null)
    return [failed(trouble.line, trouble.message, 'Split the file, or use JSON lines.')];
  const lines = new LineCounter();
  const document = parseCoreYaml(plain, lines);
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const wrong = [...document.errors, ...document.warnings];
  if (wrong.length > 0)
    return wrong.slice(0, MAX_ERRORS).map((error) =>
      failed(
        lineAt(error.pos[0]),
        // The library's own sentence may quote the line: only its kind is told.
        `this is not valid YAML (${error.code.toLowerCase().replaceAll('_', ' ')})`,
        'Put a text that holds : # or quotes into double quotes, and indent with spaces.',
      ),
    );
  return {
    document,
    lineOf: (node) => lineAt((node as Node | null)?.range?.[0] ?? 0),
    valueOf: (node) => {
      try {
        const value: unknown = node.toJS(document, { maxAliasCount: MAX_ALIASES });
        return illFormedAt(value) === null
          ? { value }
          : { message: 'an escape is half a character' };
      } catch {
        return { message: 'aliases are nested too deeply' };
      }
    },
  };
}

/** The rows of a list node, each with the lines of its fields. */
export function* listRows(file: YamlFile, items: readonly unknown[]): Generator<RawRow> {
  for (const item of items) {
    const line = file.lineOf(item);
    if (!isMap(item)) {
      yield failed(line, 'this is not a list of fields', 'Write each entry as "- field: value".');
      continue;
    }
    const read = file.valueOf(item);
    if ('message' in read) {
      yield failed(line, read.message, 'Write the texts out, without aliases.');
      continue;
    }
    yield {
      line,
      value: read.value,
      lineOf: (field) => {
        const pair = item.items.find(({ key }) => isScalar(key) && key.value === field);
        return pair === undefined ? line : file.lineOf(pair.key);
      },
    };
  }
}

/** The rows of a canary file in YAML: a list, or a list under `canaries`; the fields are those of the JSON lines. */
export function* yamlRows(text: string): Generator<RawRow> {
  const file = parseYaml(text);
  if (!('document' in file)) {
    yield* file;
    return;
  }
  const { contents } = file.document;
  const list = isMap(contents) && contents.items.length === 1 ? contents.get('canaries') : contents;
  if (isSeq(list)) yield* listRows(file, list.items);
  else if (contents !== null)
    yield failed(1, 'the file holds no list of canaries', 'Begin with "canaries:" and a list.');
}
