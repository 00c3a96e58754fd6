import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const secretList = defineVerb({
  name: 'secret list',
  summary: 'Names of the API keys in the vault; never their values',
  examples: ['secret list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('secret.list', {});
    out.result(list, () =>
      out.table(
        ['name', 'created'],
        list.secrets.map((secret) => [secret.name, secret.createdUtc]),
      ),
    );
    return EXIT.done;
  },
});
