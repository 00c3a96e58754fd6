import { Option } from 'commander';
import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

interface ApplyOptions {
  readonly name: string;
  readonly model: string;
  readonly key?: string;
  readonly value?: readonly string[];
  readonly consent?: boolean;
}

function valuesOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1)
        throw new CliError(`--value ${pair}: write it as name=value.`, { code: 'BAD_INPUT' });
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export const presetApply = defineVerb<ApplyOptions>({
  name: 'preset apply',
  summary: 'Print the target that a preset makes, to be saved, changed and added',
  arguments: [['<preset>', 'name of the preset']],
  options: (command) =>
    command
      .requiredOption('--name <name>', 'name of the target')
      .requiredOption('--model <model>', 'model, as the vendor calls it')
      .option('--key <entry>', 'vault entry of the API key')
      .addOption(new Option('--value <name=value...>', 'values of the base URL'))
      .option('--consent', 'allow the addresses and the plain http of a server on this machine'),
  examples: ['preset apply deepseek --name deepseek-v4 --model deepseek-v4-pro --key deepseek'],
  run: async ({ out, session }, options, [preset = '']) => {
    const { client } = session.core();
    const { target } = await client.call('preset.apply', {
      preset,
      name: options.name,
      model: options.model,
      key: options.key ?? null,
      values: valuesOf(options.value ?? []),
      consent: options.consent ?? false,
    });
    // JSON is YAML too: the text can go into `target add` as it is.
    out.result(target, () => out.block(JSON.stringify(target, null, 2)));
    return EXIT.done;
  },
});
