import type { custodyMethods } from '#shared/contract/custody.ts';
import { listCustody, proveCustody } from '../../services/evidence/custody.ts';
import { verifyAll } from '../../services/evidence/custody-verify.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function custodyHandlers({
  workspace,
}: HandlerServices): Pick<Handlers, keyof typeof custodyMethods> {
  const open = (): Session => workspace.session();
  return {
    'custody.list': (input) => listCustody(open(), input),
    'custody.verify': () => verifyAll(open()),
    'custody.proof': (input) => proveCustody(open(), input),
  };
}
