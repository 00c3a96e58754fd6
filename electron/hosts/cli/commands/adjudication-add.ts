import { CliError, EXIT } from '../exit.ts';
import { findAudit, wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly confirm?: boolean;
  readonly dispute?: boolean;
  readonly reason: string;
  readonly sample: string;
}

export const adjudicationAdd = defineVerb<Options>({
  name: 'adjudication add',
  summary: 'Say with a reason whether a scored sample is right; the score itself never changes',
  arguments: [
    ['<audit>', 'id of the audit, its beginning, or last'],
    ['<canary>', 'id of the canary'],
    ['<target>', 'name of the target'],
  ],
  examples: [
    'adjudication add last C-0001 acme-2 --dispute --reason "It quotes the question, it does not answer."',
  ],
  options: (command) =>
    command
      .option('--confirm', 'the score is right')
      .option('--dispute', 'the score is wrong')
      .requiredOption('--reason <text>', 'why')
      .option('--sample <k>', 'number of the sample', '1'),
  run: async ({ out, session }, options, [wanted = '', canaryId = '', target = '']) => {
    if ((options.confirm === true) === (options.dispute === true))
      throw new CliError('Give either --confirm or --dispute.');
    const k = wholeNumber(options.sample, '--sample', 1);
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const added = await client.call('adjudication.add', {
      auditId,
      canaryId,
      target,
      k,
      verdict: options.confirm === true ? 'confirm' : 'dispute',
      reason: options.reason,
    });
    out.result(added, () =>
      out.line(`Verdict ${added.id} is kept beside the score of ${added.canaryId}, which stays.`),
    );
    return EXIT.done;
  },
});
