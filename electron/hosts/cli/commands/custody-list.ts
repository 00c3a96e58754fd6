import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly offset: string;
  readonly limit: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export const custodyList = defineVerb<Options>({
  name: 'custody list',
  summary: 'The log of everything that was done, newest first',
  examples: ['custody list --kind plan.sealed', 'custody list --from 2026-11-21 --text C-001'],
  options: (command) =>
    command
      .option('--offset <n>', 'leave out this many of the newest', '0')
      .option('--limit <n>', 'at most this many', '200')
      .option('--kind <kind>', 'only events whose kind begins so', '')
      .option('--from <time>', 'not before this UTC time, such as 2026-11-21', '')
      .option('--to <time>', 'before this UTC time', '')
      .option('--text <text>', 'only events that hold this: an id, a hash, a name', ''),
  run: async ({ out, session }, { offset, limit, ...filter }) => {
    const input = {
      offset: wholeNumber(offset, '--offset'),
      limit: wholeNumber(limit, '--limit', 1),
      ...filter,
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
