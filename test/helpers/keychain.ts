import type { Keychain } from '#core/ports.ts';
import { AppError } from '#shared/contract/errors.ts';

/** The port of a keychain, in memory: for what the core does with one. The real ones have tests of their own. */
export interface MemoryKeychain extends Keychain {
  readonly entries: Map<string, Uint8Array>;
  name: string | null;
}

export function memoryKeychain(): MemoryKeychain {
  const entries = new Map<string, Uint8Array>();
  const keychain: MemoryKeychain = {
    entries,
    name: 'memory',
    backend: async () =>
      keychain.name === null
        ? { ok: false, reason: 'There is no keychain.' }
        : { ok: true, name: keychain.name },
    store: async (account, secret) => {
      if (keychain.name === null) throw new AppError('KEYCHAIN_UNAVAILABLE', 'It is away.');
      entries.set(account, Uint8Array.from(secret));
    },
    load: async (account) => entries.get(account) ?? null,
    remove: async (account) => {
      entries.delete(account);
    },
  };
  return keychain;
}
