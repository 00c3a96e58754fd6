import type { libraryMethods } from '#shared/contract/library.ts';
import { addAdjudication, listAdjudications } from '../../services/evidence/adjudication.ts';
import { checkCanaries } from '../../services/library/check.ts';
import { generateCanaries, listTemplates } from '../../services/library/generate.ts';
import {
  exportCanaries,
  getCanary,
  importCanaries,
  listCanaries,
  restoreCanaries,
  retireCanaries,
  revealCanary,
} from '../../services/library/library.ts';
import {
  checkBeacon,
  configureBeacons,
  fetchBeacon,
  listBeacons,
} from '../../services/registry/beacon.ts';
import { registryExposure } from '../../services/registry/exposure.ts';
import { plantingKit } from '../../services/registry/kit.ts';
import { importLedger, listLedgers } from '../../services/registry/ledger.ts';
import { commitRegistry, drawRegistry, listRegistries } from '../../services/registry/registry.ts';
import { stampRegistration } from '../../services/timestamp/plan.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function libraryHandlers({
  workspace,
  events,
  transport,
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
    'canary.templates': () => listTemplates(open()),
    'canary.generate': (input) => changedLibrary(generateCanaries(open(), input)),
    'canary.check': (input) => checkCanaries(open(), input),
    'canary.retire': ({ ids }) => changedLibrary(retireCanaries(open(), ids)),
    'canary.restore': ({ ids }) => changedLibrary(restoreCanaries(open(), ids)),
    'registry.list': () => listRegistries(open()),
    'registry.commit': async (input) => {
      const item = await commitRegistry(open(), input);
      await stampRegistration(open(), transport, item.number);
      return changedLibrary(item);
    },
    'registry.draw': (input) => changedLibrary(drawRegistry(open(), input)),
    'registry.kit': (input) => changedLibrary(plantingKit(open(), input)),
    'registry.exposure': (input) => registryExposure(open(), input),
    'beacon.list': () => listBeacons(open()),
    'beacon.configure': (input) => changedLibrary(configureBeacons(open(), input)),
    'beacon.fetch': (input) => fetchBeacon(open(), transport, input),
    'beacon.check': (input) => checkBeacon(input),
    'ledger.import': (input) => changedLibrary(importLedger(open(), input)),
    'ledger.list': () => listLedgers(open()),
    'adjudication.add': (input) => {
      const added = addAdjudication(open(), input);
      events.emit('audit.changed', { auditId: input.auditId });
      return added;
    },
    'adjudication.list': (input) => listAdjudications(open(), input),
  };
}
