import { stringify } from 'yaml';
import type { Recognised } from '#shared/contract/target.ts';
import type { Dialect } from '#shared/domain/target.ts';
import { CliError, EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly file?: string;
  readonly name?: string;
  readonly add?: boolean;
  readonly storeKeys?: boolean;
  readonly allowPrivate?: boolean;
  readonly allowHttp?: boolean;
}

const withoutNulls = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));

function toldDialect({ renames, thinking }: Dialect): object {
  return {
    ...(Object.keys(renames).length === 0 ? {} : { renames }),
    ...(thinking === null ? {} : { thinking: withoutNulls(thinking) }),
  };
}

/** The fields of a draft that say something; the rest are the defaults. */
function told({ draft }: Recognised): Record<string, unknown> {
  const isEmpty = (value: unknown): boolean =>
    value === null ||
    value === '' ||
    value === false ||
    (typeof value === 'object' && Object.values(value).every(isEmpty));
  const { network, dialect, template, ...rest } = draft;
  const fields = Object.entries(rest).filter(([, value]) => !isEmpty(value));
  return {
    ...Object.fromEntries(fields),
    ...(dialect === null ? {} : { dialect: toldDialect(dialect) }),
    ...(template === null ? {} : { template: { ...template, read: withoutNulls(template.read) } }),
    ...(network.proxy.kind === 'none' ? {} : { network: { proxy: network.proxy } }),
  };
}

function printRecognised(out: Output, recognised: Recognised): void {
  out.block(stringify(told(recognised)));
  for (const { name, use, value, where } of recognised.keys)
    out.note(
      `key of the ${use}: found in ${where}; ${value === null ? 'its value is not in the text' : 'its value is not shown'}; belongs into the vault as ${name}`,
    );
  for (const { what, why } of recognised.refused) out.note(`refused: ${what}: ${why}`);
  for (const { what, why } of recognised.notUnderstood) out.note(`not taken over: ${what}: ${why}`);
  for (const { path, pasted, built } of recognised.differences)
    out.note(
      `differs: ${path}: pasted ${pasted ?? 'nothing'}, would be sent ${built ?? 'nothing'}`,
    );
}

/** Everything but the values of keys: those go into the vault and nowhere else. */
const withoutValues = (recognised: Recognised): object => ({
  ...recognised,
  keys: recognised.keys.map(({ value, ...key }) => ({ ...key, hasValue: value !== null })),
});

export const targetRecognise = defineVerb<Options>({
  name: 'target recognise',
  summary: 'A target from a pasted curl command or raw HTTP request; nothing is run or sent',
  examples: [
    'target recognise < command.txt',
    'target recognise --file request.http --name acme-2 --add --store-keys',
  ],
  options: (command) =>
    command
      .option('--file <file>', 'file of the command or request (default: standard input)')
      .option('--name <name>', 'name of the target')
      .option('--add', 'add the target to the workspace')
      .option('--store-keys', 'with --add: put the keys that were found into the vault')
      .option('--allow-private', 'with --add: consent to this machine and private networks')
      .option('--allow-http', 'with --add: consent to a connection without TLS'),
  run: async ({ io, out, session }, options) => {
    const text = await readText(io, options.file ?? '-');
    if (text.trim() === '')
      throw new CliError('There is nothing to read. Give a curl command or a raw HTTP request.');
    const { client: early } = session.core();
    const found = await early.call('target.recognise', { text });
    const recognised: Recognised = {
      ...found,
      draft: { ...found.draft, ...(options.name === undefined ? {} : { name: options.name }) },
    };
    if (!options.add) {
      if (options.storeKeys) throw new CliError('--store-keys goes with --add.');
      out.result(withoutValues(recognised), () => printRecognised(out, recognised));
      return EXIT.done;
    }
    const client = await session.open();
    const item = await client.call('target.add', {
      target: {
        ...recognised.draft,
        allowPrivate: options.allowPrivate ?? false,
        allowHttp: options.allowHttp ?? false,
      },
    });
    if (options.storeKeys)
      for (const { name, value } of recognised.keys)
        if (value !== null) await client.call('secret.set', { name, value });
    out.result({ ...withoutValues(recognised), added: item.target.name }, () => {
      printRecognised(out, recognised);
      out.line(`${item.target.name} was added.`);
    });
    return EXIT.done;
  },
});
