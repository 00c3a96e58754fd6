import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const targetRemove = defineVerb({
  name: 'target remove',
  summary: 'Put a target out of use; its attempts are kept',
  arguments: [['<name>', 'name of the target']],
  examples: ['target remove acme-2'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const item = await client.call('target.remove', { name });
    out.result(item, () => out.line(`${item.target.name} is out of use.`));
    return EXIT.done;
  },
});
