import { resolve } from 'node:path';
import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { addReportOptions, type ReportOptions, reportInput } from '../report-options.ts';
import { defineVerb } from '../verb.ts';

interface Options extends ReportOptions {
  readonly out?: string;
  readonly pdf: boolean;
}

export const bundleExport = defineVerb<Options>({
  name: 'bundle export',
  summary: 'Write the signed bundle: statement, transcripts, proofs, report',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: [
    'bundle export last --out ./evidence',
    'bundle export last --profile public --out ./for-the-press',
  ],
  options: (command) =>
    addReportOptions(command)
      .option('--out <dir>', 'a folder that does not exist yet (default: below the workspace)')
      .option('--no-pdf', 'leave report.pdf out'),
  run: async ({ io, out, session }, options, [wanted = '']) => {
    const input = await reportInput(io, options);
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const { out: folder, pdf } = options;
    const bundle = await client.call('bundle.export', {
      auditId,
      ...input,
      pdf,
      out: folder === undefined ? null : resolve(io.cwd, folder),
    });
    out.result(bundle, () => {
      out.line(
        `Bundle of ${bundle.files} files (${bundle.profile}) written to ${bundle.path} and verified.`,
      );
      out.facts([['manifest sha256', bundle.manifestSha256]]);
      for (const warning of bundle.warnings) out.note(warning);
      out.note('Check it anywhere with: trapstreet bundle verify DIR --key KEY.pem');
    });
    return EXIT.done;
  },
});
