import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const bundleList = defineVerb({
  name: 'bundle list',
  summary: 'Bundles exported from this workspace',
  examples: ['bundle list'],
  run: async ({ out, session }) => {
    const client = await session.open();
    const list = await client.call('bundle.list', {});
    out.result(list, () =>
      out.table(
        ['bundle', 'audit', 'created', 'files', 'folder'],
        list.bundles.map((bundle) => [
          bundle.bundleId,
          bundle.auditId,
          bundle.createdUtc,
          String(bundle.files),
          bundle.path,
        ]),
      ),
    );
    return EXIT.done;
  },
});
