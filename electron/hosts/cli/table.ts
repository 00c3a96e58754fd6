import { visible } from '#shared/util/visible.ts';

const MAX_CELL = 72;

/** One line: characters that hide, reorder or control are shown as codes, line feeds and tabs included. */
export function oneLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, (character) =>
    character === '\n' ? '⟦U+000A⟧' : '⟦U+0009⟧',
  );
}

function cut(text: string): string {
  const points = [...text];
  return points.length <= MAX_CELL ? text : `${points.slice(0, MAX_CELL - 1).join('')}…`;
}

const width = (text: string): number => [...text].length;

export interface TableStyle {
  /** Aligned columns, long cells cut; otherwise one tab between cells and nothing cut. */
  readonly aligned: boolean;
  readonly heading: (text: string) => string;
}

/** Rows as lines. Cells are escaped here, so that nobody can forget it. */
export function tableLines(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  style: TableStyle,
): string[] {
  const cells = rows.map((row) => columns.map((_, at) => oneLine(row[at] ?? '')));
  if (!style.aligned) return [columns, ...cells].map((row) => row.join('\t'));
  const shown = [columns, ...cells.map((row) => row.map(cut))];
  const widths = columns.map((_, at) => Math.max(...shown.map((row) => width(row[at] ?? ''))));
  return shown.map((row, index) => {
    const line = row
      .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - width(cell))))
      .join('  ')
      .trimEnd();
    return index === 0 ? style.heading(line) : line;
  });
}
