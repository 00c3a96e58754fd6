import { followAudit } from '../audit-follow.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditResume = defineVerb({
  name: 'audit resume',
  summary: 'Go on with a paused or interrupted audit; no answered sample is asked again',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit resume last'],
  run: async (context, _options, [wanted = '']) => {
    const client = await context.session.open();
    const { auditId } = await findAudit(client, wanted);
    await client.call('audit.resume', { auditId });
    return followAudit(context, client, { auditId, isOurs: true });
  },
});
