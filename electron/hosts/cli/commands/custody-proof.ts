import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const custodyProof = defineVerb<{ readonly to?: string }>({
  name: 'custody proof',
  summary: 'RFC 6962 proof that a checkpoint of the log continues an older one',
  arguments: [['<size>', 'events that the older checkpoint covers']],
  examples: ['custody proof 120', 'custody proof 120 --to 450 --json'],
  options: (command) =>
    command.option('--to <size>', 'events that the newer one covers (default: the last one)'),
  run: async ({ out, session }, { to }, [from = '']) => {
    const first = wholeNumber(from, '<size>', 1);
    const second = to === undefined ? null : wholeNumber(to, '--to', 1);
    const client = await session.open();
    const proof = await client.call('custody.proof', { first, second });
    out.result(proof, () => {
      out.facts([
        [`root of ${proof.first}`, proof.firstRoot],
        [`root of ${proof.second}`, proof.secondRoot],
      ]);
      for (const hash of proof.proof) out.line(`  ${hash}`);
    });
    return EXIT.done;
  },
});
