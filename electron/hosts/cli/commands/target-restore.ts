import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const targetRestore = defineVerb({
  name: 'target restore',
  summary: 'Undo target remove',
  arguments: [['<name>', 'name of the target']],
  examples: ['target restore acme-2'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const item = await client.call('target.restore', { name });
    out.result(item, () => out.line(`${item.target.name} is in use again.`));
    return EXIT.done;
  },
});
