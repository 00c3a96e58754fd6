import type { BundleItem } from '#shared/contract/bundle.ts';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import type { StampItem } from '#shared/contract/trust.ts';
import { sha256, toHex } from '#shared/evidence/bytes.ts';
import { readBundle, withStamps } from '#shared/evidence/dsse.ts';
import type { TimestampFacts } from '#shared/evidence/timestamp.ts';
import type { StampKind, StampRow } from '../../db/trust-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { Session } from '../workspace/session.ts';
import { authorityOf } from './authority.ts';
import { requestStamp, StampRefused } from './client.ts';

const DAY_MS = 86_400_000;
/** Before the end of an authority's certificate (EVIDENCE 1.2 point 6). */
const RENEW_BEFORE_MS = 90 * DAY_MS;

const EVENTS = {
  registration: 'registry.stamped',
  'plan-seal': 'plan.stamped',
  checkpoint: 'custody.stamped',
  key: 'key.stamped',
  bundle: 'report.stamped',
  stamp: 'stamp.renewed',
} as const satisfies Record<StampKind, string>;

type FirstStamp = BundleItem['stamp'];

/** What is stamped, by the words of the product. */
export interface StampSubject {
  readonly kind: StampKind;
  readonly subject: string;
}

export type StampFailure = Output<'stamp.add'>['failures'][number];

interface Asked {
  readonly stamps: readonly StampRow[];
  readonly failures: readonly StampFailure[];
}

/** Has every authority stamp `data` that has not stamped it yet. A refusal is recorded and returned, never thrown. */
export async function stampData(
  session: Session,
  transport: Transport,
  about: StampSubject & { readonly data: Uint8Array; readonly timeoutMs?: number },
): Promise<Asked> {
  const over = sha256(about.data);
  const done = new Set(session.trust.stampsOver(over).map(({ authority }) => authority));
  const missing = session.trust.authorities().filter(({ name }) => !done.has(name));
  const failures = await Promise.all(
    missing.map(async (row): Promise<StampFailure[]> => {
      const authority = authorityOf(row);
      try {
        const { tsr, nonce, facts } = await requestStamp(session, transport, {
          authority,
          data: about.data,
          ...(about.timeoutMs === undefined ? {} : { timeoutMs: about.timeoutMs }),
        });
        keep(session, {
          ...about,
          over,
          authority: row.name,
          rootsPem: row.rootsPem,
          tsr,
          nonce,
          facts,
        });
        return [];
      } catch (error) {
        if (!(error instanceof StampRefused) && !(error instanceof AppError)) throw error;
        return [refused(session, about, { authority: row.name, message: error.message })];
      }
    }),
  );
  return { stamps: session.trust.stampsOver(over), failures: failures.flat() };
}

interface Received extends StampSubject {
  readonly data: Uint8Array;
  readonly over: Uint8Array;
  readonly authority: string;
  readonly rootsPem: string;
  readonly tsr: Uint8Array;
  readonly nonce: Uint8Array;
  readonly facts: TimestampFacts;
}

function keep(session: Session, received: Received): void {
  const { kind, subject, authority, facts, over, data, tsr, nonce, rootsPem } = received;
  const tsrSha256 = sha256(tsr);
  session.transaction(() => {
    session.trust.addStamp({
      ...{ over, data, kind, subject, authority, tsr, tsrSha256, nonce, rootsPem },
      facts: JSON.stringify(facts),
      createdUtc: session.nowUtc(),
    });
    session.record(EVENTS[kind], {
      subject,
      authority,
      gen_utc: facts.genTime,
      policy: facts.policy,
      over_sha256: toHex(over),
      tsr_sha256: toHex(tsrSha256),
    });
  });
}

function refused(
  session: Session,
  { kind, subject }: StampSubject,
  { authority, message }: { readonly authority: string; readonly message: string },
): StampFailure {
  session.transaction(() =>
    session.record('stamp.refused', { of: kind, subject, authority, reason: message }),
  );
  return { kind, subject, authority, message };
}

/** Stamps the signature of a Sigstore bundle and returns the bundle with every stamp over it. */
export async function stampBundle(
  session: Session,
  transport: Transport,
  sigstore: Uint8Array,
  about: StampSubject & { readonly timeoutMs?: number },
): Promise<{
  readonly sigstore: Uint8Array;
  readonly stamps: readonly StampItem[];
  readonly failures: readonly StampFailure[];
}> {
  const { signature } = readBundle(sigstore);
  const { failures } = await stampData(session, transport, { ...about, data: signature });
  return {
    sigstore: withKnownStamps(session, sigstore),
    stamps: stampsOf(session, sigstore),
    failures,
  };
}

const rowsOver = (session: Session, sigstore: Uint8Array): StampRow[] =>
  session.trust.stampsOver(sha256(readBundle(sigstore).signature));

/** A signed statement with every stamp that the workspace has over its signature, the earliest first. */
export function withKnownStamps(session: Session, sigstore: Uint8Array): Uint8Array {
  const rows = rowsOver(session, sigstore);
  // The first ones: they show the earliest time.
  return withStamps(
    sigstore,
    rows.slice(0, 16).map(({ tsr }) => new Uint8Array(tsr)),
  );
}

/** The earliest of these stamps for people and screens. */
function earliest(rows: readonly StampRow[]): FirstStamp {
  const [first] = rows
    .map(({ authority, facts }) => {
      const { signer, genTime } = JSON.parse(facts) as TimestampFacts;
      return { authority, signer, utc: genTime };
    })
    .sort((a, b) => a.utc.localeCompare(b.utc));
  return first ?? null;
}

/** Who stamped a signed statement first, and when; null while it is unstamped. */
export const firstStampOver = (session: Session, sigstore: Uint8Array): FirstStamp =>
  earliest(rowsOver(session, sigstore));

/** The bundles of this workspace, each with its first stamp. */
export function listBundles(session: Session): BundleItem[] {
  const stamps = Map.groupBy(
    session.trust.stamps().filter(({ kind }) => kind === 'bundle'),
    ({ subject }) => subject,
  );
  return session.workspaces
    .bundles()
    .map((row) => ({ ...row, stamp: earliest(stamps.get(row.bundleId) ?? []) }));
}

/** SHA-256 of the first stamp over a statement, hex; null while it is unstamped. */
export function firstStampSha256(session: Session, sigstore: Uint8Array): string | null {
  const [first] = rowsOver(session, sigstore);
  return first === undefined ? null : toHex(first.tsrSha256);
}

/** The stamps over a signed statement as people see them. */
export const stampsOf = (session: Session, sigstore: Uint8Array): StampItem[] =>
  rowsOver(session, sigstore).map((row) => toStampItem(session, row));

export function toStampItem(session: Session, row: StampRow): StampItem {
  const facts = JSON.parse(row.facts) as TimestampFacts;
  const newer = session.trust.stampsOver(row.tsrSha256);
  const leftMs = Date.parse(facts.signerNotAfter) - session.ports.clock.nowMs();
  return {
    id: row.id,
    authority: row.authority,
    genTime: facts.genTime,
    accuracyMs: facts.accuracyMs,
    policy: facts.policy,
    signer: facts.signer,
    tsrSha256: toHex(row.tsrSha256),
    certificateEnds: facts.signerNotAfter,
    renewalDue: newer.length === 0 && leftMs < RENEW_BEFORE_MS,
    renewedBy: newer.map(({ id }) => id),
  };
}

/** Signs the custody log as it stands and has the checkpoint stamped. Errors: those of the signing key. */
export async function stampedCheckpoint(
  session: Session,
  transport: Transport,
  options: { readonly timeoutMs?: number } = {},
): Promise<{ readonly lines: Uint8Array[]; readonly sigstore: Uint8Array }> {
  const { lines, sigstore } = await session.checkpoint();
  const about = { kind: 'checkpoint', subject: String(lines.length), ...options } as const;
  const stamped = await stampBundle(session, transport, sigstore, about);
  return { lines, sigstore: stamped.sigstore };
}

/** Puts a new stamp over older ones whose certificate ends soon, so that they still count after it has ended. */
export async function renewStamps(
  session: Session,
  transport: Transport,
  { all }: ParsedInput<'stamp.renew'>,
): Promise<Output<'stamp.renew'>> {
  refuseWithoutAuthority(session);
  const rows = session.trust
    .stamps()
    .map((row) => ({ row, item: toStampItem(session, row) }))
    .filter(({ item }) => (all ? item.renewedBy.length === 0 : item.renewalDue));
  let renewed = 0;
  const failures: StampFailure[] = [];
  for (const { row } of rows) {
    const about = {
      kind: 'stamp',
      subject: String(row.id),
      data: new Uint8Array(row.tsr),
    } as const;
    const result = await stampData(session, transport, about);
    if (result.stamps.length > 0) renewed += 1;
    failures.push(...result.failures);
  }
  return { renewed, failures };
}

/** Errors: CONFLICT while nobody can be asked. */
export function refuseWithoutAuthority(session: Session): void {
  if (session.trust.authorities().length === 0)
    throw new AppError(
      'CONFLICT',
      'No time-stamping authority is configured. Add one with `trapstreet authority add`.',
    );
}

/** The last measured difference between an authority's clock and this machine's, for the signed predicate. */
export function clockOffsetMs(session: Session): number | null {
  const [row] = session.custodyRows.page({ kind: 'clock.checked', offset: 0, limit: 1 });
  if (row === undefined) return null;
  const { data } = JSON.parse(row.line.toString('utf8')) as { data: { offset_ms: number } };
  return data.offset_ms;
}
