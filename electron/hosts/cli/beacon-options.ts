import type { VerifiedRound } from '#shared/contract/beacon.ts';
import { CliError } from './exit.ts';
import type { Output } from './output.ts';

const CHAINS = ['quicknet', 'default'] as const;

/** The name of a drand chain from the command line. */
export function chainOf(text: string, name: string): VerifiedRound['chain'] {
  const chain = CHAINS.find((known) => known === text);
  if (chain === undefined)
    throw new CliError(`${name} must be one of ${CHAINS.join(', ')}, not "${text}".`);
  return chain;
}

export function printRound(out: Output, round: VerifiedRound): void {
  out.line(`The signature of ${round.chain} round ${round.round} verifies.`);
  out.facts([
    ['published', round.publishedUtc],
    ['signature', round.signature],
    ...(round.previousSignature === null
      ? []
      : ([['signature before', round.previousSignature]] as const)),
    ['randomness', round.randomness],
  ]);
}
