import { fromHex } from './bytes.ts';
import { parseCommitments } from './commit.ts';
import type { Registration } from './document.ts';
import type { DrawContext } from './draw.ts';
import { assertEvidence } from './errors.ts';
import {
  type ProtocolRecord,
  type RegistrationRecord,
  readProtocol,
  readRegistration,
} from './registration.ts';
import type { AskedCanary, CommonSubject, Places } from './verify-subject.ts';

export interface Registry {
  readonly number: number;
  readonly files: Registration;
  readonly record: RegistrationRecord;
  readonly protocol: ProtocolRecord;
  readonly commitments: readonly Uint8Array[];
  readonly found: ReadonlySet<number>;
  readonly context: DrawContext;
}

// Every check asks for the same few registries; reading one means parsing all its commitments.
const registriesRead = new WeakMap<Registration, Registry>();

export function registryAt(subject: Places, number: number): Registry {
  const files = subject.bag.document.registrations[number - 1];
  assertEvidence(files !== undefined, `registry ${number} is not in the bag`);
  const known = registriesRead.get(files);
  if (known !== undefined) return known;
  const registry = readRegistry(files, number);
  registriesRead.set(files, registry);
  return registry;
}

function readRegistry(files: Registration, number: number): Registry {
  const record = readRegistration(files.registration);
  const beacon = files.draw?.beacon ?? null;
  return {
    number,
    files,
    record,
    protocol: readProtocol(files.protocol),
    commitments: parseCommitments(files.commitments),
    found: new Set(record.found),
    context: { root: fromHex(record.root), beacon: beacon === null ? null : fromHex(beacon) },
  };
}

export function numbers(subject: Places): number[] {
  return subject.bag.document.registrations.map((_, index) => index + 1);
}

export function nameOf(canary: AskedCanary): string {
  return `canary ${canary.disclosed.registry}-${canary.disclosed.leafIndex}`;
}

/** Uses the plan gives to registries, by number. */
export function plannedUses(subject: CommonSubject): Map<number, 'evidence' | 'after-release'> {
  return new Map(subject.derived.plan.canaries.registries.map(({ number, use }) => [number, use]));
}
