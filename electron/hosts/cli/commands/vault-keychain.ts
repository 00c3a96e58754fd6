import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const vaultKeychain = defineVerb({
  name: 'vault keychain',
  summary: 'Let the keychain of this machine open the workspace, beside the passphrase',
  arguments: [['<action>', '`enable`, `disable` (on every machine) or `status`']],
  examples: ['vault keychain enable', 'audit list --keychain', 'vault keychain disable'],
  run: async ({ out, session }, _options, [action = '']) => {
    if (action === 'status') {
      const { keychain, keychains } = await session.core().client.call('vault.status', {});
      out.result({ keychain, keychains }, () => {
        out.line(`Of this host: ${keychain.about}`);
        for (const { backend, createdUtc, here } of keychains)
          out.line(`Enabled with ${backend}, ${createdUtc}${here ? ', of this host' : ''}`);
        if (keychains.length === 0) out.line('Not enabled.');
      });
      return EXIT.done;
    }
    if (action === 'enable') {
      const client = await session.open();
      const passphrase = await session.passphrase();
      const result = await client.call('vault.enableKeychain', { passphrase });
      out.result(result, () =>
        out.line(`${result.backend} opens the workspace when a command says --keychain.`),
      );
      return EXIT.done;
    }
    if (action !== 'disable')
      throw new CliError('Say `vault keychain enable`, `disable` or `status`.');
    const client = await session.open();
    const result = await client.call('vault.disableKeychain', {});
    out.result(result, () => out.line('No keychain opens the workspace any more.'));
    return EXIT.done;
  },
});
