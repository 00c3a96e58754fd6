import { EXIT } from '../exit.ts';
import { printFailures, printStamps } from '../stamp-view.ts';
import { defineVerb } from '../verb.ts';
import { stampKind } from './stamp-list.ts';

export const stampAdd = defineVerb({
  name: 'stamp add',
  summary: 'Have stamped now what is not stamped yet: it proves existence only from now on',
  arguments: [
    ['[kind]', 'registration, plan-seal, checkpoint, key (default: all)'],
    ['[what]', 'number, id, size or key id (default: all of the kind)'],
  ],
  examples: ['stamp add', 'stamp add registration 1'],
  run: async ({ out, session }, _options, [kind, subject]) => {
    const wanted = stampKind(kind);
    const client = await session.open();
    const result = await client.call('stamp.add', { kind: wanted, subject: subject ?? null });
    out.result(result, () => printStamps(out, result.items));
    printFailures(out, result.failures);
    return result.failures.length === 0 ? EXIT.done : EXIT.unreachable;
  },
});
