import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const vaultAutolock = defineVerb({
  name: 'vault autolock',
  summary: 'Minutes without a person after which the app and browser mode lock by themselves',
  arguments: [['<minutes>', '1 to 1440; 10 unless it was changed']],
  examples: ['vault autolock 5'],
  run: async ({ out, session }, _options, [minutes = '']) => {
    if (!/^[1-9]\d{0,3}$/.test(minutes))
      throw new CliError('Give whole minutes, 1 to 1440, as in `vault autolock 5`.');
    const client = await session.open();
    const result = await client.call('vault.setAutoLock', { minutes: Number(minutes) });
    out.result(result, () => out.line(`Locks after ${minutes} min without a person.`));
    return EXIT.done;
  },
});
