import type { evidenceMethods } from '#shared/contract/evidence.ts';
import { discloseCanaries } from '../../services/bundle-disclose.ts';
import { exportBundle } from '../../services/bundle-export.ts';
import { previewBundle } from '../../services/bundle-preview.ts';
import {
  checkBundle,
  openBundleFolder,
  rescoreFolder,
  verificationPage,
  verifyFolder,
} from '../../services/bundle-verify.ts';
import { listCustody, proveCustody } from '../../services/custody.ts';
import { verifyAll } from '../../services/custody-verify.ts';
import { getEvidence, getSample } from '../../services/evidence.ts';
import { getReport } from '../../services/report.ts';
import type { Session } from '../../services/session.ts';
import { listBundles } from '../../services/timestamp.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function evidenceHandlers({
  workspace,
  audits,
  ports: { paths },
  transport,
}: HandlerServices): Pick<Handlers, keyof typeof evidenceMethods> {
  const open = (): Session => workspace.session();
  return {
    'evidence.get': ({ auditId }) =>
      getEvidence(open(), auditId, audits.get(open(), auditId).audit.state),
    'evidence.sample': (input) => getSample(open(), input),
    'report.get': (input) => getReport(open(), input),
    'bundle.export': (input) => exportBundle(open(), input, transport),
    'bundle.disclose': (input) => discloseCanaries(open(), input),
    'bundle.list': () => ({ bundles: listBundles(open()) }),
    'bundle.check': ({ bundleId }) => checkBundle(open(), bundleId),
    'bundle.preview': (input) => previewBundle(open(), input),
    'bundle.page': () => verificationPage(paths),
    'bundle.open': (input) => openBundleFolder(input, paths),
    'bundle.rescore': ({ path }) => rescoreFolder(path),
    'bundle.verify': (input) => verifyFolder(input, paths),
    'custody.list': (input) => listCustody(open(), input),
    'custody.verify': () => verifyAll(open()),
    'custody.proof': (input) => proveCustody(open(), input),
  };
}
