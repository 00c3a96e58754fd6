import { sealBag, tagFiles } from '#shared/evidence/bag.ts';
import { utf8 } from '#shared/evidence/bytes.ts';
import { contentFor } from '#shared/evidence/content.ts';
import type { EvidenceDocument, Profile } from '#shared/evidence/document.ts';
import { readBundle, withStamps } from '#shared/evidence/dsse.ts';
import { ATTACHED, STATEMENT, TAG_MANIFEST } from '#shared/evidence/layout.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { timestampRequest } from '#shared/evidence/timestamp-request.ts';
import { renewalsFile } from '#shared/evidence/verify-time.ts';
import { VERSION } from '#shared/util/version.ts';
import { type Authority, makeAuthority } from '../helpers/timestamp-authority.ts';
import { type Honest, type HonestOptions, honestDocument } from './honest-document.ts';

const NONCE = new Uint8Array(16).fill(7);

/** What a real authority (openssl) answers for these bytes. */
export function stampOver(authority: Authority, data: Uint8Array): Uint8Array {
  return new Uint8Array(authority.reply(timestampRequest(data, NONCE)));
}

const stamped = (authority: Authority, sigstore: Uint8Array): Uint8Array =>
  withStamps(sigstore, [stampOver(authority, readBundle(sigstore).signature)]);

export interface StampedBag {
  readonly files: Map<string, Uint8Array>;
  readonly honest: Honest;
  readonly authority: Authority;
}

/** An honest bag whose registrations, plan seal, checkpoint and statement are stamped, with a renewal of the seal's stamp. */
export async function stampedBag(
  overrides: Partial<HonestOptions> = {},
  { profile = 'internal', version = VERSION }: { profile?: Profile; version?: string } = {},
): Promise<StampedBag> {
  const authority = makeAuthority('ec');
  const { document: bare, signer } = await honestDocument(overrides);
  const document: EvidenceDocument = {
    ...bare,
    tool: { ...bare.tool, version },
    registrations: bare.registrations.map((one) => ({
      ...one,
      registrationSigstore: stamped(authority, one.registrationSigstore),
    })),
    plan: { ...bare.plan, sealSigstore: stamped(authority, bare.plan.sealSigstore) },
    custody: {
      ...bare.custody,
      checkpointSigstore: stamped(authority, bare.custody.checkpointSigstore),
    },
  };
  const [over] = readBundle(document.plan.sealSigstore).stamps;
  if (over === undefined) throw new Error('the seal has no stamp');
  const files = await sealBag(
    contentFor(document, profile),
    signer,
    new Map([
      [ATTACHED.roots, utf8(authority.rootPem)],
      [ATTACHED.renewals, renewalsFile([{ over, tsr: stampOver(authority, over) }])],
    ]),
  );
  const statement = files.get(STATEMENT) ?? new Uint8Array();
  files.set(STATEMENT, stamped(authority, statement));
  files.set(TAG_MANIFEST, manifestBytes(tagFiles(files)));
  return { files, honest: { document, signer }, authority };
}
