import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly offset: string;
  readonly limit: string;
  readonly kind: string;
}

export const custodyList = defineVerb<Options>({
  name: 'custody list',
  summary: 'The log of everything that was done, newest first',
  examples: ['custody list --kind plan.sealed'],
  options: (command) =>
    command
      .option('--offset <n>', 'leave out this many of the newest', '0')
      .option('--limit <n>', 'at most this many', '200')
      .option('--kind <kind>', 'only events of this kind', ''),
  run: async ({ out, session }, { offset, limit, kind }) => {
    const input = {
      offset: wholeNumber(offset, '--offset'),
      limit: wholeNumber(limit, '--limit', 1),
      kind,
    };
    const client = await session.open();
    const list = await client.call('custody.list', input);
    out.result(list, () => {
      out.table(
        ['seq', 'at', 'actor', 'kind', 'data'],
        list.events.map((event) => [
          String(event.seq),
          event.at,
          event.actor,
          event.kind,
          JSON.stringify(event.data),
        ]),
      );
      out.note(`${list.events.length} of ${list.total} events`);
    });
    return EXIT.done;
  },
});
