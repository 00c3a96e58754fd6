import type { Client } from '#shared/contract/index.ts';
import { chainOf } from '../beacon-options.ts';
import { CliError, EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import { wholeNumber } from '../ids.ts';
import type { Io } from '../io.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  /** False with --no-beacon. */
  readonly beacon?: string | false;
  readonly source: string;
  readonly fetch?: boolean;
  readonly roundFile?: string;
  readonly round?: string;
  readonly signature?: string;
  readonly previousSignature?: string;
  readonly chain?: string;
}

const WAYS =
  'Give --fetch, --round-file FILE, --round N with --signature HEX, --beacon HEX with a value that nobody can check, or --no-beacon; every report says which it was.';

function hexOf(text: string, name: string): string {
  const digits = text.toLowerCase();
  if (!/^(?:[0-9a-f]{2})+$/.test(digits)) throw new CliError(`${name} must be hexadecimal digits.`);
  return digits;
}

function randomnessOf(beacon: string): string {
  const digits = beacon.toLowerCase();
  if (!/^[0-9a-f]{64}$/.test(digits))
    throw new CliError('--beacon must be 32 bytes: 64 hexadecimal digits.');
  return digits;
}

/** Exactly one way to come to the value of the draw. */
function wayOf(options: Options): 'fetch' | 'file' | 'hand' | 'value' | 'none' {
  const ways = [
    ...(options.fetch === true ? (['fetch'] as const) : []),
    ...(options.roundFile === undefined ? [] : (['file'] as const)),
    ...(options.round === undefined ? [] : (['hand'] as const)),
    ...(typeof options.beacon === 'string' ? (['value'] as const) : []),
    ...(options.beacon === false ? (['none'] as const) : []),
  ];
  const [only, other] = ways;
  if (only === undefined || other !== undefined) throw new CliError(WAYS);
  return only;
}

async function announcedOf(client: Client, number: number) {
  const { registries } = await client.call('registry.list', {});
  return registries.find((registry) => registry.number === number)?.announced ?? null;
}

async function fetched(client: Client, number: number) {
  const announced = await announcedOf(client, number);
  if (announced === null)
    throw new CliError(
      `Registry ${number} announced no round, so there is none to fetch. Fetch one with \`trapstreet beacon fetch\` and give it by hand.`,
    );
  const { chain, round } = announced;
  return client.call('beacon.fetch', { chain, round });
}

async function roundOf(client: Client, io: Io, number: number, options: Options) {
  const chain =
    options.chain === undefined
      ? ((await announcedOf(client, number))?.chain ?? 'quicknet')
      : chainOf(options.chain, '--chain');
  if (options.roundFile !== undefined)
    return client.call('beacon.check', { chain, text: await readText(io, options.roundFile) });
  if (options.signature === undefined) throw new CliError('--round needs --signature HEX.');
  return {
    chain,
    round: wholeNumber(options.round ?? '', '--round', 1),
    signature: hexOf(options.signature, '--signature'),
    previousSignature:
      options.previousSignature === undefined
        ? null
        : hexOf(options.previousSignature, '--previous-signature'),
  };
}

export const registryDraw = defineVerb<Options>({
  name: 'registry draw',
  summary:
    'Draw responses, twins and order, from a published round, a value, or marked "no beacon"',
  arguments: [['<number>', 'number of the registry']],
  examples: [
    'registry draw 1 --fetch',
    'registry draw 1 --round-file round.json',
    'registry draw 1 --no-beacon',
  ],
  options: (command) =>
    command
      .option('--fetch', 'fetch the announced round from the configured relays')
      .option('--round-file <file>', 'a round as a relay answers it, saved as a file, or -')
      .option('--round <number>', 'a round by hand, with --signature')
      .option('--signature <hex>', 'its signature')
      .option('--previous-signature <hex>', 'the signature of the round before (chain default)')
      .option('--chain <chain>', 'quicknet or default (default: the announced one)')
      .option('--beacon <hex>', '32 bytes that nobody can check: an unverified beacon')
      .option('--no-beacon', 'draw without a beacon')
      .option('--source <text>', 'where a value given with --beacon comes from', ''),
  run: async ({ io, out, session }, options, [text = '']) => {
    const number = wholeNumber(text, '<number>', 1);
    const way = wayOf(options);
    const beacon = typeof options.beacon === 'string' ? randomnessOf(options.beacon) : null;
    const client = await session.open();
    const given =
      way === 'fetch'
        ? await fetched(client, number)
        : way === 'file' || way === 'hand'
          ? await roundOf(client, io, number, options)
          : null;
    const round = given && {
      chain: given.chain,
      round: given.round,
      signature: given.signature,
      previousSignature: given.previousSignature,
    };
    const { source } = options;
    const registry = await client.call('registry.draw', { number, round, beacon, source });
    out.result(registry, () => {
      out.line(
        `Drew registry ${registry.number}: ${registry.served ?? 0} served, ${registry.twins ?? 0} twins, ${registry.found} found.`,
      );
      if (registry.beaconState === 'verified')
        out.line(
          `Beacon: ${registry.beaconSource ?? ''}, signature verified${registry.announced === null ? '; it was not announced, and every report says so' : ', as announced'}.`,
        );
      if (registry.beaconState === 'unverified')
        out.line('Unverified beacon: every report will say that nobody can check the value.');
      if (registry.beaconState === 'none')
        out.line('No beacon: every report will say that the draw rests on your word.');
      if (registry.grinding !== null) out.line(registry.grinding.sentence);
    });
    return EXIT.done;
  },
});
