import type { Output } from '#shared/contract/index.ts';
import { CliError, EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import {
  printRescore,
  type ScorerOptions,
  scorerChoice,
  scorerOptions,
} from '../rescore-options.ts';
import { defineVerb } from '../verb.ts';

interface Options extends ScorerOptions {
  readonly consent?: true;
}

const POLL_MS = 200;

export const rescoreRun = defineVerb<Options>({
  name: 'rescore run',
  summary:
    'Score the stored answers of an audit again with another scorer; no target is asked again',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: [
    'rescore run last --scorer chrf-v1',
    'rescore run last --scorer judge --target our-judge --consent',
  ],
  options: (command) =>
    scorerOptions(command).option(
      '--consent',
      'answers and candidate lists of opened canaries may be sent to --target',
    ),
  run: async ({ io, out, session }, options, [wanted = '']) => {
    const scorer = scorerChoice(options);
    if (scorer.kind !== 'text' && options.consent !== true)
      throw new CliError(
        `The scorer ${scorer.kind} sends answers and candidate lists of opened canaries to ${scorer.target}. Look at \`trapstreet rescore preview\`, then add --consent.`,
      );
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const { rescoreId } = await client.call('rescore.start', { auditId, scorer });
    const off = io.onInterrupt(() => {
      client.call('rescore.cancel', { rescoreId }).catch(() => {});
    });
    const isLive = io.stderr.isTTY === true;
    let now: Output<'rescore.get'>;
    try {
      do {
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
        now = await client.call('rescore.get', { rescoreId });
        if (isLive) io.stderr.write(`\r\u001b[K${now.done}/${now.total} canaries`);
      } while (now.state === 'running');
    } finally {
      off();
      if (isLive) io.stderr.write('\r\u001b[K');
    }
    const { result } = now;
    if (now.state === 'cancelled')
      throw new CliError('Cancelled; nothing was kept.', {
        exit: EXIT.interrupted,
        code: 'INTERRUPTED',
      });
    if (!result)
      throw new CliError(now.message ?? 'The re-scoring failed.', {
        exit: now.message === null ? EXIT.internal : EXIT.unreachable,
        code: now.message === null ? 'INTERNAL' : 'TARGET_UNREACHABLE',
      });
    out.result(result, () => printRescore(out, result));
    return EXIT.done;
  },
});
