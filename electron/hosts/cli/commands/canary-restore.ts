import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const canaryRestore = defineVerb({
  name: 'canary restore',
  summary: 'Undo canary retire',
  arguments: [['<ids...>', 'ids of canaries']],
  examples: ['canary restore C-0001 C-0002'],
  run: async ({ out, session }, _options, ids) => {
    const client = await session.open();
    const result = await client.call('canary.restore', { ids: [...ids] });
    out.result(result, () => out.line(`${result.changed} of ${ids.length} canaries restored.`));
    return EXIT.done;
  },
});
