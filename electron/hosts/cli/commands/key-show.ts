import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const keyShow = defineVerb({
  name: 'key show',
  summary: 'The public signing key and its fingerprint: give it to readers by another way',
  examples: ['key show > key.pem'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const key = await client.call('key.show', {});
    out.result(key, () => {
      out.block(key.publicKeyPem);
      out.note(key.keyid);
    });
    return EXIT.done;
  },
});
