import { followAudit } from '../audit-follow.ts';
import { CliError, EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly attempt?: string;
  readonly model?: string;
}

export const auditPaste = defineVerb<Options>({
  name: 'audit paste',
  summary: 'Store the answer that a person brought back; after the last one the audit goes on',
  arguments: [
    ['<audit>', 'id of the audit, its beginning, or last'],
    ['<file>', 'the answer as it was shown, or - for standard input'],
  ],
  examples: [
    'audit paste last answer.txt --model "Chat 4"',
    'audit paste last - --attempt 3f2a < answer.txt',
  ],
  options: (command) =>
    command
      .option('--attempt <id>', 'which prompt it answers; needed when several were taken')
      .option('--model <name>', 'the model that the product names'),
  run: async (context, options, [wanted = '', file = '']) => {
    const { io, out, session } = context;
    const text = await readText(io, file);
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const { prompts } = await client.call('audit.prompts', { auditId });
    const taken = prompts.flatMap(({ attemptId }) => attemptId ?? []);
    if (taken.length === 0)
      throw new CliError('No prompt was taken yet. Take it with `audit prompts --take`.', {
        code: 'NOT_FOUND',
      });
    const [attemptId, ...others] = taken.filter((id) => id.startsWith(options.attempt ?? ''));
    if (attemptId === undefined || others.length > 0)
      throw new CliError(
        `${others.length === 0 ? 'No taken prompt' : 'More than one taken prompt'} fits. Name one with --attempt: ${taken.join(', ')}.`,
      );
    const { remaining, audit } = await client.call('audit.paste', {
      auditId,
      attemptId,
      text,
      model: options.model ?? null,
    });
    if (remaining === 0) return followAudit(context, client, { auditId, isOurs: true });
    out.result({ remaining, audit }, () =>
      out.line(`Stored. ${remaining} ${remaining === 1 ? 'answer is' : 'answers are'} missing.`),
    );
    return EXIT.done;
  },
});
