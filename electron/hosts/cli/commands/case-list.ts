import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const caseList = defineVerb({
  name: 'case list',
  summary: 'The cases of the workspace',
  examples: ['case list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('case.list', {});
    out.result(list, () =>
      out.table(
        ['id', 'name', 'question', 'created'],
        list.cases.map((entry) => [entry.id, entry.name, entry.question, entry.createdUtc]),
      ),
    );
    return EXIT.done;
  },
});
