import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const vaultRecovery = defineVerb({
  name: 'vault recovery',
  summary: 'Make a recovery code, printed this once, or revoke it',
  arguments: [['<action>', '`create` (a former code stops working) or `revoke`']],
  examples: ['vault recovery create > /media/safe/code.txt', 'vault recovery revoke'],
  run: async ({ out, session }, _options, [action = '']) => {
    if (action !== 'create' && action !== 'revoke')
      throw new CliError('Say `vault recovery create` or `vault recovery revoke`.');
    const client = await session.open();
    if (action === 'revoke') {
      const result = await client.call('vault.revokeRecovery', {});
      out.result(result, () => out.line('The recovery code opens nothing any more.'));
      return EXIT.done;
    }
    const made = await client.call('vault.createRecovery', {
      passphrase: await session.passphrase(),
    });
    out.note('Write this down and keep it away from this machine. It is not shown again.');
    out.result(made, () => out.line(made.code));
    return EXIT.done;
  },
});
