import type { vaultMethods } from '#shared/contract/vault.ts';
import { vaultStore } from '../../db/vault-store.ts';
import { attend } from '../../services/evidence/custody.ts';
import { scanResidue } from '../../services/vault/scan.ts';
import { createSlots, passphraseProof, recoveryProof } from '../../services/vault/slots.ts';
import { vaultStatus } from '../../services/vault/status.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

const done = { done: true } as const;

export function vaultHandlers({
  workspace,
  audits,
  ports,
  transport,
}: HandlerServices): Pick<Handlers, keyof typeof vaultMethods> {
  const slots = createSlots(workspace.keyFile, workspace.keychain);
  const open = () => workspace.session();
  const status = () => workspace.status(audits.running());
  return {
    'vault.status': () => vaultStatus(workspace, ports.runtime.host),
    // Every command counts as a sign of life; this one does nothing else.
    'vault.touch': () => done,
    'vault.unlockWithRecovery': async ({ code }) => {
      await workspace.unlock(recoveryProof(code));
      await attend(open(), transport);
      return status();
    },
    'vault.unlockWithKeychain': async () => {
      await workspace.unlockWithKeychain();
      await attend(open(), transport);
      return status();
    },
    'vault.changePassphrase': async ({ passphrase, code, newPassphrase }) => {
      const proof =
        passphrase === undefined ? recoveryProof(code ?? '') : passphraseProof(passphrase);
      await slots.changePassphrase(open(), proof, newPassphrase);
      return done;
    },
    'vault.createRecovery': async ({ passphrase }) => ({
      code: await slots.createRecovery(open(), passphrase),
    }),
    'vault.revokeRecovery': () => {
      slots.revokeRecovery(open());
      return done;
    },
    'vault.enableKeychain': async ({ passphrase }) => ({
      backend: await slots.enableKeychain(open(), passphrase),
    }),
    'vault.disableKeychain': async () => {
      await slots.disableKeychain(open());
      return done;
    },
    'vault.setAutoLock': ({ minutes }) => {
      const session = open();
      session.transaction(() => {
        vaultStore(session.db).setAutoLock(minutes);
        session.record('autolock.set', { minutes });
      });
      return done;
    },
    'vault.rotate': ({ passphrase }) => workspace.rotate(passphrase),
    'vault.scan': ({ also }) => scanResidue(open(), workspace.folder, also),
  };
}
