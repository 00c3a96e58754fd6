import type { RowError } from '#shared/contract/row-error.ts';
import { parseJsonStrict } from '#shared/evidence/json-strict.ts';
import { linesOf } from '#shared/util/lines.ts';
import { parseGuarded } from '#shared/wire/json-guard.ts';

/** One row of a file before its fields are looked at. */
export interface RawRow {
  readonly line: number;
  readonly value: unknown;
  readonly error?: RowError;
  /** Line on which a field of the row stands, where a row has several lines. */
  readonly lineOf?: (field: string) => number;
}

/** JSON lines, strictly read: empty lines are skipped, a bad one is an error of its own. */
export function* jsonLines(text: string, maxLineCharacters: number): Generator<RawRow> {
  let line = 0;
  for (const { line: raw } of linesOf(text.replace(/^\uFEFF/, ''))) {
    line += 1;
    const row = raw.trim();
    if (row === '') continue;
    const broken = (message: string, fix: string): RawRow => ({
      line,
      value: null,
      error: { line, field: 'line', message, fix },
    });
    if (row.length > maxLineCharacters) {
      yield broken('the line is too long', 'Shorten the candidate list or use slots.');
      continue;
    }
    const parsed = parseGuarded(row);
    if (!parsed.ok) {
      yield broken(
        parsed.code === 'INVALID_JSON'
          ? 'this is not a JSON object'
          : 'the line is nested too deeply',
        'Write one JSON object on each line, with straight quotes and no trailing comma.',
      );
      continue;
    }
    try {
      // What the evidence could not carry is refused here, before it is committed and asked.
      yield { line, value: parseJsonStrict(row) };
    } catch {
      yield broken(
        'a field stands twice, or a \\u escape is half a character',
        'Give each field once, and write characters as they are.',
      );
    }
  }
}
