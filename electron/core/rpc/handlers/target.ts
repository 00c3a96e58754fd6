import type { targetMethods } from '#shared/contract/target.ts';
import { parameterTable } from '../../services/target/parameters.ts';
import { previewTarget, wayTo } from '../../services/target/preview.ts';
import { planProbe, probeTarget } from '../../services/target/probe.ts';
import { recogniseTarget } from '../../services/target/recognise.ts';
import {
  addTarget,
  getTarget,
  importTargets,
  listTargets,
  setTargetActive,
} from '../../services/target/target.ts';
import { testTarget, tryTarget } from '../../services/target/test.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function targetHandlers({
  workspace,
  system,
  transport,
  ports,
  events,
}: HandlerServices): Pick<Handlers, keyof typeof targetMethods> {
  const open = (): Session => workspace.session();
  const changedTargets = <T>(result: T): T => {
    events.emit('target.changed', {});
    return result;
  };
  return {
    'target.list': () => listTargets(open()),
    'target.get': ({ name }) => getTarget(open(), name),
    'target.add': (input) => changedTargets(addTarget(open(), input)),
    'target.import': (input) => changedTargets(importTargets(open(), input)),
    'target.remove': ({ name }) => changedTargets(setTargetActive(open(), name, false)),
    'target.restore': ({ name }) => changedTargets(setTargetActive(open(), name, true)),
    'target.preview': async ({ target }) => ({
      ...previewTarget(target),
      way: await wayTo(system, target),
    }),
    'target.parameters': (input) => parameterTable(open(), input),
    'target.recognise': ({ text }) => recogniseTarget(ports.paths.resources, text),
    'target.test': async (input) => changedTargets(await testTarget(open(), transport, input)),
    'target.try': (input) => tryTarget(ports, input),
    'target.probePlan': (input) => planProbe(open(), input),
    'target.probe': async (input) => changedTargets(await probeTarget(open(), transport, input)),
  };
}
