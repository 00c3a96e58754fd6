import { followAudit } from '../audit-follow.ts';
import { findPlan } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditStart = defineVerb({
  name: 'audit start',
  summary: 'Run the audit of a sealed plan and show what it found',
  arguments: [['<plan>', 'id of the plan, its beginning, or last']],
  examples: ['audit start last'],
  run: async (context, _options, [wanted = '']) => {
    const client = await context.session.open();
    const { planId } = await findPlan(client, wanted);
    const { auditId } = await client.call('audit.start', { planId });
    return followAudit(context, client, { auditId, isOurs: true });
  },
});
