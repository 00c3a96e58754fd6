import { CliError, EXIT } from '../exit.ts';
import { wholeNumber } from '../ids.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  /** False with --no-beacon. */
  readonly beacon?: string | false;
  readonly source: string;
}

function beaconOf(beacon: Options['beacon']): string | null {
  if (beacon === false) return null;
  if (beacon === undefined)
    throw new CliError(
      'Give --beacon HEX with the published value, or --no-beacon; every report says which it was.',
    );
  const hex = beacon.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(hex))
    throw new CliError('--beacon must be 32 bytes: 64 hexadecimal digits.');
  return hex;
}

export const registryDraw = defineVerb<Options>({
  name: 'registry draw',
  summary: 'Draw responses, twins and order, from a beacon value or marked "no beacon"',
  arguments: [['<number>', 'number of the registry']],
  examples: [
    `registry draw 1 --beacon ${'5f'.repeat(32)} --source "drand quicknet round 1234"`,
    'registry draw 1 --no-beacon',
  ],
  options: (command) =>
    command
      .option('--beacon <hex>', '32 bytes of public randomness published after the commitment')
      .option('--no-beacon', 'draw without a beacon')
      .option('--source <text>', 'where the value comes from', ''),
  run: async ({ out, session }, { beacon, source }, [number = '']) => {
    const input = { number: wholeNumber(number, '<number>', 1), beacon: beaconOf(beacon), source };
    const client = await session.open();
    const registry = await client.call('registry.draw', input);
    out.result(registry, () => {
      out.line(
        `Drew registry ${registry.number}: ${registry.served ?? 0} served, ${registry.twins ?? 0} twins, ${registry.found} found.`,
      );
      if (registry.beacon === null)
        out.line('No beacon: every report will say that the draw rests on your word.');
    });
    return EXIT.done;
  },
});
