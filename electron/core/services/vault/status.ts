import type { Output } from '#shared/contract/index.ts';
import { vaultStore } from '../../db/vault-store.ts';
import type { Runtime } from '../../ports.ts';
import type { KeyFile } from '../../security/key-file.ts';
import type { WorkspaceService } from '../workspace/workspace.ts';

/** Hosts that run on when nobody is there; a command of the command line ends. */
export const locksWhenIdle = (host: Runtime['host']): boolean => host !== 'cli';

/** What may be known of the vault without a key. */
export async function vaultStatus(
  workspace: WorkspaceService,
  host: Runtime['host'],
): Promise<Output<'vault.status'>> {
  const { state } = workspace.status([]);
  const rotation = workspace.rotation();
  const isOpen = state === 'unlocked' && rotation === null;
  const settings = isOpen ? vaultStore(workspace.session().db).settings() : null;
  const file = readable(workspace);
  const backend = await workspace.keychain.backend();
  const recovery = file?.slots.find((slot) => slot.type === 'recovery');
  return {
    state,
    heldByRun: workspace.isHeld(),
    keyId: settings?.keyId ?? null,
    recovery: recovery ? { createdUtc: recovery.createdUtc } : null,
    keychains: (file?.slots ?? [])
      .filter((slot) => slot.type === 'keychain')
      .map((slot) => ({
        backend: slot.backend,
        createdUtc: slot.createdUtc,
        here: backend.ok && backend.name === slot.backend,
      })),
    keychain: { available: backend.ok, about: backend.ok ? backend.name : backend.reason },
    autoLockMinutes: settings?.autoLockMinutes ?? null,
    locksWhenIdle: locksWhenIdle(host),
    rotation,
  };
}

/** A damaged key file is told by whoever unlocks. */
function readable({ keyFile }: WorkspaceService): KeyFile | null {
  try {
    return keyFile.read();
  } catch {
    return null;
  }
}
