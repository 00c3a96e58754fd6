import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';
import { findTarget } from './target-show.ts';

export const targetPreview = defineVerb({
  name: 'target preview',
  summary: 'The exact request that a question would make; nothing is sent',
  arguments: [['<name>', 'name of the target']],
  examples: ['target preview acme-2'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const { target } = await findTarget(client, name);
    const request = await client.call('target.preview', { target });
    out.result(request, () => {
      out.note(`Way: ${request.way}.`);
      out.line(`${request.method} ${request.url}`);
      for (const [header, value] of request.headers) out.line(`${header}: ${value}`);
      out.line();
      out.block(request.body);
    });
    return EXIT.done;
  },
});
