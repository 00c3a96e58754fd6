import { CliError, EXIT } from '../exit.ts';
import { aboutFile, rowErrorLines } from '../failures.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly format?: string;
  readonly skipBad?: boolean;
  readonly dryRun?: boolean;
}

function formatOf(file: string, format: string | undefined): 'jsonl' | 'csv' {
  if (format === 'jsonl' || format === 'csv') return format;
  if (format !== undefined) throw new CliError(`--format must be jsonl or csv, not "${format}".`);
  return /\.csv$/i.test(file) ? 'csv' : 'jsonl';
}

export const ledgerImport = defineVerb<Options>({
  name: 'ledger import',
  summary: 'Read a serving ledger: which cohort was served which canary how often, first and last',
  arguments: [['<file>', 'the file, or - for standard input']],
  examples: ['ledger import ledger.csv', 'ledger import ledger.jsonl --dry-run'],
  options: (command) =>
    command
      .option('--format <format>', 'jsonl or csv (default: by the name of the file)')
      .option('--skip-bad', 'import the good rows; without it one bad row rejects the file')
      .option('--dry-run', 'check the file and import nothing'),
  run: async ({ io, out, session }, options, [file = '']) => {
    const format = formatOf(file, options.format);
    const text = await readText(io, file);
    const dryRun = options.dryRun ?? false;
    const onError = options.skipBad === true ? 'skip-bad' : 'reject-all';
    const client = await session.open();
    const result = await aboutFile(file, () =>
      client.call('ledger.import', { format, text, onError, dryRun }),
    );
    for (const line of rowErrorLines(file, result.errors)) out.note(line);
    for (const line of rowErrorLines(file, result.warnings)) out.note(`warning: ${line}`);
    out.result(result, () =>
      out.line(
        dryRun
          ? `Nothing was imported; the good rows hold ${result.servings} servings.`
          : `${result.imported} entries imported, ${result.servings} servings.`,
      ),
    );
    return dryRun && result.errors.length > 0 && onError === 'reject-all' ? EXIT.usage : EXIT.done;
  },
});
