import type { evidenceMethods } from '#shared/contract/evidence.ts';
import { getEvidence, getSample } from '../../services/evidence/evidence.ts';
import { getReport } from '../../services/evidence/report.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function evidenceHandlers({
  workspace,
  audits,
}: HandlerServices): Pick<Handlers, keyof typeof evidenceMethods> {
  const open = (): Session => workspace.session();
  return {
    'evidence.get': ({ auditId }) =>
      getEvidence(open(), auditId, audits.get(open(), auditId).audit.state),
    'evidence.sample': (input) => getSample(open(), input),
    'report.get': (input) => getReport(open(), input),
  };
}
