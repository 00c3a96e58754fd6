import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { type AuthorityDraft, type AuthorityItem, authorityDraft } from '#shared/contract/trust.ts';
import { EvidenceError } from '#shared/evidence/errors.ts';
import type { AuthorityRow } from '../../db/trust-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import type { Session } from '../workspace/session.ts';
import { requestStamp, StampRefused } from './client.ts';

/** The configuration of an authority as it was added. */
export function authorityOf(row: AuthorityRow): AuthorityDraft {
  const way: unknown = JSON.parse(row.way);
  return authorityDraft.parse({
    name: row.name,
    url: row.url,
    rootsPem: row.rootsPem,
    ...Object(way),
  });
}

async function toItem(row: AuthorityRow): Promise<AuthorityItem> {
  const { certificateSha256, readCertificates, subjectName } = await import(
    '#shared/evidence/timestamp-certificate.ts'
  );
  return {
    ...authorityOf(row),
    roots: readCertificates(row.rootsPem).map((root) => ({
      subject: subjectName(root),
      sha256: certificateSha256(root),
      notAfter: root.notAfter.value.toISOString(),
    })),
  };
}

export async function listAuthorities(session: Session): Promise<Output<'authority.list'>> {
  return { authorities: await Promise.all(session.trust.authorities().map(toItem)) };
}

/** Errors: IMPORT_REJECTED for roots that are none, CONFLICT for a URL that cannot be asked. */
export async function addAuthority(
  session: Session,
  input: ParsedInput<'authority.add'>,
): Promise<AuthorityItem> {
  const { name, url, rootsPem, ...way } = input;
  const { protocol, username, password, hash } = new URL(url);
  if (username !== '' || password !== '' || hash !== '')
    throw new AppError(
      'CONFLICT',
      'An authority’s URL holds no user name, password or #. Put `user:password` as base64 into the vault and name it as the key.',
    );
  if (protocol === 'http:' && !way.allowHttp)
    throw new AppError('CONFLICT', `${url} is plain http. Use https, or consent with allowHttp.`);
  const { assertRoots, readCertificates } = await import(
    '#shared/evidence/timestamp-certificate.ts'
  );
  try {
    assertRoots(readCertificates(rootsPem));
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new AppError(
      'IMPORT_REJECTED',
      `These are not root certificates: ${error.message}. Give the authority’s root as PEM.`,
    );
  }
  const row = {
    name,
    url,
    rootsPem,
    way: JSON.stringify(way),
    createdUtc: session.nowUtc(),
  };
  session.transaction(() => {
    session.trust.setAuthority(row);
    session.record('authority.added', { authority: name, url });
  });
  return toItem(row);
}

/** Errors: NOT_FOUND. */
export function removeAuthority(session: Session, name: string): Output<'authority.remove'> {
  session.transaction(() => {
    if (!session.trust.removeAuthority(name))
      throw new AppError('NOT_FOUND', `There is no authority ${name}.`);
    session.record('authority.removed', { authority: name });
  });
  return { done: true };
}

/** Errors: NOT_FOUND, TARGET_UNREACHABLE without an answer, INTEGRITY for a wrong one. */
export async function testAuthority(
  session: Session,
  transport: Transport,
  name: string,
): Promise<Output<'authority.test'>> {
  const row = session.trust.authorities().find((known) => known.name === name);
  if (!row) throw new AppError('NOT_FOUND', `There is no authority ${name}.`);
  try {
    const { facts, clock } = await requestStamp(session, transport, {
      authority: authorityOf(row),
      data: session.ports.random.bytes(32),
    });
    return {
      name,
      genTime: facts.genTime,
      policy: facts.policy,
      accuracyMs: facts.accuracyMs,
      signer: facts.signer,
      certificateEnds: facts.signerNotAfter,
      clockOffsetMs: clock.offsetMs,
      roundTripMs: clock.roundTripMs,
    };
  } catch (error) {
    if (!(error instanceof StampRefused)) throw error;
    throw new AppError(
      error.reached ? 'INTEGRITY' : 'TARGET_UNREACHABLE',
      `${name} gives no stamp that holds: ${error.message}.`,
    );
  }
}
