import { type CanaryFormat, canaryFormat } from '#shared/contract/library.ts';
import { CliError, EXIT } from '../exit.ts';
import { aboutFile, rowErrorLines } from '../failures.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly format?: string;
  readonly skipBad?: boolean;
  readonly dryRun?: boolean;
}

const BY_ENDING: Readonly<Record<string, CanaryFormat>> = {
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'jsonl',
  yaml: 'yaml',
  yml: 'yaml',
};

function formatOf(file: string, format: string | undefined): CanaryFormat {
  const given = canaryFormat.safeParse(format);
  if (given.success) return given.data;
  if (format !== undefined)
    throw new CliError(
      `--format must be one of ${canaryFormat.options.join(', ')}, not "${format}".`,
    );
  const known = BY_ENDING[/\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? ''];
  if (known === undefined)
    throw new CliError(
      `The format of ${file} is not clear from its name. Add --format ${canaryFormat.options.join(' or --format ')}.`,
    );
  return known;
}

export const canaryImport = defineVerb<Options>({
  name: 'canary import',
  summary:
    'Read canaries from JSON lines, CSV, YAML or promptfoo tests, with an error for each bad row',
  arguments: [['<file>', 'the file, or - for standard input']],
  examples: [
    'canary import canaries.jsonl',
    'canary import canaries.csv --skip-bad --dry-run',
    'canary import promptfooconfig.yaml --format promptfoo',
  ],
  options: (command) =>
    command
      .option(
        '--format <format>',
        'jsonl, csv, yaml or promptfoo (default: by the name of the file)',
      )
      .option('--skip-bad', 'import the good rows; without it one bad row rejects the file')
      .option('--dry-run', 'check the file and import nothing'),
  run: async ({ io, out, session }, options, [file = '']) => {
    const format = formatOf(file, options.format);
    const text = await readText(io, file);
    const client = await session.open();
    const dryRun = options.dryRun ?? false;
    const onError = options.skipBad === true ? 'skip-bad' : 'reject-all';
    const result = await aboutFile(file, () =>
      client.call('canary.import', { format, text, onError, dryRun }),
    );
    for (const line of rowErrorLines(file, result.errors)) out.note(line);
    for (const line of rowErrorLines(file, result.warnings)) out.note(`warning: ${line}`);
    const bad = new Set(result.errors.map((error) => error.line)).size;
    const isRejected = dryRun && bad > 0 && onError === 'reject-all';
    out.result(result, () => {
      const skipped = bad === 0 ? '' : `, ${bad} bad ${bad === 1 ? 'row' : 'rows'} skipped`;
      if (isRejected)
        out.line(`${result.ids.length} good rows and ${bad} bad: the file would be rejected.`);
      else if (dryRun) out.line(`${result.ids.length} canaries would be imported${skipped}.`);
      else out.line(`${result.imported} canaries imported${skipped}.`);
    });
    return isRejected ? EXIT.usage : EXIT.done;
  },
});
