import { findChain, roundTimeMs } from './beacon.ts';
import type { Registration } from './document.ts';
import { grindingCost, grindingSentence } from './grinding.ts';
import { readProtocol } from './registration.ts';
import { statedStamps } from './stated-stamps.ts';

/** A registry whose draws a finding rests on, and N of each canary that was scored from it. */
export interface UsedRegistry {
  readonly number: number;
  readonly registration: Pick<Registration, 'draw' | 'protocol' | 'registrationSigstore'>;
  readonly listLengths: readonly number[];
}

/** Whether a stamp says that the registration existed before the round that it announces was published. */
function isStampedAhead(
  registrationSigstore: Uint8Array,
  { chain: hash, round }: { readonly chain: string; readonly round: number },
): boolean {
  const chain = findChain(hash);
  const [first] = statedStamps(registrationSigstore);
  return chain !== null && first !== undefined && Date.parse(first.utc) < roundTimeMs(chain, round);
}

/**
 * What a reader must know of the draws where no announced and signed round fixed them: that a value cannot be checked, and
 * for each such registry what choosing its keys would have cost (METHOD 4.5). A clock that was put back announces a round
 * that is long known, so that an announcement counts only with a time stamp from before its round. Empty where every round
 * was announced and stamped in time, and its signature is in the bag.
 */
export function beaconCaveats(registries: readonly UsedRegistry[]): string[] {
  return registries.flatMap(({ number, registration, listLengths }) => {
    const { draw, protocol, registrationSigstore } = registration;
    if (draw === null) return [];
    const cost = grindingSentence(grindingCost(listLengths));
    const announced = readProtocol(protocol).beacon;
    if (announced !== null)
      return isStampedAhead(registrationSigstore, announced)
        ? []
        : [
            `Registry ${number} announces its beacon round, but no time stamp says that it existed before that round was published: that the round was still to come rests on the laboratory’s clock.`,
            ...(cost === null ? [] : [`Registry ${number}, if it was not: ${cost}`]),
          ];
    return [
      ...(draw.beacon !== null && draw.drand === undefined
        ? [
            `The beacon value of registry ${number} is unverified: it was typed in and no signature comes with it, so that it was public randomness rests on the laboratory’s word.`,
          ]
        : []),
      ...(cost === null || draw.drand !== undefined ? [] : [`Registry ${number}: ${cost}`]),
    ];
  });
}
