import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';
import { derive } from '#shared/evidence/derive.ts';
import { DISCLOSURE, disclosureFiles } from '#shared/evidence/disclosure.ts';
import { FULL_PRESENTATION } from '#shared/evidence/presentation.ts';
import { evidenceDocument } from '../evidence/document.ts';
import { writeFolderDurably } from '../files.ts';
import type { Session } from '../workspace/session.ts';
import { exportFolder } from './export-folder.ts';

/**
 * Writes what opens the commitments of chosen canaries, to be handed over beside a public bag. Only canaries that this audit
 * has opened: of any other one the response is still to be kept secret. Errors: NOT_FOUND, CONFLICT, NOT_AVAILABLE_HERE.
 */
export async function discloseCanaries(
  session: Session,
  { auditId, canaries, out }: ParsedInput<'bundle.disclose'>,
): Promise<Output<'bundle.disclose'>> {
  if (out !== null && session.ports.runtime.host === 'loopback')
    throw new AppError(
      'NOT_AVAILABLE_HERE',
      'In browser mode disclosures are written below the workspace.',
    );
  const ids = new Set(canaries);
  const document = await evidenceDocument(session, {
    auditId,
    lab: '',
    analyst: '',
    presentation: FULL_PRESENTATION,
  });
  const opened = new Set(document.seals.map(({ canaryId }) => canaryId));
  const closed = [...ids].filter((id) => !opened.has(id));
  if (closed.length > 0)
    throw new AppError(
      'NOT_FOUND',
      `This audit has not opened ${closed.slice(0, 3).join(', ')}. Only opened canaries can be disclosed.`,
    );
  const files = disclosureFiles(document, derive(document), ids);
  const id = session.ports.random.uuid();
  const path = exportFolder(session, out, id);
  // What leaves the vault stands in the log before it does.
  session.transaction(() => {
    for (const canary of ids)
      session.record('canary.revealed', { audit: auditId, canary, disclosure: id });
  });
  writeFolderDurably(path, files);
  const exchanges = new TextDecoder().decode(files.get(DISCLOSURE.exchanges)).split('\n').length;
  return { path, canaries: ids.size, exchanges: exchanges - 1, files: files.size };
}
