import type { TargetItem } from '#shared/contract/target.ts';
import { EXIT } from '../exit.ts';
import type { Output } from '../output.ts';
import { defineVerb } from '../verb.ts';

export function printTargets(out: Output, targets: readonly TargetItem[]): void {
  out.table(
    ['name', 'role', 'base URL', 'model', 'key', 'released', 'state', 'attempts'],
    targets.map(({ target, active, attempts }) => [
      target.name,
      target.role,
      target.baseUrl,
      target.model,
      target.key ?? '–',
      target.released ?? '–',
      active ? 'in use' : 'removed',
      String(attempts),
    ]),
  );
}

export const targetList = defineVerb({
  name: 'target list',
  summary: 'The configured targets',
  examples: ['target list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('target.list', {});
    out.result(list, () => printTargets(out, list.targets));
    return EXIT.done;
  },
});
