import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { StampedItem, StampItem } from '#shared/contract/trust.ts';
import { toBase64 } from '#shared/evidence/bytes.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { Session } from '../workspace/session.ts';
import {
  clockOffsetMs,
  refuseWithoutAuthority,
  type StampFailure,
  stampBundle,
  stampsOf,
  toStampItem,
} from './timestamp.ts';

/** A stamp so much later than the signature was not asked for at the time. */
const LATER_MS = 600_000;

interface Signed {
  readonly kind: StampedItem['kind'];
  readonly subject: string;
  readonly signedUtc: string;
  /** Null for a bundle: its statement is in its folder only. */
  readonly sigstore: Uint8Array | null;
}

/** Everything that this workspace has signed, the oldest of each kind first. */
function signedThings(session: Session): Signed[] {
  return [
    ...session.trust.keys().flatMap(({ keyid, createdUtc, sigstore }): Signed[] =>
      sigstore === null
        ? []
        : [
            {
              kind: 'key',
              subject: keyid,
              signedUtc: createdUtc,
              sigstore: new Uint8Array(sigstore),
            },
          ],
    ),
    ...session.library.registries().map(
      (row): Signed => ({
        kind: 'registration',
        subject: String(row.number),
        signedUtc: row.createdUtc,
        sigstore: new Uint8Array(row.sigstore),
      }),
    ),
    ...session.audits.plans().map(
      (row): Signed => ({
        kind: 'plan-seal',
        subject: row.planId,
        signedUtc: row.sealedUtc,
        sigstore: new Uint8Array(row.sigstore),
      }),
    ),
    ...session.custodyRows.checkpoints().map(
      (row): Signed => ({
        kind: 'checkpoint',
        subject: String(row.size),
        signedUtc: row.createdUtc,
        sigstore: new Uint8Array(row.sigstore),
      }),
    ),
    ...session.workspaces.bundles().map(
      (row): Signed => ({
        kind: 'bundle',
        subject: row.bundleId,
        signedUtc: row.createdUtc,
        sigstore: null,
      }),
    ),
  ];
}

function stampsFor(session: Session, signed: Signed): StampItem[] {
  if (signed.sigstore !== null) return stampsOf(session, signed.sigstore);
  return session.trust
    .stamps()
    .filter(({ kind, subject }) => kind === signed.kind && subject === signed.subject)
    .map((row) => toStampItem(session, row));
}

/** What stamps show about something, in words; without one, that there is none. */
export function stampWords(signedUtc: string, stamps: readonly StampItem[]): string {
  const [first] = stamps.toSorted((a, b) => a.genTime.localeCompare(b.genTime));
  if (first === undefined)
    return 'UNSTAMPED: that it existed at this time is the laboratory’s word alone';
  const by = [...new Set(stamps.map(({ authority }) => authority))].join(', ');
  const later = Date.parse(first.genTime) - Date.parse(signedUtc) > LATER_MS;
  return `stamped by ${by} at ${first.genTime}${later ? ', added later: it proves existence only from then on' : ''}`;
}

function toItem(session: Session, signed: Signed): StampedItem {
  const stamps = stampsFor(session, signed);
  const { kind, subject, signedUtc } = signed;
  return {
    kind,
    subject,
    signedUtc,
    state: stamps.length > 0 ? 'stamped' : 'unstamped',
    text: stampWords(signedUtc, stamps),
    stamps,
  };
}

export function listStamps(
  session: Session,
  { kind }: ParsedInput<'stamp.list'>,
): Output<'stamp.list'> {
  const items = signedThings(session)
    .filter((signed) => kind === null || signed.kind === kind)
    .map((signed) => toItem(session, signed));
  return {
    items,
    authorities: session.trust.authorities().length,
    unstamped: items.filter(({ state }) => state === 'unstamped').length,
    renewalsDue: items.flatMap(({ stamps }) => stamps).filter(({ renewalDue }) => renewalDue)
      .length,
    clockOffsetMs: clockOffsetMs(session),
  };
}

/** Errors: NOT_FOUND. */
export function getStamp(session: Session, id: number): Output<'stamp.get'> {
  const row = session.trust.stamp(id);
  if (!row) throw new AppError('NOT_FOUND', `There is no stamp ${id}.`);
  return {
    stamp: toStampItem(session, row),
    tsrBase64: toBase64(new Uint8Array(row.tsr)),
    dataBase64: toBase64(new Uint8Array(row.data)),
    rootsPem: row.rootsPem,
  };
}

/**
 * Asks the authorities for what they have not stamped yet: everything, a kind, or one thing. Of checkpoints only the last
 * one unless named, since it covers those before it. Errors: NOT_FOUND, CONFLICT.
 */
export async function addStamps(
  session: Session,
  transport: Transport,
  { kind, subject }: ParsedInput<'stamp.add'>,
): Promise<Output<'stamp.add'>> {
  refuseWithoutAuthority(session);
  const all = signedThings(session).filter((signed) => kind === null || signed.kind === kind);
  const lastCheckpoint = all.findLast((signed) => signed.kind === 'checkpoint');
  const wanted = all.filter((signed) =>
    subject === null
      ? signed.sigstore !== null && (signed.kind !== 'checkpoint' || signed === lastCheckpoint)
      : signed.subject === subject,
  );
  if (subject !== null && wanted.length === 0)
    throw new AppError('NOT_FOUND', `Nothing signed has the name ${subject}. See \`stamp list\`.`);
  const failures: StampFailure[] = [];
  for (const signed of wanted) {
    if (signed.sigstore === null)
      throw new AppError(
        'CONFLICT',
        'A bundle is stamped when it is exported. Export it again to have it stamped.',
      );
    const result = await stampBundle(session, transport, signed.sigstore, signed);
    failures.push(...result.failures);
  }
  return { items: wanted.map((signed) => toItem(session, signed)), failures };
}
