import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const ledgerList = defineVerb({
  name: 'ledger list',
  summary: 'The imported serving ledgers',
  examples: ['ledger list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('ledger.list', {});
    out.result(list, () =>
      out.table(
        ['imported', 'entries', 'servings', 'sha256'],
        list.imports.map((item) => [
          item.createdUtc,
          String(item.entries),
          String(item.servings),
          item.sha256,
        ]),
      ),
    );
    return EXIT.done;
  },
});
