import type { AsyncEntry } from '@napi-rs/keyring';
import { AppError } from '#shared/contract/errors.ts';
import type { Keychain } from '../ports.ts';

const SERVICE = 'trapstreet';
/** The store may ask the person to unlock it. */
const TIMEOUT_MS = 60_000;

const BACKENDS: Readonly<Record<string, string>> = {
  linux: 'secret-service',
  darwin: 'keychain',
  win32: 'credential-manager',
};

const unavailable = (reason: string): AppError =>
  new AppError('KEYCHAIN_UNAVAILABLE', `The keychain cannot be used: ${reason}.`);

/**
 * The keychain of the operating system for processes without Electron. On Linux it is pinned to the Secret Service: left
 * alone, the library would fall back to the kernel keyring, which forgets everything at the next start (EVIDENCE 4.5).
 */
export function systemKeychain(platform: string = process.platform): Keychain {
  const backend = BACKENDS[platform];

  const using = async <T>(
    account: string,
    work: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>,
  ): Promise<T> => {
    if (backend === undefined) throw unavailable('this operating system has none that is known');
    try {
      // Loaded late: the native part is not needed by those who never use it.
      const { AsyncEntry: Entry } = await import('@napi-rs/keyring');
      const entry = new Entry(SERVICE, account, { linux: { store: 'secret-service' } });
      return await work(entry, AbortSignal.timeout(TIMEOUT_MS));
    } catch {
      throw unavailable(
        `no answer from ${backend}. Start the desktop session’s keyring and unlock it, or use the passphrase`,
      );
    }
  };

  return {
    backend: async () =>
      backend === undefined
        ? { ok: false, reason: 'This operating system has no keychain that is known.' }
        : { ok: true, name: backend },
    store: (account, secret) =>
      using(account, (entry, signal) => entry.setSecret(Uint8Array.from(secret), signal)),
    load: (account) =>
      using(account, async (entry, signal) => {
        const secret = await entry.getSecret(signal);
        return secret === null ? null : Uint8Array.from(secret);
      }),
    remove: (account) =>
      using(account, async (entry, signal) => {
        await entry.deleteCredential(signal);
      }),
  };
}
