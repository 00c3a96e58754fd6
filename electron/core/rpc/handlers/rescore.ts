import type { rescoreMethods } from '#shared/contract/rescore.ts';
import { listRescores, previewRescore } from '../../services/scoring/rescore.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function rescoreHandlers({
  workspace,
  rescore,
}: HandlerServices): Pick<Handlers, keyof typeof rescoreMethods> {
  return {
    'rescore.preview': (input) => previewRescore(workspace.session(), input),
    'rescore.start': (input) => rescore.start(workspace.session(), input),
    'rescore.get': ({ rescoreId }) => rescore.get(workspace.session(), rescoreId),
    'rescore.list': ({ auditId }) => listRescores(workspace.session(), auditId),
    'rescore.cancel': ({ rescoreId }) => rescore.cancel(rescoreId),
  };
}
