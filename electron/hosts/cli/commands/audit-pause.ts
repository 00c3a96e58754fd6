import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditPause = defineVerb({
  name: 'audit pause',
  summary: 'Pause an audit, here or in another process, after the requests in flight',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit pause last'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const audit = await client.call('audit.pause', { auditId });
    out.result(audit, () =>
      out.line(
        audit.state === 'running'
          ? `The audit ${auditId} pauses after its requests in flight.`
          : `The audit ${auditId} is ${audit.state}.`,
      ),
    );
    return EXIT.done;
  },
});
