import { EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out: string;
  readonly seed: string;
  readonly count: string;
  readonly prefix: string;
  readonly force?: boolean;
}

export const labCanaries = defineVerb<Options>({
  name: 'lab canaries',
  summary: 'Write made-up drawn canaries for practice',
  examples: ['lab canaries --out canaries.jsonl --count 160'],
  options: (command) =>
    command
      .requiredOption('--out <file>', 'file to write')
      .option('--seed <text>', 'same seed, same canaries', 'practice')
      .option('--count <n>', 'how many (1-2000)', '160')
      .option('--prefix <letters>', 'beginning of the ids', 'P')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, { out: file, seed, count, prefix, force = false }) => {
    refuseExisting(io, file, force);
    const { client } = session.core();
    const made = await client.call('lab.canaries', {
      seed,
      prefix,
      count: wholeNumber(count, '--count', 1),
    });
    const path = writeText(io, file, made.text, force);
    out.result({ path, count: made.count }, () =>
      out.line(`${made.count} canaries written to ${path}.`),
    );
    return EXIT.done;
  },
});
