import { resolve } from 'node:path';
import { formatE } from '#shared/util/format.ts';
import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const bundleRescore = defineVerb({
  name: 'bundle rescore',
  summary: 'Score the stored responses of a bundle again with this program and show differences',
  arguments: [['<dir>', 'folder of the bundle']],
  examples: ['bundle rescore ./evidence'],
  run: async ({ io, out, session }, _options, [folder = '']) => {
    const { client } = session.core();
    const result = await client.call('bundle.rescore', { path: resolve(io.cwd, folder) });
    out.result(result, () => {
      out.table(
        ['suspect', 'hits', 'now', 'E', 'now', 'label', 'now'],
        result.suspects.map(({ target, before, now }) => [
          target,
          `${before.hits}/${before.asked}`,
          `${now.hits}/${now.asked}`,
          formatE(before.logE),
          formatE(now.logE),
          before.label,
          now.label,
        ]),
      );
      for (const { attempt, target, what } of result.differences)
        out.line(`${attempt} ${target}: ${what}`);
      out.line(
        `${result.attempts} attempts scored again, ${result.differences.length} differences. This verifies nothing: see bundle verify.`,
      );
    });
    return EXIT.done;
  },
});
