import { formatCount } from '#shared/util/format.ts';
import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

const PROGRESS_MS = 1_000;

export const vaultRotate = defineVerb({
  name: 'vault rotate',
  summary: 'Change the data key: everything is encrypted anew, the former key is destroyed',
  examples: ['vault rotate'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const passphrase = await session.passphrase();
    const timer = setInterval(() => {
      void client.call('vault.status', {}).then(
        ({ rotation }) => {
          if (rotation && rotation.total > 0)
            out.note(`${formatCount(rotation.done)} of ${formatCount(rotation.total)} cells`);
        },
        () => {},
      );
    }, PROGRESS_MS);
    try {
      const result = await client.call('vault.rotate', { passphrase });
      out.result(result, () => {
        out.line(`Key ${result.keyId} is in force; ${formatCount(result.cells)} cells rewritten.`);
        if (result.recovery === 'revoked')
          out.line('The recovery code opens nothing any more. Make a new one.');
        if (result.keychain === 'removed')
          out.line('The keychain could not be given the new key. Enable it again.');
        if (!result.cleaned)
          out.line('Another process reads; the file is rewritten when it is opened next.');
      });
      return EXIT.done;
    } finally {
      clearInterval(timer);
    }
  },
});
