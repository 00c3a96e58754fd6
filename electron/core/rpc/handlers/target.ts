import type { targetMethods } from '#shared/contract/target.ts';
import type { Session } from '../../services/session.ts';
import {
  addTarget,
  importTargets,
  listTargets,
  previewTarget,
  setTargetActive,
  testTarget,
} from '../../services/target.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function targetHandlers({
  workspace,
  transport,
  events,
}: HandlerServices): Pick<Handlers, keyof typeof targetMethods> {
  const open = (): Session => workspace.session();
  const changedTargets = <T>(result: T): T => {
    events.emit('target.changed', {});
    return result;
  };
  return {
    'target.list': () => listTargets(open()),
    'target.add': (input) => changedTargets(addTarget(open(), input)),
    'target.import': (input) => changedTargets(importTargets(open(), input)),
    'target.remove': ({ name }) => changedTargets(setTargetActive(open(), name, false)),
    'target.restore': ({ name }) => changedTargets(setTargetActive(open(), name, true)),
    'target.preview': ({ target }) => previewTarget(target),
    'target.test': ({ name }) => testTarget(open(), transport, name),
  };
}
