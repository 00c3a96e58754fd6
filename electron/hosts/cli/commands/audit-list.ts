import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const auditList = defineVerb({
  name: 'audit list',
  summary: 'Audits, newest first',
  examples: ['audit list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('audit.list', {});
    out.result(list, () =>
      out.table(
        ['audit', 'name', 'case', 'state', 'started', 'ended'],
        list.audits.map((audit) => [
          audit.auditId,
          audit.name,
          audit.caseId,
          audit.state,
          audit.startedUtc,
          audit.endedUtc ?? '–',
        ]),
      ),
    );
    return EXIT.done;
  },
});
