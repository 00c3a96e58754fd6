import { CliError, EXIT } from '../exit.ts';
import { readStdin, readText } from '../files.ts';
import { askHidden } from '../passphrase.ts';
import { defineVerb } from '../verb.ts';

export const secretSet = defineVerb<{ readonly file?: string }>({
  name: 'secret set',
  summary: 'Put an API key into the vault; the value never stands on the command line',
  arguments: [['<name>', 'name that targets use in `key`']],
  examples: ['secret set acme < key.txt', 'secret set acme --file key.txt'],
  options: (command) =>
    command.option('--file <file>', 'read the value from a file instead of standard input'),
  run: async ({ io, out, session }, { file }, [name = '']) => {
    // Read first: a terminal would show the passphrase prompt and the key prompt in the wrong order.
    const isTyped = file === undefined && io.stdin.isTTY === true;
    const read = isTyped
      ? null
      : file === undefined
        ? await readStdin(io)
        : await readText(io, file);
    const client = await session.open();
    const value = (read ?? (await askHidden(io, `Value of ${name}: `))).replace(/\r?\n$/, '');
    if (value === '')
      throw new CliError('The value is empty. Give it on standard input, or with --file.');
    const result = await client.call('secret.set', { name, value });
    out.result(result, () => out.line(`The vault holds ${name}.`));
    return EXIT.done;
  },
});
