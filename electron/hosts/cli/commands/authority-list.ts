import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const authorityList = defineVerb({
  name: 'authority list',
  summary: 'Time-stamping authorities that are asked; without one, everything stays unstamped',
  examples: ['authority list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('authority.list', {});
    out.result(list, () => {
      out.table(
        ['name', 'url', 'roots'],
        list.authorities.map(({ name, url, roots }) => [
          name,
          url,
          roots.map(({ subject }) => subject).join('; '),
        ]),
      );
      if (list.authorities.length === 0)
        out.note('No authority: everything that is signed stays UNSTAMPED.');
    });
    return EXIT.done;
  },
});
