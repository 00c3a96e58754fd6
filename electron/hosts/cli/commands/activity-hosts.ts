import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const activityHosts = defineVerb({
  name: 'activity hosts',
  summary: 'The hosts that may be connected to and what for; every other one is refused',
  examples: ['activity hosts'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const allowed = await client.call('activity.allowed', {});
    out.result(allowed, () => {
      out.table(
        ['host', 'for'],
        allowed.hosts.map(({ host, uses }) => [host, uses.join(', ')]),
      );
      for (const use of allowed.scripts)
        out.note(`${use} goes by a proxy script, which may name the proxies above and no others.`);
    });
    return EXIT.done;
  },
});
