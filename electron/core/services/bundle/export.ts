import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { sealBag } from '#shared/evidence/bag.ts';
import { sha256Hex } from '#shared/evidence/bytes.ts';
import { type Files, factsOf } from '#shared/evidence/content.ts';
import { ATTACHED, MANIFEST } from '#shared/evidence/layout.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { verifyStamps } from '#shared/evidence/verify-time.ts';
import type { BundleRow } from '../../db/workspace-store.ts';
import type { Transport } from '../../endpoints/types.ts';
import { attachedFiles, contentOf } from '../evidence/report.ts';
import { reportPdf } from '../evidence/report-pdf.ts';
import { writeFolderDurably } from '../files.ts';
import { bundleRoots, stampBag, trustFiles } from '../timestamp/bag.ts';
import { listBundles, stampedCheckpoint } from '../timestamp/timestamp.ts';
import type { Session } from '../workspace/session.ts';
import { exportFolder } from './export-folder.ts';

/** What does not verify, the time stamps under their authorities' roots included, is never written. Errors: INTEGRITY. */
async function refuseUnverified(
  session: Session,
  files: Files,
  { bundleId, publicKeyPem }: { readonly bundleId: string; readonly publicKeyPem: string },
): Promise<void> {
  const tsaRootsPem = bundleRoots(session, bundleId);
  const checks = [
    ...verifyBag(files, { publicKeyPem }).checks,
    ...(await verifyStamps(files, tsaRootsPem === null ? {} : { tsaRootsPem })),
  ];
  const failed = checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
  if (failed.length > 0)
    throw new AppError(
      'INTEGRITY',
      `The bundle does not verify and was not written. Failed: ${failed.join(', ')}.`,
      { failed },
    );
}

/**
 * Writes and verifies the signed bundle. Two exports of one audit are two reports with their own ids, both in the custody
 * log. Errors: NOT_FOUND, CONFLICT (also a folder that cannot be written), INTEGRITY, NOT_AVAILABLE_HERE, BAD_INPUT.
 */
export async function exportBundle(
  session: Session,
  input: ParsedInput<'bundle.export'>,
  transport: Transport,
): Promise<Output<'bundle.export'>> {
  if (input.out !== null && session.ports.runtime.host === 'loopback')
    throw new AppError(
      'NOT_AVAILABLE_HERE',
      'In browser mode bundles are written below the workspace.',
    );
  // Without a key that may sign, the report stays a draft.
  const signer = session.signer();
  if (session.audits.audit(input.auditId))
    session.transaction(() =>
      session.record('report.signed', { audit: input.auditId, profile: input.profile }),
    );
  const content = await contentOf(session, input, () => stampedCheckpoint(session, transport));
  const { reportId, createdUtc, signerPublicKeyPem } = content.head;
  // Refused before anything is signed.
  const path = exportFolder(session, input.out, reportId);
  const { files: attached, warnings } = attachedFiles(session);
  for (const [path, bytes] of await trustFiles(session, content.files)) attached.set(path, bytes);
  if (input.pdf) {
    const pdf = await reportPdf(factsOf(content, attached));
    attached.set(ATTACHED.pdf, pdf.bytes);
    warnings.push(...pdf.warnings);
  }
  const files = await sealBag(content, signer, attached);
  const bundleId = session.ports.random.uuid();
  warnings.push(...(await stampBag(session, transport, files, bundleId)));
  await refuseUnverified(session, files, { bundleId, publicKeyPem: signerPublicKeyPem });
  // From here on nothing waits: what is written below is in the log, or it is not written.
  session.refuseLocked();
  writeFolderDurably(path, files);
  const item: BundleRow = {
    bundleId,
    auditId: input.auditId,
    path,
    profile: input.profile,
    reportId,
    files: files.size,
    manifestSha256: sha256Hex(files.get(MANIFEST) ?? new Uint8Array()),
    createdUtc,
  };
  session.transaction(() => {
    session.workspaces.addBundle(item);
    session.record('report.exported', {
      audit: input.auditId,
      bundle: item.bundleId,
      report: reportId,
      profile: input.profile,
      manifest_sha256: item.manifestSha256,
    });
  });
  const stamp = listBundles(session).find((one) => one.bundleId === bundleId)?.stamp ?? null;
  return { ...item, stamp, warnings };
}
