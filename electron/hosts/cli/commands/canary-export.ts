import { EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out?: string;
  readonly force?: boolean;
}

export const canaryExport = defineVerb<Options>({
  name: 'canary export',
  summary: 'Canaries as JSON lines, text included; the custody log records it',
  arguments: [['[ids...]', 'ids (default: all)']],
  examples: ['canary export --out canaries.jsonl', 'canary export C-0001 C-0002 > two.jsonl'],
  options: (command) =>
    command
      .option('--out <file>', 'write a file instead of standard output')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, { out: file, force = false }, ids) => {
    if (file !== undefined) refuseExisting(io, file, force);
    const client = await session.open();
    const result = await client.call('canary.export', {
      ids: ids.length === 0 ? null : [...ids],
    });
    if (file === undefined) {
      out.result(result, () => out.jsonLines(result.text));
      return EXIT.done;
    }
    const path = writeText(io, file, result.text, force);
    out.result({ path, count: result.count }, () =>
      out.line(`${result.count} canaries written to ${path}. The file holds secrets.`),
    );
    return EXIT.done;
  },
});
