import { chainOf, printRound } from '../beacon-options.ts';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const beaconFetch = defineVerb({
  name: 'beacon fetch',
  summary: 'Fetch a published round from the configured relays and check its signature',
  arguments: [
    ['<chain>', 'quicknet or default'],
    ['<round>', 'number of the round'],
  ],
  examples: ['beacon fetch quicknet 1000'],
  run: async ({ out, session }, _options, [chain = '', round = '']) => {
    const input = { chain: chainOf(chain, '<chain>'), round: wholeNumber(round, '<round>', 1) };
    const client = await session.open();
    const result = await client.call('beacon.fetch', input);
    out.result(result, () => {
      printRound(out, result);
      out.note(`From ${result.relay}, whose word counts for nothing beside the signature.`);
    });
    return EXIT.done;
  },
});
