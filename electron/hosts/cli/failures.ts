import { CommanderError } from 'commander';
import { z } from 'zod';
import { planError } from '#shared/contract/audit.ts';
import { AppError, ERRORS, type ErrorCode } from '#shared/contract/errors.ts';
import { rowError } from '#shared/contract/library.ts';
import { CliError, EXIT } from './exit.ts';
import type { Output } from './output.ts';

interface Told {
  readonly exit: number;
  readonly code: string;
  readonly message: string;
  readonly lines: readonly string[];
  readonly data?: unknown;
}

const rowErrors = z.object({ errors: z.array(rowError) });
const planErrors = z.object({ errors: z.array(planError) });

export type RowErrors = z.infer<typeof rowErrors>['errors'];

/** `canaries.jsonl:3: field "responses": message. Fix: ...` */
export const rowErrorLines = (file: string, errors: RowErrors): string[] =>
  errors.map(
    ({ line, field, message, fix }) =>
      `${file}:${line}: field "${field}": ${message.replace(/\.$/, '')}.${fix === '' ? '' : ` Fix: ${fix}`}`,
  );

/** `plan.yaml:12:3: panel.0.target: message` */
export const planErrorLines = (
  file: string,
  errors: z.infer<typeof planErrors>['errors'],
): string[] =>
  errors.map(
    ({ line, column, path, message }) =>
      `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  );

/** Runs a call about a file, so that the errors of its rows name the file. `undone`: what a wrong file kept from happening. */
export async function aboutFile<T>(
  file: string,
  call: () => Promise<T>,
  undone = 'nothing was changed',
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const shown = file === '-' ? '(standard input)' : file;
    const rows = rowErrors.safeParse(error.data);
    const places = planErrors.safeParse(error.data);
    const lines = rows.success
      ? rowErrorLines(shown, rows.data.errors)
      : places.success
        ? planErrorLines(shown, places.data.errors)
        : [];
    if (lines.length === 0) throw error;
    const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
    throw new CliError(`${shown} has ${count}; ${undone}. Correct the file and run it again.`, {
      exit: ERRORS[error.code].exit,
      code: error.code,
      lines,
      data: error.data,
    });
  }
}

const help = (error: CommanderError): boolean =>
  error.code === 'commander.helpDisplayed' || error.code === 'commander.version';

/** What the core cannot know: how it is done on this command line. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  WORKSPACE_ABSENT:
    ' Use `trapstreet workspace create`, or name the folder of another one with --workspace.',
};

/** What to tell about anything that was thrown; null when nothing went wrong (help was asked for). */
function explain(error: unknown): Told | null {
  if (error instanceof CommanderError) {
    if (help(error)) return null;
    const message = error.message
      .replace(/^error: /, '')
      .replace(/\n.*$/s, '')
      .replace(/^\(outputHelp\)$/, 'a command is missing');
    return {
      exit: EXIT.usage,
      code: 'USAGE',
      message: `${message}. Run it with --help to see what it takes.`,
      lines: [],
    };
  }
  if (error instanceof CliError)
    return {
      exit: error.exit,
      code: error.code,
      message: error.message,
      lines: error.lines,
      data: error.data,
    };
  if (error instanceof AppError)
    return {
      exit: ERRORS[error.code].exit,
      code: error.code,
      message: `${error.message}${HINTS[error.code] ?? ''}`,
      lines: [],
      data: error.data,
    };
  // An unexpected message may quote a secret: only its kind is told.
  const kind = error instanceof Error ? error.name : typeof error;
  return {
    exit: EXIT.internal,
    code: 'INTERNAL',
    message: `something unexpected went wrong (${kind}). Nothing that was stored is lost; please report this.`,
    lines: [],
  };
}

/** Tells it on standard error, and with --json as the one value on standard output; returns the exit code. */
export function tell(error: unknown, out: Output): number {
  const told = explain(error);
  if (told === null) return EXIT.done;
  for (const line of told.lines) out.note(line);
  out.note(`trapstreet: ${told.message}`);
  const { code, message, data } = told;
  out.result({ error: data === undefined ? { code, message } : { code, message, data } }, () => {});
  return told.exit;
}
