import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { type ScorerOptions, scorerChoice, scorerOptions } from '../rescore-options.ts';
import { defineVerb } from '../verb.ts';

export const rescorePreview = defineVerb<ScorerOptions>({
  name: 'rescore preview',
  summary: 'What a scorer would read, and what it would send to whom; sends nothing',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['rescore preview last --scorer judge --target our-judge'],
  options: scorerOptions,
  run: async ({ out, session }, options, [wanted = '']) => {
    const scorer = scorerChoice(options);
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const preview = await client.call('rescore.preview', { auditId, scorer });
    out.result(preview, () => {
      out.facts([
        ['scorer', preview.scorer],
        ['opened canaries', String(preview.canaries)],
        ['stored answers', String(preview.answers)],
        ['requests', String(preview.requests)],
        ['shown to', preview.host ?? 'nobody: nothing leaves this machine'],
      ]);
    });
    return EXIT.done;
  },
});
