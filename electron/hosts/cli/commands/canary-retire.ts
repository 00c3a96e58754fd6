import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const canaryRetire = defineVerb({
  name: 'canary retire',
  summary: 'Retire canaries: they are kept, and never asked again',
  arguments: [['<ids...>', 'ids of canaries']],
  examples: ['canary retire C-0001 C-0002'],
  run: async ({ out, session }, _options, ids) => {
    const client = await session.open();
    const result = await client.call('canary.retire', { ids: [...ids] });
    out.result(result, () => out.line(`${result.changed} of ${ids.length} canaries retired.`));
    return EXIT.done;
  },
});
