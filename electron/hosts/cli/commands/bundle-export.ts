import { resolve } from 'node:path';
import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out?: string;
  readonly lab: string;
  readonly analyst: string;
}

export const bundleExport = defineVerb<Options>({
  name: 'bundle export',
  summary: 'Write the signed bundle: statement, transcripts, proofs, report',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['bundle export last --out ./evidence'],
  options: (command) =>
    command
      .option('--out <dir>', 'a folder that does not exist yet (default: below the workspace)')
      .option('--lab <name>', 'laboratory, as the report shows it', '')
      .option('--analyst <name>', 'analyst, as the report shows it', ''),
  run: async ({ io, out, session }, { out: folder, lab, analyst }, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const bundle = await client.call('bundle.export', {
      auditId,
      lab,
      analyst,
      out: folder === undefined ? null : resolve(io.cwd, folder),
    });
    out.result(bundle, () => {
      out.line(`Bundle of ${bundle.files} files written to ${bundle.path} and verified.`);
      out.facts([['manifest sha256', bundle.manifestSha256]]);
      out.note('Check it anywhere with: trapstreet bundle verify DIR --key KEY.pem');
    });
    return EXIT.done;
  },
});
