import { chainOf, printRound } from '../beacon-options.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly chain: string;
}

export const beaconCheck = defineVerb<Options>({
  name: 'beacon check',
  summary: 'Check a round from a file, as a drand relay writes it, against the pinned public key',
  arguments: [['<file>', 'the file, or - for standard input']],
  examples: ['beacon check round.json'],
  options: (command) => command.option('--chain <chain>', 'quicknet or default', 'quicknet'),
  run: async ({ io, out, session }, options, [file = '']) => {
    const chain = chainOf(options.chain, '--chain');
    const text = await readText(io, file);
    const client = await session.open();
    const round = await client.call('beacon.check', { chain, text });
    out.result(round, () => printRound(out, round));
    return EXIT.done;
  },
});
