import { createHash } from 'node:crypto';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { RowError } from '#shared/contract/row-error.ts';
import type { Session } from '../workspace/session.ts';
import { type LedgerRow, parseLedger } from './ledger-file.ts';

/** A day that may already be today somewhere on earth. */
const AHEAD_MS = 24 * 3_600_000;

const keyOf = (row: LedgerRow): string => `${row.entry.canary}\u0000${row.entry.cohort}`;

interface Judged {
  readonly rows: LedgerRow[];
  readonly errors: RowError[];
  readonly warnings: RowError[];
}

type Problem = readonly [field: string, message: string, fix: string];

/** What is wrong with an entry as far as the workspace knows; `warning` ones are facts that are kept. */
function judge(
  session: Session,
  { entry }: LedgerRow,
  latestDay: string,
): { readonly error: Problem | null; readonly warnings: readonly Problem[] } {
  const failed = (...error: Problem) => ({ error, warnings: [] });
  const row = session.library.get(entry.canary);
  if (!row) return failed('canary', 'there is no canary with this id', 'Give the id of a canary.');
  const registry = row.registry === null ? null : session.library.registry(row.registry);
  if (row.kind === 'found' || !registry || registry.drawnUtc === null)
    return failed(
      'canary',
      'this canary has no drawn response, so it cannot have been served',
      'Leave found and undrawn canaries out of the ledger.',
    );
  if (entry.last < entry.first)
    return failed('last', 'the last day is before the first', 'Give the later day as last.');
  if (entry.first < registry.drawnUtc.slice(0, 10))
    return failed(
      'first',
      'the first day is before the draw: the response did not exist then',
      'Correct the day, or the id.',
    );
  if (entry.last > latestDay)
    return failed('last', 'the last day is in the future', 'A ledger says what was served.');
  const overlapping = session.library.ledger
    .ofCanary(entry.canary, entry.cohort)
    .some((known) => entry.first <= known.last && entry.last >= known.first);
  if (overlapping)
    return failed(
      'first',
      'an earlier ledger covers these days for this canary and cohort: it would be counted twice',
      'Import only what came after the last day of the earlier ledger.',
    );
  const warnings: Problem[] = [];
  if (row.use === 'twin')
    warnings.push([
      'canary',
      'this is a twin, held out to be never served: it is no control any more',
      'Stop serving it. The exposure and its problems show it from now on.',
    ]);
  if (row.cohort !== null && row.cohort !== entry.cohort)
    warnings.push([
      'cohort',
      'another cohort than the canary’s own was served: a hit no longer tells the cohort',
      'Serve a canary to its own cohort only.',
    ]);
  return { error: null, warnings };
}

function judgeAll(session: Session, format: 'jsonl' | 'csv', text: string): Judged {
  const { rows, errors } = parseLedger(format, text);
  const latestDay = new Date(Date.parse(session.nowUtc()) + AHEAD_MS).toISOString().slice(0, 10);
  const judged: Judged = { rows: [], errors: [...errors], warnings: [] };
  const seen = new Map<string, number>();
  const toError = (line: number, [field, message, fix]: Problem): RowError => ({
    line,
    field,
    message,
    fix,
  });
  for (const row of rows) {
    const { error, warnings } = judge(session, row, latestDay);
    const twice = seen.get(keyOf(row));
    if (error) judged.errors.push(toError(row.line, error));
    else if (twice !== undefined)
      judged.errors.push(
        toError(row.line, [
          'canary',
          `this canary and cohort stand on line ${twice} too`,
          'Give one line for each canary and cohort.',
        ]),
      );
    else {
      seen.set(keyOf(row), row.line);
      judged.rows.push(row);
      judged.warnings.push(...warnings.map((warning) => toError(row.line, warning)));
    }
  }
  judged.errors.sort((a, b) => a.line - b.line);
  return judged;
}

/** Adds a ledger, all or nothing, or the good rows. Errors: IMPORT_REJECTED with every row error, CONFLICT for a file known. */
export function importLedger(
  session: Session,
  input: ParsedInput<'ledger.import'>,
): Output<'ledger.import'> {
  const sha256 = createHash('sha256').update(input.text, 'utf8').digest();
  if (session.library.ledger.has(sha256))
    throw new AppError('CONFLICT', 'This very ledger was imported before. Nothing was added.');
  const { rows, errors, warnings } = judgeAll(session, input.format, input.text);
  const servings = rows.reduce((sum, { entry }) => sum + entry.served, 0);
  const rejected = errors.length > 0 && (input.onError === 'reject-all' || rows.length === 0);
  if (rejected && !input.dryRun) {
    const [first] = errors;
    const lines = new Set(errors.map(({ line }) => line)).size;
    throw new AppError(
      'IMPORT_REJECTED',
      `${lines} ${lines === 1 ? 'row is' : 'rows are'} wrong; nothing was imported. First: line ${first?.line}, ${first?.field}: ${first?.message}. ${first?.fix}`,
      { errors },
    );
  }
  if (!input.dryRun)
    session.transaction(() => {
      session.library.ledger.add(
        { sha256, servings, createdUtc: session.nowUtc() },
        rows.map(({ line, entry }) => ({
          line,
          canaryId: entry.canary,
          cohort: entry.cohort,
          served: entry.served,
          first: entry.first,
          last: entry.last,
        })),
      );
      session.record('ledger.imported', {
        sha256: sha256.toString('hex'),
        entries: rows.length,
        servings,
        skipped: new Set(errors.map(({ line }) => line)).size,
        warnings: warnings.length,
      });
    });
  const imported = input.dryRun ? 0 : rows.length;
  return { imported, servings, errors, warnings };
}

export function listLedgers(session: Session): Output<'ledger.list'> {
  return {
    imports: session.library.ledger
      .imports()
      .map((row) => ({ ...row, sha256: row.sha256.toString('hex') })),
  };
}
