import type { bundleMethods } from '#shared/contract/bundle.ts';
import { discloseCanaries } from '../../services/bundle/disclose.ts';
import { exportBundle } from '../../services/bundle/export.ts';
import { previewBundle } from '../../services/bundle/preview.ts';
import {
  checkBundle,
  openBundleFolder,
  rescoreFolder,
  verificationPage,
  verifyFolder,
} from '../../services/bundle/verify.ts';
import { listBundles } from '../../services/timestamp/timestamp.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function bundleHandlers({
  workspace,
  ports: { paths },
  transport,
}: HandlerServices): Pick<Handlers, keyof typeof bundleMethods> {
  const open = (): Session => workspace.session();
  return {
    'bundle.export': (input) => exportBundle(open(), input, transport),
    'bundle.disclose': (input) => discloseCanaries(open(), input),
    'bundle.list': () => ({ bundles: listBundles(open()) }),
    'bundle.check': ({ bundleId }) => checkBundle(open(), bundleId),
    'bundle.preview': (input) => previewBundle(open(), input),
    'bundle.page': () => verificationPage(paths),
    'bundle.open': (input) => openBundleFolder(input, paths),
    'bundle.rescore': ({ path }) => rescoreFolder(path),
    'bundle.verify': (input) => verifyFolder(input, paths),
  };
}
