import { chainOf } from '../beacon-options.ts';
import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { tellStamp } from '../stamp-view.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly heldOut: string;
  readonly announce?: string;
  readonly round?: string;
}

function fraction(text: string): number {
  const value = Number(text);
  if (!/^0?\.?\d+$/.test(text) || value > 0.9)
    throw new CliError(`--held-out must be a fraction from 0 to 0.9, not "${text}".`);
  return value;
}

function announcementOf({ announce, round }: Options) {
  if (announce === undefined) {
    if (round !== undefined) throw new CliError('--round needs --announce CHAIN.');
    return null;
  }
  const number = round === undefined ? null : wholeNumber(round, '--round', 1);
  return { chain: chainOf(announce, '--announce'), round: number };
}

export const registryCommit = defineVerb<Options>({
  name: 'registry commit',
  summary: 'Commit canaries: records, salts, keys, Merkle root, signed registration',
  arguments: [['[ids...]', 'ids (default: every draft)']],
  examples: ['registry commit --announce quicknet', 'registry commit --held-out 0.5'],
  options: (command) =>
    command
      .option('--held-out <fraction>', 'part of the drawn canaries kept back as twins', '0.2')
      .option(
        '--announce <chain>',
        'drand chain whose future round the draw must use: quicknet, default',
      )
      .option('--round <number>', 'that round (default: the first one ten minutes from now)'),
  run: async ({ out, session }, options, ids) => {
    const input = {
      ids: ids.length === 0 ? null : [...ids],
      heldOut: fraction(options.heldOut),
      announce: announcementOf(options),
    };
    const client = await session.open();
    const registry = await client.call('registry.commit', input);
    await tellStamp(client, out, { kind: 'registration', subject: String(registry.number) });
    out.result(registry, () => {
      out.line(`Committed registry ${registry.number} with ${registry.size} canaries.`);
      out.facts([
        ['registration', registry.sha256],
        ['Merkle root', registry.root],
      ]);
      if (registry.announced === null) {
        out.line(
          'No beacon round is announced: every report will say what that costs. Announce one with --announce quicknet.',
        );
        if (registry.grinding !== null) out.line(registry.grinding.sentence);
        out.note(
          `Publish or time-stamp the registration, then draw: trapstreet registry draw ${registry.number} --round N --signature HEX`,
        );
        return;
      }
      const { chain, round, publishedUtc } = registry.announced;
      out.line(`Announced: ${chain} round ${round}, published ${publishedUtc}.`);
      out.note(
        `Publish or time-stamp the registration before then; after it: trapstreet registry draw ${registry.number} --fetch`,
      );
    });
    return EXIT.done;
  },
});
