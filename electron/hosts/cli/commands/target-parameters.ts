import type { ParameterRow } from '#shared/contract/target.ts';
import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';
import { findTarget } from './target-show.ts';

const sentOf = ({ sent, refused }: ParameterRow): string =>
  refused ??
  (sent.map(({ field, value }) => `${field}=${JSON.stringify(value)}`).join(', ') || '–');

export const targetParameters = defineVerb({
  name: 'target parameters',
  summary: 'What of each parameter is asked, sent, accepted and known to be ignored',
  arguments: [['<name>', 'name of the target']],
  examples: ['target parameters acme-2'],
  run: async ({ out, session }, _options, [name = '']) => {
    const client = await session.open();
    const { target } = await findTarget(client, name);
    const table = await client.call('target.parameters', { target });
    out.result(table, () =>
      out.table(
        ['parameter', 'asked', 'sent', 'accepted', 'seen by the probe', 'known to be ignored'],
        table.rows.map((row) => [
          row.parameter,
          row.asked === null ? '–' : JSON.stringify(row.asked),
          sentOf(row),
          row.accepted,
          row.seen === null ? '–' : `${row.seen.verdict}: ${row.seen.why}`,
          row.ignored === null
            ? '–'
            : `${row.ignored.note} (${row.ignored.date}, ${row.ignored.source})`,
        ]),
      ),
    );
    return EXIT.done;
  },
});
