import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const vaultStatus = defineVerb({
  name: 'vault status',
  summary: 'The ways into the workspace; works without a passphrase',
  examples: ['vault status', 'vault status --json'],
  run: async ({ out, session }) => {
    const status = await session.core().client.call('vault.status', {});
    out.result(status, () =>
      out.facts([
        ['state', status.state],
        ['recovery code', status.recovery ? `made ${status.recovery.createdUtc}` : 'none'],
        ...(status.keychains.length === 0
          ? ([['keychain', 'not enabled']] as const)
          : status.keychains.map(
              ({ backend, createdUtc, here }) =>
                ['keychain', `${backend}, ${createdUtc}${here ? ', of this host' : ''}`] as const,
            )),
        ['keychain of this host', status.keychain.about],
      ]),
    );
    return EXIT.done;
  },
});
