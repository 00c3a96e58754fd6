import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const authorityRemove = defineVerb({
  name: 'authority remove',
  summary: 'Ask an authority no more; the stamps that it gave stay',
  arguments: [['<name>', 'its name']],
  examples: ['authority remove acme'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const result = await client.call('authority.remove', { name });
    out.result(result, () => out.line(`${name} is asked no more.`));
    return EXIT.done;
  },
});
