import { EXIT } from '../exit.ts';
import { aboutFile } from '../failures.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';
import { printTargets } from './target-list.ts';

export const targetAdd = defineVerb<{ readonly replace?: boolean }>({
  name: 'target add',
  summary: 'Add the targets of a YAML or JSON file, all or none',
  arguments: [['<file>', 'the file, or - for standard input']],
  examples: ['target add targets.yaml', 'target add acme.json --replace'],
  options: (command) => command.option('--replace', 'change targets that exist already'),
  run: async ({ io, out, session }, { replace = false }, [file = '']) => {
    const text = await readText(io, file);
    const client = await session.open();
    const result = await aboutFile(file, () => client.call('target.import', { text, replace }));
    out.result(result, () => printTargets(out, result.targets));
    return EXIT.done;
  },
});
