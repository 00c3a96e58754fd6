import { CliError, EXIT } from '../exit.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly heldOut: string;
}

function fraction(text: string): number {
  const value = Number(text);
  if (!/^0?\.?\d+$/.test(text) || value > 0.9)
    throw new CliError(`--held-out must be a fraction from 0 to 0.9, not "${text}".`);
  return value;
}

export const registryCommit = defineVerb<Options>({
  name: 'registry commit',
  summary: 'Commit canaries: records, salts, keys, Merkle root, signed registration',
  arguments: [['[ids...]', 'ids (default: every draft)']],
  examples: ['registry commit', 'registry commit --held-out 0.5'],
  options: (command) =>
    command.option('--held-out <fraction>', 'part of the drawn canaries kept back as twins', '0.2'),
  run: async ({ out, session }, { heldOut }, ids) => {
    const input = { ids: ids.length === 0 ? null : [...ids], heldOut: fraction(heldOut) };
    const client = await session.open();
    const registry = await client.call('registry.commit', input);
    out.result(registry, () => {
      out.line(`Committed registry ${registry.number} with ${registry.size} canaries.`);
      out.facts([
        ['registration', registry.sha256],
        ['Merkle root', registry.root],
      ]);
      out.note(
        `Publish or time-stamp the registration, then draw: trapstreet registry draw ${registry.number} --beacon HEX --source TEXT`,
      );
    });
    return EXIT.done;
  },
});
