import { EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly out: string;
  readonly lab: string;
  readonly analyst: string;
  readonly force?: boolean;
}

export const reportWrite = defineVerb<Options>({
  name: 'report write',
  summary: 'Write the report of an audit as one static HTML page',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['report write last --out report.html'],
  options: (command) =>
    command
      .requiredOption('--out <file>', 'file to write')
      .option(
        '--lab <name>',
        'laboratory, as the report shows it (default: the workspace name)',
        '',
      )
      .option('--analyst <name>', 'analyst, as the report shows it (default: the account)', '')
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, options, [wanted = '']) => {
    const { out: file, lab, analyst, force = false } = options;
    refuseExisting(io, file, force);
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const report = await client.call('report.get', { auditId, lab, analyst });
    const path = writeText(io, file, report.html, force);
    out.result({ path, sha256: report.sha256 }, () => {
      out.line(`Report written to ${path}.`);
      out.facts([['sha256', report.sha256]]);
    });
    return EXIT.done;
  },
});
