import { estimatedTokens, type TokenCount } from '#shared/domain/cost.ts';
import { type Identity, identityOf, joinIdentity } from '#shared/domain/identity.ts';
import { serverTimeMs } from '#shared/domain/retry.ts';
import type { ReadResult } from '#shared/wire/types.ts';
import type { Session } from '../workspace/session.ts';
import type { StoredExchange } from './attempts.ts';

/** What an exchange says beside its answer. */
export interface Observation {
  /** Who the answer says has answered; null where no answer came. */
  readonly identity: Identity | null;
  /** SHA-256 of the server's certificate; null without TLS. */
  readonly certificate: string | null;
  /** Null: nothing was answered that could be billed. */
  readonly tokens: TokenCount | null;
  /** The server's clock minus ours, in milliseconds; null where it gives no date. */
  readonly clockOffsetMs: number | null;
  /** Keyed hash of the answer: equal for equal texts, and telling nothing else. */
  readonly answerTag: string | null;
}

/**
 * Tokens as reported; estimated by length where nobody reports them; null where the server refused the question. One
 * that a killed process left without a result may have been sent and billed.
 */
function tokensOf(stored: StoredExchange, reading: ReadResult | null): TokenCount | null {
  const estimate = {
    prompt: estimatedTokens(stored.request.body.length),
    completion: estimatedTokens(reading?.ok ? reading.text.length : stored.body.length),
  };
  if (reading === null) return { ...estimate, basis: 'estimated' };
  if (reading.ok) {
    const { usage } = reading;
    if (usage === null || (usage.promptTokens === null && usage.completionTokens === null))
      return { ...estimate, basis: 'estimated' };
    const prompt = usage.promptTokens ?? estimate.prompt;
    const completion =
      usage.completionTokens ??
      (usage.totalTokens === null ? estimate.completion : Math.max(0, usage.totalTokens - prompt));
    const isWhole =
      usage.promptTokens !== null &&
      (usage.completionTokens !== null || usage.totalTokens !== null);
    return { prompt, completion, basis: isWhole ? 'reported' : 'estimated' };
  }
  const { facts } = stored;
  const wasRefused = (facts?.response?.status ?? 0) >= 400 || facts?.requestSent === false;
  // A question that timed out or broke off may be billed all the same.
  return wasRefused ? null : { ...estimate, basis: 'estimated' };
}

/** Reads an observation off a stored exchange. */
export function observationOf(
  session: Session,
  stored: StoredExchange,
  reading: ReadResult | null,
): Observation {
  const { facts } = stored;
  const hereMs = Date.parse(String(facts?.times.firstByteAt ?? facts?.times.endAt ?? ''));
  const servedMs = Number.isNaN(hereMs)
    ? null
    : serverTimeMs(facts?.response?.headers ?? [], hereMs);
  const fingerprint = facts?.tls?.fingerprint256;
  return {
    identity: reading?.ok ? identityOf(reading) : null,
    certificate: typeof fingerprint === 'string' ? fingerprint : null,
    tokens: tokensOf(stored, reading),
    clockOffsetMs: servedMs === null ? null : servedMs - hereMs,
    answerTag: reading?.ok ? session.vault.fingerprint(reading.text.toWellFormed()) : null,
  };
}

interface StoredIdentity {
  readonly identity: Identity;
  /** The certificate last seen, beside the identity and not part of it. */
  readonly certificate: string | null;
  /** Certificates that differed from the one before, since the audit began. */
  readonly certificateChanges: number;
}

/** Stores an observation, and a new segment where the identity changed. Call it inside the transaction of the outcome. */
export function storeObservation(
  session: Session,
  attempt: { readonly id: string; readonly auditId: string; readonly target: string },
  seen: Observation,
): void {
  const segment =
    seen.identity && segmentFor(session, attempt, { ...seen, identity: seen.identity });
  session.attempts.insertObserved({
    attemptId: attempt.id,
    segment,
    promptTokens: seen.tokens?.prompt ?? null,
    completionTokens: seen.tokens?.completion ?? null,
    tokensBasis: seen.tokens?.basis ?? null,
    clockOffsetMs: seen.clockOffsetMs,
    answerTag: seen.answerTag,
  });
}

function segmentFor(
  session: Session,
  attempt: { readonly id: string; readonly auditId: string; readonly target: string },
  seen: Pick<StoredIdentity, 'identity' | 'certificate'>,
): number {
  const { auditId, target } = attempt;
  const put = (number: number, value: StoredIdentity): number => {
    const row = segmentRow(auditId, target, number);
    const { cell, sha256 } = session.cells.sealJson('segment', row, 'identity_cell', value);
    session.attempts.putSegment({
      auditId,
      target,
      number,
      cell,
      sha256,
      startedUtc: session.nowUtc(),
    });
    return number;
  };
  const last = session.attempts.lastSegment(auditId, target);
  if (!last) return put(1, { ...seen, certificateChanges: 0 });
  const known = openIdentity(session, { auditId, target, ...last });
  const joined = joinIdentity(known.identity, seen.identity);
  const certificate = seen.certificate ?? known.certificate;
  const isNewCertificate = known.certificate !== null && certificate !== known.certificate;
  const isNewIdentity = joined.changed.length > 0;
  const number = last.number + (isNewIdentity ? 1 : 0);
  if (isNewIdentity || isNewCertificate)
    session.record('target.identity-changed', {
      audit: auditId,
      target,
      attempt: attempt.id,
      segment: number,
      changed: [...joined.changed, ...(isNewCertificate ? ['certificate'] : [])],
    });
  const next = {
    identity: joined.identity,
    certificate,
    certificateChanges: known.certificateChanges + (isNewCertificate ? 1 : 0),
  };
  return JSON.stringify(next) === JSON.stringify(known) ? number : put(number, next);
}

const segmentRow = (auditId: string, target: string, number: number): string =>
  `${auditId}/${target}/${number}`;

/** The identity that a segment's cell holds. Errors: INTEGRITY. */
export function openIdentity(
  session: Session,
  at: {
    readonly auditId: string;
    readonly target: string;
    readonly number: number;
    readonly cell: Uint8Array;
  },
): StoredIdentity {
  const row = segmentRow(at.auditId, at.target, at.number);
  return session.cells.openJson('segment', row, 'identity_cell', at.cell) as StoredIdentity;
}
