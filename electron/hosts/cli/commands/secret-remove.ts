import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const secretRemove = defineVerb({
  name: 'secret remove',
  summary: 'Remove an API key from the vault',
  arguments: [['<name>', 'name of the key']],
  examples: ['secret remove acme'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const result = await client.call('secret.remove', { name });
    out.result(result, () => out.line(`Removed ${name} from the vault.`));
    return EXIT.done;
  },
});
