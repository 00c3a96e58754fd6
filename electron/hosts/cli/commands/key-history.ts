import { EXIT } from '../exit.ts';
import { writeText } from '../files.ts';
import { defineVerb } from '../verb.ts';

export const keyHistory = defineVerb<{ readonly out?: string; readonly force?: boolean }>({
  name: 'key history',
  summary: 'Every signing key of this workspace, each signed by the one before it',
  examples: ['key history', 'key history --out key-history.jsonl'],
  options: (command) =>
    command
      .option('--out <file>', 'also write the signed history, as bundles carry it')
      .option('--force', 'write over a file that exists'),
  run: async ({ io, out, session }, { out: file, force = false }) => {
    const client = await session.open();
    const history = await client.call('key.history', {});
    if (file !== undefined) writeText(io, file, history.file, force);
    out.result(history, () =>
      out.table(
        ['key', 'made', 'origin', 'ends', 'stamps', ''],
        history.keys.map((key) => [
          key.keyid,
          key.createdUtc,
          key.origin,
          key.expiresUtc ?? 'never',
          key.stamps.map(({ authority, genTime }) => `${authority} ${genTime}`).join('; ') ||
            'UNSTAMPED',
          key.isCurrent ? 'signs' : '',
        ]),
      ),
    );
    return EXIT.done;
  },
});
