import { EXIT } from '../exit.ts';
import { printFailures } from '../stamp-view.ts';
import { defineVerb } from '../verb.ts';

export const stampRenew = defineVerb<{ readonly all?: boolean }>({
  name: 'stamp renew',
  summary: 'Put a new stamp over stamps whose authority’s certificate ends within 90 days',
  examples: ['stamp renew', 'stamp renew --all'],
  options: (command) => command.option('--all', 'over every stamp that has no newer one'),
  run: async ({ out, session }, { all = false }) => {
    const client = await session.open();
    const result = await client.call('stamp.renew', { all });
    out.result(result, () => out.line(`${result.renewed} stamps have a new one over them.`));
    printFailures(out, result.failures);
    return result.failures.length === 0 ? EXIT.done : EXIT.unreachable;
  },
});
