import { followAudit } from '../audit-follow.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditWatch = defineVerb({
  name: 'audit watch',
  summary: 'Watch an audit that another process runs until it ends; Ctrl-C ends the watching only',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit watch last'],
  run: async (context, _options, [wanted = '']) => {
    const client = await context.session.open();
    const { auditId } = await findAudit(client, wanted);
    return followAudit(context, client, { auditId, isOurs: false });
  },
});
