import { AppError } from '#shared/contract/errors.ts';
import type { workspaceMethods } from '#shared/contract/workspace.ts';
import { attend } from '../../services/evidence/custody.ts';
import type { Session } from '../../services/workspace/session.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

const done = { done: true } as const;

export function workspaceHandlers({
  workspace,
  audits,
  events,
  transport,
}: HandlerServices): Pick<Handlers, keyof typeof workspaceMethods> {
  const open = (): Session => workspace.session();
  const status = () => workspace.status(audits.running());
  const changedTargets = <T>(result: T): T => {
    events.emit('target.changed', {});
    return result;
  };
  return {
    'workspace.status': () => status(),
    'workspace.create': async ({ name, passphrase }) => {
      await workspace.create(name, passphrase);
      await attend(open(), transport);
      return status();
    },
    'workspace.unlock': async ({ passphrase }) => {
      await workspace.unlock({ kind: 'passphrase', passphrase });
      await attend(open(), transport);
      return status();
    },
    'workspace.lock': () => {
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
  };
}
