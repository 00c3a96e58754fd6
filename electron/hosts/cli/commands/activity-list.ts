import { connectionReason } from '#shared/contract/activity.ts';
import { AppError } from '#shared/contract/errors.ts';
import { EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly offset: string;
  readonly limit: string;
  readonly host: string;
  readonly reason?: string;
}

export const activityList = defineVerb<Options>({
  name: 'activity list',
  summary: 'Every connection that was made or refused, newest first, with totals a host',
  examples: ['activity list --host api.example.org:443'],
  options: (command) =>
    command
      .option('--offset <n>', 'leave out this many of the newest', '0')
      .option('--limit <n>', 'at most this many', '200')
      .option('--host <host:port>', 'only connections to this host', '')
      .option('--reason <reason>', `only for this reason: ${connectionReason.options.join(', ')}`),
  run: async ({ out, session }, { offset, limit, host, reason }) => {
    const known = connectionReason.nullable().safeParse(reason ?? null);
    if (!known.success)
      throw new AppError(
        'BAD_INPUT',
        `--reason: use one of ${connectionReason.options.join(', ')}.`,
      );
    const client = await session.open();
    const list = await client.call('activity.list', {
      offset: wholeNumber(offset, '--offset'),
      limit: wholeNumber(limit, '--limit', 1),
      host,
      reason: known.data,
    });
    out.result(list, () => {
      out.table(
        ['at', 'reason', 'host', 'address', 'proxy', 'out', 'in', 'ms', 'outcome'],
        list.connections.map((one) => [
          one.at,
          one.reason,
          one.host,
          one.address ?? '-',
          one.proxy ?? '-',
          String(one.bytesOut),
          String(one.bytesIn),
          one.durationMs.toFixed(0),
          one.code ?? 'answered',
        ]),
      );
      for (const total of list.hosts)
        out.note(
          `${total.host}: ${total.connections} connections, ${total.failed} failed, ${total.bytesOut} bytes out, ${total.bytesIn} in`,
        );
      out.note(`${list.connections.length} of ${list.total} connections`);
    });
    return EXIT.done;
  },
});
