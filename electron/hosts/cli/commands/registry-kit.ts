import { CliError, EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out: string;
  readonly plantedFrom?: string;
  readonly cohort?: string;
  readonly format?: string;
  readonly force?: boolean;
}

function formatOf(format: string | undefined, file: string): 'jsonl' | 'csv' {
  if (format === 'jsonl' || format === 'csv') return format;
  if (format !== undefined) throw new CliError(`--format must be jsonl or csv, not "${format}".`);
  return /\.csv$/i.test(file) ? 'csv' : 'jsonl';
}

export const registryKit = defineVerb<Options>({
  name: 'registry kit',
  summary: 'Write the planting kit: what to answer, to whom and from when, for each served canary',
  arguments: [['<number>', 'number of the registry']],
  examples: [
    'registry kit 1 --out kit.jsonl --planted-from 2026-02-01',
    'registry kit 1 --out spring.csv --cohort spring',
  ],
  options: (command) =>
    command
      .requiredOption('--out <file>', 'file to write')
      .option('--planted-from <day>', 'mark the served canaries as planted from this day')
      .option('--cohort <name>', 'only the canaries of this cohort')
      .option('--format <format>', 'jsonl or csv (default: by the name of the file)')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, options, [number = '']) => {
    const { out: file, plantedFrom, cohort, force = false } = options;
    if (plantedFrom !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(plantedFrom))
      throw new CliError(`--planted-from must be a day as YYYY-MM-DD, not "${plantedFrom}".`);
    refuseExisting(io, file, force);
    const input = {
      number: wholeNumber(number, '<number>', 1),
      plantedFrom: plantedFrom ?? null,
      cohort: cohort ?? null,
      format: formatOf(options.format, file),
    };
    const client = await session.open();
    const kit = await client.call('registry.kit', input);
    const path = writeText(io, file, kit.text, force);
    out.result({ path, count: kit.count, cohorts: kit.cohorts }, () => {
      out.line(`${kit.count} canaries to serve, written to ${path}. The file holds secrets.`);
      for (const entry of kit.cohorts)
        out.line(`${entry.cohort ?? 'without a cohort'}: ${entry.count}`);
    });
    return EXIT.done;
  },
});
