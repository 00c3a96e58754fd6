import { visible } from '#shared/util/visible.ts';
import type { Io } from './io.ts';
import { oneLine, tableLines } from './table.ts';

/** Where results and remarks go: results on standard output, everything else on standard error. */
export interface Output {
  readonly isJson: boolean;
  /** The one result of a command: the JSON value, or what `prose` prints. */
  result(value: unknown, prose: () => void): void;
  /** A line of a result. Everything in it is escaped. */
  line(text?: string): void;
  heading(text: string): void;
  table(columns: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Pairs of a name and a value, aligned. */
  facts(pairs: readonly (readonly [string, string])[]): void;
  /** A text of several lines; line feeds stay. */
  block(text: string): void;
  /** JSON lines as they are, but with characters that would act on a terminal as \u escapes: the same JSON. */
  jsonLines(text: string): void;
  /** A remark on standard error. */
  note(text: string): void;
}

// JSON.stringify escapes C0 only; DEL, C1, bidi and zero-width characters act on a terminal too.
const ACTS = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const escapeUnits = (text: string): string =>
  text.replace(ACTS, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );

/** The JSON text of a value, safe to show on a terminal; it parses to the same value. */
export function terminalJson(value: unknown, indent?: number): string {
  return escapeUnits(JSON.stringify(value, null, indent));
}

const isColoured = (io: Io): boolean =>
  io.stdout.isTTY === true && (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb';

export function createOutput(io: Io, isJson: boolean): Output {
  const bold = isColoured(io)
    ? (text: string) => `\u001b[1m${text}\u001b[22m`
    : (text: string) => text;
  const aligned = io.stdout.isTTY === true;
  const write = (line: string): void => {
    if (!isJson) io.stdout.write(`${line}\n`);
  };
  return {
    isJson,
    result: (value, prose) => {
      if (isJson) io.stdout.write(`${terminalJson(value)}\n`);
      else prose();
    },
    line: (text = '') => write(oneLine(text)),
    heading: (text) => write(bold(oneLine(text))),
    table: (columns, rows) => {
      for (const line of tableLines(columns, rows, { aligned, heading: bold })) write(line);
    },
    facts: (pairs) => {
      const width = Math.max(0, ...pairs.map(([name]) => name.length));
      for (const [name, value] of pairs) write(`${name.padEnd(width)}  ${oneLine(value)}`);
    },
    block: (text) => write(visible(text).replace(/\n$/, '')),
    jsonLines: (text) => {
      if (!isJson) io.stdout.write(escapeUnits(text));
    },
    note: (text) => {
      io.stderr.write(`${oneLine(text)}\n`);
    },
  };
}
