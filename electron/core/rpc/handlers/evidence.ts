import type { evidenceMethods } from '#shared/contract/evidence.ts';
import { checkBundle, exportBundle, getReport, verifyFolder } from '../../services/bundle.ts';
import { listCustody, verifyAll } from '../../services/custody.ts';
import { getEvidence, getSample } from '../../services/evidence.ts';
import type { Session } from '../../services/session.ts';
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
    'bundle.export': (input) => exportBundle(open(), input),
    'bundle.list': () => ({ bundles: open().workspaces.bundles() }),
    'bundle.check': ({ bundleId }) => checkBundle(open(), bundleId),
    'bundle.verify': ({ path, publicKeyPem }) => verifyFolder(path, publicKeyPem),
    'custody.list': (input) => listCustody(open(), input),
    'custody.verify': () => verifyAll(open()),
  };
}
