import { EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

export const canaryShow = defineVerb<{ readonly reveal?: boolean }>({
  name: 'canary show',
  summary: 'One canary with its commitment and exposures; its text only with --reveal',
  arguments: [['<id>', 'id of the canary']],
  examples: ['canary show C-0001', 'canary show C-0001 --reveal'],
  options: (command) =>
    command.option('--reveal', 'show the text too; the custody log records that it was revealed'),
  run: async ({ out, session }, { reveal }, [id = '']) => {
    const client = await session.open();
    const found = await client.call('canary.get', { id });
    const text = reveal === true ? await client.call('canary.reveal', { id }) : null;
    out.result(text === null ? found : { ...found, text }, () => {
      const { canary } = found;
      out.facts([
        ['id', canary.id],
        ['kind', `${canary.kind}, type ${canary.type}, ${canary.scorer}`],
        ['status', canary.status],
        ['N', canary.n === 0 ? '–' : String(canary.n)],
        [
          'registry',
          canary.registry === null ? '–' : `${canary.registry} (${canary.use ?? 'not drawn'})`,
        ],
        ['commitment', found.commitment ?? '–'],
        ['cohort', canary.cohort ?? '–'],
        ['tags', canary.tags.join('; ')],
        ['created', canary.createdUtc],
      ]);
      for (const at of found.exposures)
        out.line(`disclosed to ${at.target} (${at.host}) at ${at.at}`);
      if (text === null) return;
      for (const message of text.messages) {
        out.line();
        out.heading(message.role);
        out.block(message.content);
      }
      out.line();
      if (text.drawn !== null) out.facts([['drawn response', text.drawn]]);
      if (text.expected.length > 0)
        out.facts(text.expected.map((expected) => ['expected', expected] as const));
      if (text.responses.length > 0)
        out.line(
          `candidates (${text.responses.length} of ${text.n} shown): ${text.responses.join(' | ')}`,
        );
      if (text.note !== '') out.facts([['note', text.note]]);
    });
    return EXIT.done;
  },
});
