import { resolve } from 'node:path';
import { EXIT } from '../exit.ts';
import { findAudit } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly canary: readonly string[];
  readonly out?: string;
}

export const bundleDisclose = defineVerb<Options>({
  name: 'bundle disclose',
  summary: 'Write what opens chosen canaries of a public bundle: records, salts, keys, exchanges',
  arguments: [['<audit>', 'id of the audit, its beginning, or last']],
  examples: ['bundle disclose last --canary C-0001 C-0002 --out ./for-the-court'],
  options: (command) =>
    command
      .requiredOption('--canary <id...>', 'canaries to disclose; the audit must have opened them')
      .option('--out <dir>', 'a folder that does not exist yet (default: below the workspace)'),
  run: async ({ io, out, session }, { canary, out: folder }, [wanted = '']) => {
    const client = await session.open();
    const { auditId } = await findAudit(client, wanted);
    const disclosed = await client.call('bundle.disclose', {
      auditId,
      canaries: [...canary],
      out: folder === undefined ? null : resolve(io.cwd, folder),
    });
    out.result(disclosed, () => {
      out.line(
        `${disclosed.canaries} canaries with ${disclosed.exchanges} exchanges written to ${disclosed.path}. They are secret no more.`,
      );
      out.note('Check it with: trapstreet bundle verify BUNDLE --disclosure DIR');
    });
    return EXIT.done;
  },
});
