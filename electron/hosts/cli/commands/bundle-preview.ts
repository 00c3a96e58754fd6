import { Option } from 'commander';
import { PROFILES } from '#shared/evidence/document.ts';
import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

export const bundlePreview = defineVerb<{ readonly profile: (typeof PROFILES)[number] }>({
  name: 'bundle preview',
  summary: 'What a bundle would disclose in a profile, before it is written',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['bundle preview last --profile public'],
  options: (command) =>
    command.addOption(
      new Option('--profile <name>', 'how much is disclosed').choices(PROFILES).default('internal'),
    ),
  run: async ({ out, session }, { profile }, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const preview = await client.call('bundle.preview', { auditId, profile });
    out.result(preview, () => {
      out.table(
        ['what', 'disclosed', 'count', 'detail'],
        preview.items.map(({ what, disclosed, count, detail }) => [
          what,
          disclosed,
          String(count),
          detail,
        ]),
      );
      if (preview.notCheckable.length > 0)
        out.note(`A reader cannot check: ${preview.notCheckable.join(', ')}.`);
    });
    return EXIT.done;
  },
});
