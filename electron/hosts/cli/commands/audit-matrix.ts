import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditMatrix = defineVerb({
  name: 'audit matrix',
  summary: 'Targets x canaries, one character a cell',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit matrix last'],
  run: async ({ out, session }, _options, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const matrix = await client.call('audit.matrix', { auditId });
    out.result(matrix, () => {
      const initial = { evidence: 'e', twin: 't', 'after-release': 'a', found: 'f' } as const;
      const width = Math.max(...matrix.rows.map((row) => row.target.length), 'use'.length);
      out.line(`${'use'.padEnd(width)}  ${matrix.columns.map((at) => initial[at.use]).join('')}`);
      for (const row of matrix.rows) out.line(`${row.target.padEnd(width)}  ${row.cells}`);
      out.note(
        'H hit  m miss  r refused or filtered  t truncated  x failed  ? sealed  . not asked; use: e evidence, t twin, a after release, f found',
      );
    });
    return EXIT.done;
  },
});
