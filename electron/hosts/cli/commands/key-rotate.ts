import { EXIT } from '../exit.ts';
import { printNewKey } from '../key-view.ts';
import { defineVerb } from '../verb.ts';

export const keyRotate = defineVerb<{ readonly expires?: string }>({
  name: 'key rotate',
  summary: 'Make a new signing key, signed by the present one',
  examples: ['key rotate', 'key rotate --expires 2030-12-31T00:00:00.000Z'],
  options: (command) =>
    command.option('--expires <time>', 'UTC time after which it signs nothing (default: never)'),
  run: async ({ out, session }, { expires }) => {
    const client = await session.open();
    const key = await client.call('key.rotate', { expiresUtc: expires ?? null });
    out.result(key, () => printNewKey(out, key));
    return EXIT.done;
  },
});
