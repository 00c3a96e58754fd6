import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const adjudicationList = defineVerb({
  name: 'adjudication list',
  summary: 'What people said of the scored samples of an audit, oldest first',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['adjudication list last'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const list = await client.call('adjudication.list', { auditId });
    out.result(list, () =>
      out.table(
        ['when', 'who', 'canary', 'target', 'sample', 'verdict', 'reason'],
        list.adjudications.map((item) => [
          item.createdUtc,
          item.actor,
          item.canaryId,
          item.target,
          String(item.k),
          item.verdict,
          item.reason,
        ]),
      ),
    );
    return EXIT.done;
  },
});
