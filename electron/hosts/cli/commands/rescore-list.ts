import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { printRescore } from '../rescore-options.ts';
import { defineVerb } from '../verb.ts';

export const rescoreList = defineVerb({
  name: 'rescore list',
  summary: 'Re-scorings of an audit, newest first',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['rescore list last'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const { results } = await client.call('rescore.list', { auditId });
    out.result({ results }, () => {
      for (const result of results) printRescore(out, result);
      if (results.length === 0) out.line('None yet. Start one with `trapstreet rescore run`.');
    });
    return EXIT.done;
  },
});
