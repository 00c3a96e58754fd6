import { EXIT } from '../exit.ts';
import { aboutFile } from '../failures.ts';
import { readText } from '../files.ts';
import { tellStamp } from '../stamp-view.ts';
import { defineVerb } from '../verb.ts';
import { printSummary } from './plan-check.ts';

export const planSeal = defineVerb({
  name: 'plan seal',
  summary: 'Seal a plan: hash, sign, and fix panel, canaries and order before the first request',
  arguments: [['<file>', 'the plan, or - for standard input']],
  examples: ['plan seal plan.yaml'],
  run: async ({ io, out, session }, _options, [file = '']) => {
    const text = await readText(io, file);
    const client = await session.open();
    const sealed = await aboutFile(file, () => client.call('plan.seal', { text }));
    out.result(sealed, () => {
      printSummary(out, sealed.summary);
      out.line();
      out.facts([
        ['sealed', sealed.plan.planId],
        ['sha256', sealed.plan.sha256],
      ]);
      out.note(`Start it with: trapstreet audit start ${sealed.plan.planId}`);
    });
    await tellStamp(client, out, { kind: 'plan-seal', subject: sealed.plan.planId });
    return EXIT.done;
  },
});
