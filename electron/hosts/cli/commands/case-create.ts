import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly name?: string;
  readonly question: string;
}

export const caseCreate = defineVerb<Options>({
  name: 'case create',
  summary: 'Open a case: one question about one or more suspects',
  arguments: [['<id>', 'lower-case letters, digits and dashes']],
  examples: ['case create acme-2026 --name "Acme" --question "Was acme-2 trained on our outputs?"'],
  options: (command) =>
    command
      .option('--name <name>', 'name for people (default: the id)')
      .option('--question <text>', 'what is asked', ''),
  run: async ({ out, session }, { name, question }, [id = '']) => {
    const client = await session.open();
    const made = await client.call('case.create', { id, name: name ?? id, question });
    out.result(made, () => out.line(`Opened the case ${made.id}.`));
    return EXIT.done;
  },
});
