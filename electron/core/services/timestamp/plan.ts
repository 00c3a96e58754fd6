import { AppError } from '#shared/contract/errors.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { PlanRow } from '../../db/audit-store.ts';
import type { RegistryRow } from '../../db/library-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { Session } from '../workspace/session.ts';
import { firstStampSha256, stampBundle } from './timestamp.ts';

/** SHA-256 of the first stamp over a registration, hex; null while it is unstamped. */
export const registrationStamp = (session: Session, row: RegistryRow): string | null =>
  firstStampSha256(session, new Uint8Array(row.sigstore));

/** Has a registration stamped at once; without an authority, or without its answer, it stays unstamped. */
export async function stampRegistration(
  session: Session,
  transport: Transport,
  number: number,
): Promise<void> {
  const row = session.library.registry(number);
  if (row)
    await stampBundle(session, transport, new Uint8Array(row.sigstore), {
      kind: 'registration',
      subject: String(number),
    });
}

/** Said only to those who have an authority: to all others the CLI and the report say it. */
export function stampWarnings(session: Session, registries: readonly RegistryRow[]): string[] {
  if (session.trust.authorities().length === 0) return [];
  return registries
    .filter((row) => registrationStamp(session, row) === null)
    .map(
      ({ number }) =>
        `Registry ${number} is UNSTAMPED: that it was committed before the run is your word alone. Stamp it with "stamp add" before the run.`,
    );
}

function named(session: Session, plan: Plan): RegistryRow[] {
  return plan.canaries.registries.flatMap(({ number }) => session.library.registry(number) ?? []);
}

/** SHA-256 of the stamps that exist before the run: its first line names them, so it cannot be older than they are. */
export function planStamps(session: Session, row: PlanRow, plan: Plan): string[] {
  return [
    ...named(session, plan).map((registry) => registrationStamp(session, registry)),
    firstStampSha256(session, new Uint8Array(row.sigstore)),
  ].filter((hash) => hash !== null);
}

/** Errors: CONFLICT where the plan asks for stamps and one is missing. */
export function refuseUnstamped(session: Session, row: PlanRow, plan: Plan): void {
  if (plan.requireStamp !== true) return;
  const registries = named(session, plan);
  const missing = registries.find((registry) => registrationStamp(session, registry) === null);
  if (missing !== undefined || planStamps(session, row, plan).length <= registries.length)
    throw new AppError(
      'CONFLICT',
      `The plan asks for time stamps, and ${missing ? `registry ${missing.number}` : 'its seal'} is unstamped. Stamp it with "stamp add"; nothing was sent.`,
    );
}
