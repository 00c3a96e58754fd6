import { CliError, EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out?: string;
  readonly format: string;
  readonly force?: boolean;
}

const FORMATS = ['jsonl', 'yaml', 'promptfoo'] as const;

function formatOf(text: string): (typeof FORMATS)[number] {
  const format = FORMATS.find((known) => known === text);
  if (format === undefined)
    throw new CliError(`--format must be one of ${FORMATS.join(', ')}, not "${text}".`);
  return format;
}

export const canaryExport = defineVerb<Options>({
  name: 'canary export',
  summary: 'Canaries as a file that import reads back, text included; the custody log records it',
  arguments: [['[ids...]', 'ids (default: all)']],
  examples: [
    'canary export --out canaries.jsonl',
    'canary export C-0001 C-0002 > two.jsonl',
    'canary export --format yaml --out canaries.yaml',
  ],
  options: (command) =>
    command
      .option('--out <file>', 'write a file instead of standard output')
      .option('--format <format>', FORMATS.join(', '), 'jsonl')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, { out: file, force = false, format: name }, ids) => {
    const format = formatOf(name);
    if (file === undefined && format !== 'jsonl')
      throw new CliError(`--format ${format} needs --out FILE.`);
    if (file !== undefined) refuseExisting(io, file, force);
    const client = await session.open();
    const result = await client.call('canary.export', {
      ids: ids.length === 0 ? null : [...ids],
      format,
    });
    if (file === undefined) {
      out.result(result, () => out.jsonLines(result.text));
      return EXIT.done;
    }
    const path = writeText(io, file, result.text, force);
    out.result({ path, count: result.count }, () =>
      out.line(`${result.count} canaries written to ${path}. The file holds secrets.`),
    );
    return EXIT.done;
  },
});
