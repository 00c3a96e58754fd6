import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly template: string;
  readonly count: string;
  readonly n: string;
  readonly prefix?: string;
  readonly cohort: readonly string[];
  readonly tag: readonly string[];
}

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

export const canaryGenerate = defineVerb<Options>({
  name: 'canary generate',
  summary: 'Write drafts from a template, with random subjects and candidate lists',
  examples: [
    'canary generate --template place-facts --count 300 --n 1024',
    'canary generate --template tie-breaks --count 60 --prefix TB --cohort web --cohort api',
  ],
  options: (command) =>
    command
      .requiredOption('--template <name>', 'one of canary templates')
      .requiredOption('--count <n>', 'how many canaries')
      .option('--n <n>', 'N: length of each candidate list', '1024')
      .option('--prefix <text>', 'ids begin so (default: the name of the template)')
      .option('--cohort <name>', 'cohort; give it again for more, they take turns', collect, [])
      .option('--tag <tag>', 'a further tag; may be given again', collect, []),
  run: async ({ out, session }, options) => {
    const input = {
      template: options.template,
      count: wholeNumber(options.count, '--count', 1),
      n: wholeNumber(options.n, '--n', 2),
      prefix: options.prefix ?? null,
      cohorts: [...options.cohort],
      tags: [...options.tag],
    };
    const client = await session.open();
    const made = await client.call('canary.generate', input);
    out.result(made, () => {
      out.line(
        `${made.ids.length} drafts, ${made.ids[0] ?? ''} to ${made.ids.at(-1) ?? ''}: ${made.bits.toFixed(1)} bits each.`,
      );
      out.note('Read some of them, and check them: trapstreet canary check');
    });
    return EXIT.done;
  },
});
