import { Option } from 'commander';
import { EXIT } from '../exit.ts';
import { refuseExisting, writeText } from '../files.ts';
import { findAudit } from '../ids.ts';
import { addReportOptions, type ReportOptions, reportInput } from '../report-options.ts';
import { defineVerb } from '../verb.ts';

const FORMATS = ['html', 'pdf', 'json'] as const;

interface Options extends ReportOptions {
  readonly out: string;
  readonly format: (typeof FORMATS)[number];
  readonly force?: boolean;
}

export const reportWrite = defineVerb<Options>({
  name: 'report write',
  summary: 'Write the report of an audit: one static HTML page, a PDF, or the results as JSON',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: [
    'report write last --out report.html',
    'report write last --format pdf --template summary --out report.pdf',
  ],
  options: (command) =>
    addReportOptions(command)
      .requiredOption('--out <file>', 'file to write')
      .addOption(new Option('--format <name>', 'file format').choices(FORMATS).default('html'))
      .option('--force', 'write over an existing file'),
  run: async ({ io, out, session }, options, [wanted = '']) => {
    const { out: file, format, force = false } = options;
    refuseExisting(io, file, force);
    const input = await reportInput(io, options);
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const report = await client.call('report.get', { auditId, ...input, format });
    const content = format === 'pdf' ? Buffer.from(report.content, 'base64') : report.content;
    const path = writeText(io, file, content, force);
    out.result({ path, format, sha256: report.sha256, warnings: report.warnings }, () => {
      out.line(`Report written to ${path}.`);
      out.facts([['sha256', report.sha256]]);
      for (const warning of report.warnings) out.note(warning);
    });
    return EXIT.done;
  },
});
