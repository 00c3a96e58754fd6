import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditStop = defineVerb({
  name: 'audit stop',
  summary: 'Stop an audit for good; what was answered is kept and evaluated',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit stop last'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const audit = await client.call('audit.stop', { auditId });
    out.result(audit, () =>
      out.line(
        audit.state === 'running'
          ? `The audit ${auditId} stops after its requests in flight.`
          : `The audit ${auditId} is ${audit.state}.`,
      ),
    );
    return EXIT.done;
  },
});
