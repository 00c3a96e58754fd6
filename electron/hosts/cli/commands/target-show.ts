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
    const { item, lastTest, lastProbe } = await client.call('target.get', { name });
    out.result({ ...item, lastTest, lastProbe }, () => {
      const { target } = item;
      out.facts([
        ['name', target.name],
        ['role', target.role],
        ['format', target.format],
        ['preset', target.preset ?? '–'],
        ['base URL', target.baseUrl],
        ['model', target.model],
        ['key', target.key ?? '–'],
        ['auth', target.auth === null ? 'as the format does' : JSON.stringify(target.auth)],
        ['stream', target.stream ? 'yes' : 'no'],
        ['parameters', JSON.stringify(target.parameters)],
        ['extra', JSON.stringify(target.extra)],
        ['headers', JSON.stringify(target.headers)],
        ['proxy', target.network.proxy.kind],
        ['limits', JSON.stringify(target.limits)],
        ['price', target.price === null ? '–' : JSON.stringify(target.price)],
        ['allow private', target.allowPrivate ? 'yes' : 'no'],
        ['allow http', target.allowHttp ? 'yes' : 'no'],
        ['released', target.released ?? '–'],
        ['note', target.note],
        ['state', item.active ? 'in use' : 'removed'],
        ['attempts', String(item.attempts)],
        ['created', item.createdUtc],
        [
          'last test',
          lastTest === null ? 'not as it is now' : `${lastTest.atUtc}: ${lastTest.result.outcome}`,
        ],
        ['answered by', lastTest?.result.route.sentence ?? '–'],
        [
          'last probe',
          lastProbe === null ? 'not as it is now' : `${lastProbe.atUtc}, ${lastProbe.calls} calls`,
        ],
      ]);
      for (const warning of lastTest?.result.warnings ?? []) out.note(`warning: ${warning}`);
    });
    return EXIT.done;
  },
});
