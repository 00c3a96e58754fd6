import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { printNewKey } from '../key-view.ts';
import { givenPassphrase } from '../passphrase.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly keyPassphraseFile?: string;
  readonly expires?: string;
}

export const keyImport = defineVerb<Options>({
  name: 'key import',
  summary: 'Go on with an ECDSA P-256 key of a PKCS#8 file, signed by the present one',
  arguments: [['<file>', 'PKCS#8 PEM, encrypted or not']],
  examples: ['key import lab-key.pem --key-passphrase-file key.pass'],
  options: (command) =>
    command
      .option('--key-passphrase-file <file>', 'first line: the passphrase of an encrypted file')
      .option('--expires <time>', 'UTC time after which it signs nothing (default: never)'),
  run: async ({ io, out, session }, { keyPassphraseFile, expires }, [file = '']) => {
    const pem = await readText(io, file);
    const passphrase =
      keyPassphraseFile === undefined ? null : givenPassphrase(io, keyPassphraseFile);
    const client = await session.open();
    const input = { pem, passphrase, expiresUtc: expires ?? null };
    const key = await client.call('key.import', input);
    out.result(key, () => printNewKey(out, key));
    return EXIT.done;
  },
});
