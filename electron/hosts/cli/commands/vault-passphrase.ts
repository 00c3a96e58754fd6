import { EXIT } from '../exit.ts';
import { givenRecoveryCode, passphraseToChange } from '../passphrase.ts';
import { defineVerb } from '../verb.ts';

export const vaultPassphrase = defineVerb<{ readonly newPassphraseFile?: string }>({
  name: 'vault passphrase',
  summary: 'Change the passphrase; the former one, or the recovery code, shows that you may',
  examples: [
    'vault passphrase',
    'vault passphrase --recovery-code-file code.txt --new-passphrase-file new.txt',
  ],
  options: (command) =>
    command.option(
      '--new-passphrase-file <file>',
      'read the new passphrase from the first line of a file instead of asking',
    ),
  run: async ({ io, out, options, session }, { newPassphraseFile }) => {
    const client = await session.open();
    const proof =
      options.recoveryCodeFile === undefined
        ? { passphrase: await session.passphrase() }
        : { code: givenRecoveryCode(io, options.recoveryCodeFile) };
    const newPassphrase = await passphraseToChange(io, newPassphraseFile);
    const result = await client.call('vault.changePassphrase', { ...proof, newPassphrase });
    out.result(result, () =>
      out.line('The passphrase is changed. Backups open with the one they were made with.'),
    );
    return EXIT.done;
  },
});
