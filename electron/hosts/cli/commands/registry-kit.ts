import { CliError, EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out: string;
  readonly plantedFrom?: string;
  readonly force?: boolean;
}

export const registryKit = defineVerb<Options>({
  name: 'registry kit',
  summary: 'Write the planting kit: prompt and drawn response of each served canary',
  arguments: [['<number>', 'number of the registry']],
  examples: ['registry kit 1 --out kit.jsonl --planted-from 2026-02-01'],
  options: (command) =>
    command
      .requiredOption('--out <file>', 'file to write')
      .option('--planted-from <day>', 'mark the served canaries as planted from this day')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, { out: file, plantedFrom, force = false }, [number = '']) => {
    if (plantedFrom !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(plantedFrom))
      throw new CliError(`--planted-from must be a day as YYYY-MM-DD, not "${plantedFrom}".`);
    refuseExisting(io, file, force);
    const input = { number: wholeNumber(number, '<number>', 1), plantedFrom: plantedFrom ?? null };
    const client = await session.open();
    const kit = await client.call('registry.kit', input);
    const path = writeText(io, file, kit.text, force);
    out.result({ path, count: kit.count }, () =>
      out.line(`${kit.count} canaries to serve, written to ${path}. The file holds secrets.`),
    );
    return EXIT.done;
  },
});
