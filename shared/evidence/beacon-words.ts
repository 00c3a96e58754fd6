import type { Registration } from './document.ts';
import { grindingCost, grindingSentence } from './grinding.ts';
import { readProtocol } from './registration.ts';

/** A registry whose draws a finding rests on, and N of each canary that was scored from it. */
export interface UsedRegistry {
  readonly number: number;
  readonly registration: Pick<Registration, 'draw' | 'protocol'>;
  readonly listLengths: readonly number[];
}

/**
 * What a reader must know of the draws where no announced and signed round fixed them: that a value cannot be checked, and
 * for each such registry what choosing its keys would have cost (METHOD 4.5). Empty where every round was announced and
 * its signature is in the bag.
 */
export function beaconCaveats(registries: readonly UsedRegistry[]): string[] {
  return registries.flatMap(({ number, registration: { draw, protocol }, listLengths }) => {
    if (draw === null || readProtocol(protocol).beacon !== null) return [];
    const cost = grindingSentence(grindingCost(listLengths));
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
