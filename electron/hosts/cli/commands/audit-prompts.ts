import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const auditPrompts = defineVerb<{ readonly take?: boolean }>({
  name: 'audit prompts',
  summary: 'What a person is to paste where, for targets of the format paste',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['audit prompts last', 'audit prompts last --take'],
  options: (command) =>
    command.option(
      '--take',
      'show the texts; from then on the canary is exposed, and it is logged',
    ),
  run: async ({ out, session }, { take = false }, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const found = await client.call('audit.prompts', { auditId, take });
    out.result(found, () => {
      for (const prompt of found.prompts) {
        out.facts([
          ['target', `${prompt.target} (${prompt.model})`],
          ['canary', prompt.canaryId],
          ['sample', String(prompt.k)],
          ['attempt', prompt.attemptId ?? 'not taken yet'],
        ]);
        if (prompt.text !== null) {
          out.line();
          out.block(prompt.text);
        }
        out.line();
      }
      if (found.prompts.length === 0) out.line('Nothing is left to paste.');
      else if (!take)
        out.note('Show the texts with --take: that exposes the canary to the target.');
    });
    return EXIT.done;
  },
});
