import { AppError } from '#shared/contract/errors.ts';
import type { RegistryItem } from '#shared/contract/library.ts';
import {
  type BeaconRound,
  beaconRoundOf,
  beaconRoundSchema,
  findChain,
  roundTimeMs,
} from '#shared/evidence/beacon.ts';
import { toHex } from '#shared/evidence/bytes.ts';
import { grindingCost, grindingSentence } from '#shared/evidence/grinding.ts';
import { readProtocol } from '#shared/evidence/registration.ts';
import type { RegistryRow } from '../../db/library-store.ts';
import { firstStampOver } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';

/** What a draw's beacon is worth. */
function beaconStateOf(row: RegistryRow): RegistryItem['beaconState'] {
  if (row.drawnUtc === null) return 'pending';
  if (row.beacon === null) return 'none';
  return row.drand === null ? 'unverified' : 'verified';
}

/** The published round that a draw used; undefined where its value was typed in or there is none. */
export function drandOf(row: RegistryRow): BeaconRound | null {
  return row.drand === null ? null : beaconRoundOf(beaconRoundSchema.parse(JSON.parse(row.drand)));
}

function roundItem(
  round: { readonly chain: string; readonly round: number } | null,
): RegistryItem['announced'] {
  const chain = round === null ? null : findChain(round.chain);
  if (round === null || chain === null) return null;
  return {
    chain: chain.name as NonNullable<RegistryItem['announced']>['chain'],
    round: round.round,
    publishedUtc: new Date(roundTimeMs(chain, round.round)).toISOString(),
  };
}

/** Cost of choosing the keys (METHOD 4.5), over the canaries that would be scored; null without any. */
function grindingOf(session: Session, row: RegistryRow): RegistryItem['grinding'] {
  const lengths = session.library
    .drawnOf(row.number)
    .filter(({ use }) => use !== 'twin')
    .map(({ n }) => n);
  const cost = grindingCost(lengths);
  const sentence = grindingSentence(cost);
  return sentence === null ? null : { canaries: cost.canaries, rows: [...cost.rows], sentence };
}

/** What a plan that rests on these registries has to be told of their draws. */
export function beaconWarnings(session: Session, rows: readonly RegistryRow[]): string[] {
  return rows.flatMap((row) => {
    const { announced, beaconState, grinding } = toItem(session, row);
    if (announced !== null || beaconState === 'pending') return [];
    const what: Readonly<Record<string, string>> = {
      none: 'was drawn without a beacon',
      unverified: 'was drawn with an unverified beacon: nobody can check its value',
      verified: 'was drawn with a round that it had not announced',
    };
    const cost = beaconState === 'verified' ? null : grinding;
    return [
      `Registry ${row.number} ${what[beaconState]}. ${cost?.sentence ?? 'The report says so.'}`,
    ];
  });
}

/** A registration for people and screens. */
export function toItem(session: Session, row: RegistryRow): RegistryItem {
  const counts = session.library.countByUse(row.number);
  const sum = (keep: (count: (typeof counts)[number]) => boolean): number =>
    counts.filter(keep).reduce((total, count) => total + count.n, 0);
  const drawn = row.drawnUtc !== null;
  const announced = readProtocol(new Uint8Array(row.protocol)).beacon;
  const previous = row.number > 1 ? session.library.registry(row.number - 1) : null;
  return {
    number: row.number,
    size: row.size,
    served: drawn ? sum((count) => count.use === 'served') : null,
    twins: drawn ? sum((count) => count.use === 'twin') : null,
    found: sum((count) => count.kind === 'found'),
    heldOut: row.heldOut,
    root: toHex(row.root),
    sha256: toHex(row.registrationSha256),
    previousSha256: previous ? toHex(previous.registrationSha256) : null,
    createdUtc: row.createdUtc,
    state: drawn ? 'drawn' : 'committed',
    beacon: row.beacon ? toHex(row.beacon) : null,
    beaconState: beaconStateOf(row),
    beaconSource: row.beaconSource,
    announced: roundItem(announced),
    round: roundItem(drandOf(row)),
    grinding: announced === null ? grindingOf(session, row) : null,
    drawnUtc: row.drawnUtc,
    plantedFrom: row.plantedFrom,
    stamp: firstStampOver(session, new Uint8Array(row.sigstore)),
  };
}

/** Errors: NOT_FOUND. */
export function mustFindRegistry(session: Session, number: number): RegistryRow {
  const row = session.library.registry(number);
  if (!row) throw new AppError('NOT_FOUND', `There is no registry ${number}.`);
  return row;
}
