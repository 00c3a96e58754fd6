import { type Document, Lexer, type LineCounter, parseDocument } from 'yaml';

/** Deepest nesting of a YAML file; one line outside of brackets cannot hold more parts either. */
export const YAML_DEPTH = 64;

/**
 * Most lexemes (names, signs, runs of spaces, line ends) of a file. Each costs the parser some hundred bytes, however short
 * it is, so this and not the length of a file bounds the memory, to some 150 MB.
 */
export const YAML_LEXEMES = 300_000;

export interface YamlTrouble {
  /** Where in the text, from 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What begins a lexeme that is no part of the content: line ends, spaces, comments, a byte order mark. */
const NO_CONTENT = /^[\s#]/;

/**
 * Why a text is not worth parsing: nested deeper than YAML_DEPTH, or of more lexemes than allowed; null: nothing. Costs one
 * pass of the lexer and no memory to speak of, and stops where the text goes wrong.
 */
export function yamlTrouble(text: string, maxLexemes = YAML_LEXEMES): YamlTrouble | null {
  // Columns at which the open blocks of the present line begin, from the outside to the inside.
  const columns: number[] = [];
  let brackets = 0;
  let column = 0;
  let offset = 0;
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++count > maxLexemes)
      return troubleAt(text, offset, `the file has more than ${maxLexemes} parts`);
    if (lexeme === '[' || lexeme === '{') brackets++;
    else if (lexeme === ']' || lexeme === '}') brackets = Math.max(0, brackets - 1);
    if (brackets === 0 && !isMark(lexeme) && !NO_CONTENT.test(lexeme)) {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
    }
    if (columns.length + brackets > YAML_DEPTH)
      return troubleAt(text, offset, `this is nested deeper than ${YAML_DEPTH} levels`);
    // The lexer's own marks stand in no column of the text.
    const length = isMark(lexeme) ? 0 : lexeme.length;
    const lineEnd = lexeme.lastIndexOf('\n');
    column = lineEnd === -1 ? column + length : lexeme.length - lineEnd - 1;
    offset += length;
  }
  return null;
}

function troubleAt(text: string, offset: number, message: string): YamlTrouble {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, message };
}

/** Marks of the lexer itself: a document begins, brackets end by mistake, a plain text follows. */
const isMark = (lexeme: string): boolean =>
  lexeme === '\u0002' || lexeme === '\u0018' || lexeme === '\u001f';

/**
 * Parses YAML 1.2 (core schema, no tags) that `yamlTrouble` has let pass. The errors of the document have codes and
 * places; their sentences and call stacks, which would cost far more than the document, are left out.
 */
export function parseCoreYaml(text: string, lineCounter: LineCounter): Document.Parsed {
  const errors: ErrorConstructor & { stackTraceLimit?: number } = Error;
  const before = errors.stackTraceLimit;
  errors.stackTraceLimit = 0;
  try {
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      uniqueKeys: true,
      strict: true,
      schema: 'core',
      customTags: [],
    });
  } finally {
    if (before !== undefined) errors.stackTraceLimit = before;
  }
}
