import type { Client } from '#shared/contract/index.ts';
import type { TargetItem } from '#shared/contract/target.ts';
import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export async function findTarget(client: Client, name: string): Promise<TargetItem> {
  const { targets } = await client.call('target.list', {});
  const found = targets.find((item) => item.target.name === name);
  if (!found)
    throw new CliError(`There is no target ${name}. List them with \`trapstreet target list\`.`, {
      code: 'NOT_FOUND',
    });
  return found;
}

export const targetShow = defineVerb({
  name: 'target show',
  summary: 'One target as it is configured',
  arguments: [['<name>', 'name of the target']],
  examples: ['target show acme-2'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const item = await findTarget(client, name);
    out.result(item, () => {
      const { target } = item;
      out.facts([
        ['name', target.name],
        ['role', target.role],
        ['format', target.format],
        ['base URL', target.baseUrl],
        ['model', target.model],
        ['key', target.key ?? '–'],
        ['stream', target.stream ? 'yes' : 'no'],
        ['parameters', JSON.stringify(target.parameters)],
        ['headers', JSON.stringify(target.headers)],
        ['allow private', target.allowPrivate ? 'yes' : 'no'],
        ['allow http', target.allowHttp ? 'yes' : 'no'],
        ['released', target.released ?? '–'],
        ['note', target.note],
        ['state', item.active ? 'in use' : 'removed'],
        ['attempts', String(item.attempts)],
        ['created', item.createdUtc],
      ]);
    });
    return EXIT.done;
  },
});
