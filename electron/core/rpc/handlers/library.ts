import type { libraryMethods } from '#shared/contract/library.ts';
import {
  exportCanaries,
  getCanary,
  importCanaries,
  listCanaries,
  restoreCanaries,
  retireCanaries,
  revealCanary,
} from '../../services/library.ts';
import {
  commitRegistry,
  drawRegistry,
  listRegistries,
  plantingKit,
} from '../../services/registry.ts';
import type { Session } from '../../services/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function libraryHandlers({
  workspace,
  events,
}: HandlerServices): Pick<Handlers, keyof typeof libraryMethods> {
  const open = (): Session => workspace.session();
  const changedLibrary = <T>(result: T): T => {
    events.emit('library.changed', {});
    return result;
  };
  return {
    'canary.list': (input) => listCanaries(open(), input),
    'canary.get': ({ id }) => getCanary(open(), id),
    'canary.reveal': ({ id }) => revealCanary(open(), id),
    'canary.import': (input) => changedLibrary(importCanaries(open(), input)),
    'canary.export': (input) => exportCanaries(open(), input),
    'canary.retire': ({ ids }) => changedLibrary(retireCanaries(open(), ids)),
    'canary.restore': ({ ids }) => changedLibrary(restoreCanaries(open(), ids)),
    'registry.list': () => listRegistries(open()),
    'registry.commit': async (input) => changedLibrary(await commitRegistry(open(), input)),
    'registry.draw': (input) => changedLibrary(drawRegistry(open(), input)),
    'registry.kit': (input) => changedLibrary(plantingKit(open(), input)),
  };
}
