import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const planList = defineVerb({
  name: 'plan list',
  summary: 'Sealed plans, newest first',
  examples: ['plan list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('plan.list', {});
    out.result(list, () =>
      out.table(
        ['plan', 'name', 'case', 'sealed', 'audit', 'sha256'],
        list.plans.map((plan) => [
          plan.planId,
          plan.name,
          plan.caseId,
          plan.sealedUtc,
          plan.auditId ?? '–',
          plan.sha256,
        ]),
      ),
    );
    return EXIT.done;
  },
});
