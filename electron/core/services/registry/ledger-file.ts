import type { RowError } from '#shared/contract/row-error.ts';
import { type LedgerEntry, ledgerEntrySchema } from '#shared/domain/ledger.ts';
import { readCsv } from '../library/csv-table.ts';
import { jsonLines, type RawRow } from '../library/lines.ts';

const COLUMNS = ['canary', 'cohort', 'served', 'first', 'last'];
const MAX_LINE_CHARACTERS = 10_000;

const FIX: Readonly<Record<string, string>> = {
  canary: 'Give the id of a canary.',
  cohort: 'Name the cohort that was served, in 1 to 64 characters.',
  served: 'Give how often it was served, as a whole number of at least 1.',
  first: 'Give the first day, as YYYY-MM-DD.',
  last: 'Give the last day, as YYYY-MM-DD.',
};

export interface LedgerRow {
  readonly line: number;
  readonly entry: LedgerEntry;
}

function* csvRows(text: string): Generator<RawRow> {
  const { rows, errors } = readCsv(text, MAX_LINE_CHARACTERS);
  for (const error of errors) yield { line: error.line, value: null, error };
  const [first, ...rest] = rows;
  const header = (first?.cells ?? []).map((name) => name.trim().toLowerCase());
  const wrong = (line: number, message: string): RawRow => ({
    line,
    value: null,
    error: { line, field: 'line', message, fix: `Use the columns ${COLUMNS.join(', ')}.` },
  });
  if (header.toSorted().join() !== COLUMNS.toSorted().join()) {
    yield wrong(1, 'the first line does not name the columns');
    return;
  }
  for (const { line, cells } of rest) {
    if (cells.length !== header.length) {
      yield wrong(line, `the row has ${cells.length} columns, the header ${header.length}`);
      continue;
    }
    const value: Record<string, unknown> = Object.fromEntries(
      header.map((name, index) => [name, cells[index] ?? '']),
    );
    if (/^\d{1,10}$/.test(String(value.served))) value.served = Number(value.served);
    yield { line, value };
  }
}

/** Reads a serving ledger. Every bad row gives an error; good rows are returned. Nothing of the file is quoted. */
export function parseLedger(
  format: 'jsonl' | 'csv',
  text: string,
): { readonly rows: readonly LedgerRow[]; readonly errors: readonly RowError[] } {
  const rows: LedgerRow[] = [];
  const errors: RowError[] = [];
  const source = format === 'csv' ? csvRows(text) : jsonLines(text, MAX_LINE_CHARACTERS);
  for (const { line, value, error } of source) {
    if (error) {
      errors.push(error);
      continue;
    }
    const parsed = ledgerEntrySchema.safeParse(value);
    if (parsed.success) {
      rows.push({ line, entry: parsed.data });
      continue;
    }
    for (const issue of parsed.error.issues.slice(0, 5)) {
      const field = String(issue.path[0] ?? 'line');
      const isUnknown = issue.code === 'unrecognized_keys';
      errors.push({
        line,
        field,
        message: isUnknown ? 'a field is not known' : issue.message,
        fix: FIX[field] ?? `Use the fields ${COLUMNS.join(', ')}.`,
      });
    }
  }
  if (rows.length === 0 && errors.length === 0)
    errors.push({
      line: 1,
      field: 'line',
      message: 'the file holds no entry',
      fix: 'See docs/formats.md for an example.',
    });
  return { rows, errors };
}
