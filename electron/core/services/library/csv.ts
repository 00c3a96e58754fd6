import type { RowError } from '#shared/contract/row-error.ts';
import { readCsv } from './csv-table.ts';
import type { RawRow } from './lines.ts';
import { FIELD_NAME } from './row.ts';

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

/** Rows of a CSV file whose first line names the columns. */
export function* csvRows(text: string, maxRowCharacters: number): Generator<RawRow> {
  const table = readCsv(text, maxRowCharacters);
  const failed = (error: RowError): RawRow => ({ line: error.line, value: null, error });
  const [first, ...rest] = table.rows;
  if (!first) {
    yield* table.errors.map(failed);
    return;
  }
  const header = first.cells.map((name) => name.trim().toLowerCase());
  const wrong = headerErrors(header);
  if (wrong.length > 0) {
    yield* wrong.map(failed);
    return;
  }
  yield* table.errors.map(failed);
  for (const { line, cells } of rest)
    yield cells.length === header.length
      ? { line, value: csvValue(header, cells) }
      : failed({
          line,
          field: 'line',
          message: `the row has ${cells.length} columns, the header ${header.length}`,
          fix: 'Put a field that holds a comma into double quotes.',
        });
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
