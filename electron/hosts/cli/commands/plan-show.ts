import { EXIT } from '../exit.ts';
import { findPlan } from '../ids.ts';
import { defineVerb } from '../verb.ts';
import { printSummary } from './plan-check.ts';

export const planShow = defineVerb<{ readonly text?: boolean }>({
  name: 'plan show',
  summary: 'A sealed plan: what it asks of whom, and its file',
  arguments: [['<plan>', 'id of the plan, its beginning, or last']],
  examples: ['plan show last', 'plan show last --text > plan.yaml'],
  options: (command) => command.option('--text', 'only the file as it was sealed'),
  run: async ({ out, session }, { text }, [wanted = '']) => {
    const client = await session.open();
    const { planId } = await findPlan(client, wanted);
    const found = await client.call('plan.get', { planId });
    out.result(found, () => {
      if (text === true) return out.block(found.text);
      out.facts([
        ['id', found.plan.planId],
        ['sha256', found.plan.sha256],
        ['sealed', found.plan.sealedUtc],
        ['audit', found.plan.auditId ?? 'not started'],
      ]);
      printSummary(out, found.summary);
    });
    return EXIT.done;
  },
});
