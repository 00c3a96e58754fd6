import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const beaconList = defineVerb({
  name: 'beacon list',
  summary: 'The pinned drand chains, the relays that may be asked, and known relays to choose from',
  examples: ['beacon list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('beacon.list', {});
    out.result(list, () => {
      out.table(
        ['chain', 'every', 'next round', 'published', 'hash', 'known relays'],
        list.chains.map((chain) => [
          chain.name,
          `${chain.periodSeconds} s`,
          String(chain.nextRound),
          chain.nextUtc,
          chain.hash,
          chain.knownRelays.join(' '),
        ]),
      );
      for (const relay of list.relays) out.line(`asked: ${relay.url}`);
      if (list.relays.length === 0)
        out.line('No relay is configured: nobody is asked. Set one with beacon configure.');
    });
    return EXIT.done;
  },
});
