import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tagFiles } from '#shared/evidence/bag.ts';
import { sha256Hex, toHex, utf8 } from '#shared/evidence/bytes.ts';
import type { Files } from '#shared/evidence/content.ts';
import { readBundle } from '#shared/evidence/dsse.ts';
import { ATTACHED, PUBLIC_KEY, STATEMENT, TAG_MANIFEST } from '#shared/evidence/layout.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { spkiToPem } from '#shared/evidence/spki.ts';
import { renewalsFile } from '#shared/evidence/verify-time.ts';
import type { Transport } from '../../endpoints/types.ts';
import { keyHistoryBytes } from '../evidence/signing-key.ts';
import type { Session } from '../workspace/session.ts';
import { stampBundle } from './timestamp.ts';

/** What a bag of these data carries about keys and stamps beside the stamps themselves. */
export async function trustFiles(session: Session, data: Files): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>([[ATTACHED.keys, await keyHistoryBytes(session)]]);
  const roots = rootsOf(session);
  if (roots !== '') files.set(ATTACHED.roots, utf8(roots));
  const renewals = renewalsOf(session, data);
  if (renewals.length > 0) files.set(ATTACHED.renewals, renewalsFile(renewals));
  return files;
}

/** The renewals of the stamps that these data hold, and of those renewals. */
function renewalsOf(session: Session, data: Files) {
  const carried = new Set(
    [...data]
      .filter(([path]) => path.endsWith('.sigstore.json'))
      .flatMap(([, bytes]) => readBundle(bytes).stamps.map(sha256Hex)),
  );
  return session.trust.stamps().flatMap(({ kind, over, data: older, tsr, tsrSha256 }) => {
    if (kind !== 'stamp' || !carried.has(toHex(over))) return [];
    carried.add(toHex(tsrSha256));
    return [{ over: new Uint8Array(older), tsr: new Uint8Array(tsr) }];
  });
}

/** The roots of every authority that is configured or has stamped something, each text once. */
const rootsOf = (session: Session): string =>
  [
    ...new Set(
      [...session.trust.authorities(), ...session.trust.stamps()].map(
        ({ rootsPem }) => `${rootsPem.replaceAll('\r\n', '\n').trim()}\n`,
      ),
    ),
  ].join('');

/** Has the statement of a sealed bag stamped; returns warnings where that was not to be had. */
export async function stampBag(
  session: Session,
  transport: Transport,
  files: Map<string, Uint8Array>,
  bundleId: string,
): Promise<string[]> {
  const statement = files.get(STATEMENT);
  if (statement === undefined) return [];
  const about = { kind: 'bundle', subject: bundleId } as const;
  const { sigstore, stamps, failures } = await stampBundle(session, transport, statement, about);
  files.set(STATEMENT, sigstore);
  files.set(TAG_MANIFEST, manifestBytes(tagFiles(files)));
  return [
    ...failures.map(
      ({ authority, message }) => `${authority} did not stamp the report: ${message}.`,
    ),
    ...(stamps.length === 0
      ? ['UNSTAMPED: no authority has stamped this report; its time is your word alone.']
      : []),
  ];
}

/** What this workspace itself trusts for a bundle of its own: the key of then, and the authorities of then. */
export function trustedHere(
  session: Session,
  folder: string,
): { readonly pem: string; readonly rootsPem: string | null } {
  const own = session.trust.keys().map(({ spki }) => spkiToPem(new Uint8Array(spki)));
  const pem = own.find((known) => known === signerIn(folder)) ?? own.at(-1) ?? '';
  const bundleId = session.workspaces.bundles().find(({ path }) => path === folder)?.bundleId;
  return { pem, rootsPem: bundleId === undefined ? null : bundleRoots(session, bundleId) };
}

/** Roots of the authorities that stamped a bundle of this workspace; null while it is unstamped. */
export function bundleRoots(session: Session, bundleId: string): string | null {
  const roots = session.trust
    .stamps()
    .filter(({ kind, subject }) => kind === 'bundle' && subject === bundleId)
    .map(({ rootsPem }) => rootsPem);
  return roots.length === 0 ? null : roots.join('\n');
}

function signerIn(folder: string): string | null {
  try {
    return readFileSync(join(folder, PUBLIC_KEY), 'utf8');
  } catch {
    return null;
  }
}
