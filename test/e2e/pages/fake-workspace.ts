import { AppError } from '#shared/contract/errors.ts';
import type { Output } from '#shared/contract/index.ts';
import { AT, type Emit, type FakeHandlers, type FakeState } from './fake-state.ts';

export function workspaceHandlers(state: FakeState, emit: Emit): FakeHandlers {
  const status = (): Output<'workspace.status'> => ({
    state: state.workspace,
    path: '/home/analyst/harbour-road',
    name: state.workspace === 'absent' ? null : state.name,
    createdUtc: state.workspace === 'absent' ? null : AT,
    version: '0.1.0',
    keyid:
      state.workspace === 'absent' ? null : 'SHA256:nT0yvX3u7mS5pA2kQ9hR1cE8wZ4jL6bV0dF7gH3iK2M',
    counts:
      state.workspace === 'unlocked'
        ? {
            canaries: state.canaries.length,
            targets: state.targets.length,
            audits: state.audits.length,
            exposures: state.exposures,
          }
        : null,
    running: state.audits
      .filter((audit) => audit.state === 'running')
      .map((audit) => audit.auditId),
    hazards: [],
  });
  return {
    'workspace.status': status,
    'vault.touch': () => ({ done: true }),
    'vault.status': () => ({
      state: state.workspace,
      heldByRun: false,
      keyId: state.workspace === 'unlocked' ? 1 : null,
      recovery: null,
      keychains: [],
      keychain: { available: true, about: 'secret-service' },
      autoLockMinutes: state.workspace === 'unlocked' ? 10 : null,
      locksWhenIdle: true,
      rotation: null,
    }),
    'workspace.create': ({ name }) => {
      state.workspace = 'unlocked';
      state.name = name;
      emit('workspace.changed', { state: 'unlocked' });
      return status();
    },
    'workspace.unlock': ({ passphrase }) => {
      if (passphrase !== 'correct horse battery')
        throw new AppError('WRONG_PASSPHRASE', 'This passphrase does not open the workspace.');
      state.workspace = 'unlocked';
      emit('workspace.changed', { state: 'unlocked' });
      return status();
    },
    'workspace.lock': () => {
      state.workspace = 'locked';
      emit('workspace.changed', { state: 'locked' });
      return { done: true };
    },
    'case.list': () => ({
      cases: [{ id: 'default', name: 'Default case', question: '', createdUtc: AT }],
    }),
    'secret.list': () => ({ secrets: state.secrets }),
    'secret.set': ({ name }) => {
      state.secrets = [...state.secrets.filter((s) => s.name !== name), { name, createdUtc: AT }];
      return { done: true };
    },
    'secret.remove': ({ name }) => {
      state.secrets = state.secrets.filter((s) => s.name !== name);
      return { done: true };
    },
  };
}
