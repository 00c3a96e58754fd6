import { EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { defineVerb } from '../verb.ts';

export const bundlePage = defineVerb<{ readonly out: string; readonly force?: boolean }>({
  name: 'bundle page',
  summary: 'Write the offline verification page, to hand it over by another way than the bundle',
  examples: ['bundle page --out verify.html'],
  options: (command) =>
    command
      .requiredOption('--out <file>', 'file to write')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, { out: file, force = false }) => {
    refuseExisting(io, file, force);
    const { client } = session.core();
    const page = await client.call('bundle.page', {});
    const path = writeText(io, file, page.html, force);
    const bytes = Buffer.byteLength(page.html);
    out.result({ path, sha256: page.sha256, bytes }, () => {
      out.line(`Page written to ${path}. It opens from disk in a browser and uses no network.`);
      out.facts([
        ['size', `${Math.ceil(bytes / 1024)} KiB`],
        ['sha256', page.sha256],
      ]);
    });
    return EXIT.done;
  },
});
