import { AppError } from '#shared/contract/errors.ts';
import { spkiToPem } from '#shared/evidence/spki.ts';
import type { Transport } from '../endpoints/types.ts';
import type { EventBus } from '../events.ts';
import type { AuditService } from '../services/audit.ts';
import { checkBundle, exportBundle, getReport, verifyFolder } from '../services/bundle.ts';
import { listCustody, verifyAll } from '../services/custody.ts';
import { getEvidence, getSample } from '../services/evidence.ts';
import type { LabService } from '../services/lab.ts';
import {
  exportCanaries,
  getCanary,
  importCanaries,
  listCanaries,
  restoreCanaries,
  retireCanaries,
  revealCanary,
} from '../services/library.ts';
import { checkPlan, getPlan, listPlans, sealPlan } from '../services/plan.ts';
import { commitRegistry, drawRegistry, listRegistries, plantingKit } from '../services/registry.ts';
import type { Session } from '../services/session.ts';
import type { SimilarityService } from '../services/similarity.ts';
import { runStats } from '../services/stats.ts';
import {
  addTarget,
  importTargets,
  listTargets,
  previewTarget,
  setTargetActive,
  testTarget,
} from '../services/target.ts';
import type { WorkspaceService } from '../services/workspace.ts';
import type { Handlers } from './dispatch.ts';

export interface HandlerServices {
  readonly workspace: WorkspaceService;
  readonly audits: AuditService;
  readonly lab: LabService;
  readonly similarity: SimilarityService;
  readonly transport: Transport;
  readonly events: EventBus;
}

const done = { done: true } as const;

/** The security inventory: one line a method, all of the contract, nothing beside it. */
export function createHandlers(services: HandlerServices): Handlers {
  const { workspace, audits, lab, similarity, transport, events } = services;
  const open = (): Session => workspace.session();
  const status = () => workspace.status(audits.running());
  const changedLibrary = <T>(result: T): T => {
    events.emit('library.changed', {});
    return result;
  };
  const changedTargets = <T>(result: T): T => {
    events.emit('target.changed', {});
    return result;
  };
  return {
    'workspace.status': () => status(),
    'workspace.create': async ({ name, passphrase }) => {
      await workspace.create(name, passphrase);
      return status();
    },
    'workspace.unlock': async ({ passphrase }) => {
      await workspace.unlock(passphrase);
      return status();
    },
    'workspace.lock': () => {
      if (audits.running().length > 0)
        throw new AppError('CONFLICT', 'An audit is running. Pause or stop it before you lock.');
      workspace.lock();
      return done;
    },
    'case.list': () => ({ cases: open().workspaces.cases() }),
    'case.create': ({ id, name, question }) => {
      const session = open();
      const row = { id, name, question, createdUtc: session.nowUtc() };
      session.transaction(() => {
        if (!session.workspaces.addCase(row))
          throw new AppError('CONFLICT', `There is a case ${id} already.`);
        session.record('case.created', { case: id });
      });
      return row;
    },
    'key.show': () => {
      const signer = open().signer();
      return { keyid: signer.keyid, publicKeyPem: spkiToPem(signer.publicKeySpkiDer) };
    },
    'secret.list': () => ({ secrets: open().workspaces.secrets() }),
    'secret.set': ({ name, value }) => {
      const session = open();
      session.transaction(() => {
        const cell = session.vault.seal('secret', name, 'value_cell', Buffer.from(value, 'utf8'));
        session.workspaces.setSecret(name, cell, session.nowUtc());
        session.record('secret.set', { name });
      });
      return changedTargets(done);
    },
    'secret.remove': ({ name }) => {
      const session = open();
      session.transaction(() => {
        if (!session.workspaces.removeSecret(name))
          throw new AppError('NOT_FOUND', `The vault has no key named ${name}.`);
        session.record('secret.removed', { name });
      });
      return changedTargets(done);
    },
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
    'target.list': () => listTargets(open()),
    'target.add': (input) => changedTargets(addTarget(open(), input)),
    'target.import': (input) => changedTargets(importTargets(open(), input)),
    'target.remove': ({ name }) => changedTargets(setTargetActive(open(), name, false)),
    'target.restore': ({ name }) => changedTargets(setTargetActive(open(), name, true)),
    'target.preview': ({ target }) => previewTarget(target),
    'target.test': ({ name }) => testTarget(open(), transport, name),
    'plan.check': ({ text }) => checkPlan(open(), text),
    'plan.seal': async ({ text }) => sealPlan(open(), text),
    'plan.list': () => listPlans(open()),
    'plan.get': ({ planId }) => getPlan(open(), planId),
    'audit.start': ({ planId }) => audits.start(open(), planId),
    'audit.resume': ({ auditId }) => audits.resume(open(), auditId),
    'audit.pause': ({ auditId }) => audits.pause(open(), auditId),
    'audit.stop': ({ auditId }) => audits.stop(open(), auditId),
    'audit.list': () => audits.list(open()),
    'audit.get': ({ auditId }) => audits.get(open(), auditId),
    'audit.matrix': ({ auditId }) => audits.matrix(open(), auditId),
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
    'stats.run': (input) => runStats(input),
    'similarity.matrix': (input) => similarity.matrix(input),
    'similarity.teachers': (input) => similarity.teachers(input),
    'similarity.progress': () => similarity.progress(),
    'similarity.cancel': () => similarity.cancel(),
    'lab.canaries': (input) => lab.canaries(input),
    'lab.start': (input) => lab.start(input),
    'lab.status': () => lab.status(),
    'lab.stop': async () => {
      await lab.stop();
      return done;
    },
  };
}
