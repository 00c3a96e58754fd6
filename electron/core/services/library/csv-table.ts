import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import type { RowError } from '#shared/contract/library.ts';

/** Broken rows after which the rest of a file is not read: each one may cost a walk to its end. */
const MAX_BROKEN = 200;

export interface Table {
  /** Cells of each row, and the line on which the row begins. */
  readonly rows: readonly { readonly line: number; readonly cells: readonly string[] }[];
  /** One for each row whose quotes are broken. */
  readonly errors: readonly RowError[];
}

const records = z.array(z.array(z.string())).length(1);
const quotesIn = (line: string): number => line.split('"').length - 1;

/** The one row of a piece of text; null when its quotes are broken. */
function cellsOf(piece: string): readonly string[] | null {
  if (!piece.includes('"')) return piece.replace(/\r?\n$/, '').split(',');
  try {
    return records.parse(parse(piece, { relax_column_count: true }))[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * Reads RFC 4180. A row is as many lines as give an even number of quotes; where that fails or does not parse, its first
 * line is the error and reading goes on with the next one, so that one wrong quote costs one row. Errors quote no text.
 */
export function readCsv(text: string, maxRowCharacters: number): Table {
  const lines = text.replace(/^\uFEFF/, '').split(/(?<=\n)/);
  const rows: { line: number; cells: readonly string[] }[] = [];
  const errors: RowError[] = [];
  const broken = (line: number): void => {
    errors.push({
      line,
      field: 'line',
      message: 'the quotes of this row are broken',
      fix: 'Put the whole field into double quotes, and write a quote inside it twice.',
    });
  };
  for (let at = 0; at < lines.length; ) {
    if (errors.length === MAX_BROKEN) {
      errors.push({
        line: at + 1,
        field: 'line',
        message: `after ${MAX_BROKEN} broken rows the rest is not read`,
        fix: 'Correct the rows above, then import again.',
      });
      break;
    }
    let piece = lines[at] ?? '';
    let odd = quotesIn(piece) % 2 === 1;
    let next = at + 1;
    while (odd && next < lines.length && piece.length <= maxRowCharacters) {
      const line = lines[next] ?? '';
      piece += line;
      if (quotesIn(line) % 2 === 1) odd = false;
      next += 1;
    }
    const empty = piece.trim() === '';
    const cells = odd || empty ? null : cellsOf(piece);
    if (cells) rows.push({ line: at + 1, cells });
    else if (!empty) broken(at + 1);
    at = cells || empty ? next : at + 1;
  }
  return { rows, errors };
}

// A cell that begins so is a formula to a spreadsheet (OWASP, CSV injection), in full-width forms too.
const FORMULA = /^[=+\-@\t\r\n|%\uff1d\uff0b\uff0d\uff20]/;

/**
 * One row as RFC 4180 writes it. A cell that a spreadsheet would take for a formula gets an apostrophe before it, so the
 * text is exact everywhere else only.
 */
export function csvLine(cells: readonly string[]): string {
  const written = cells.map((cell) => {
    const isFormula = FORMULA.test(cell);
    const safe = isFormula ? `'${cell}` : cell;
    return isFormula || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${written.join(',')}\r\n`;
}
