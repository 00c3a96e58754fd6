import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SafeStorage } from 'electron';
import type { Keychain } from '#core/ports.ts';
import { AppError } from '#shared/contract/errors.ts';

/** What is used of Electron's safeStorage: its asynchronous part, and the name of the store. */
export type SafeStoragePart = Pick<
  SafeStorage,
  | 'isAsyncEncryptionAvailable'
  | 'encryptStringAsync'
  | 'decryptStringAsync'
  | 'getSelectedStorageBackend'
>;

export interface SafeStorageOptions {
  readonly storage: SafeStoragePart;
  /** Where the encrypted entries are kept, one file each. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
}

const ACCOUNT = /^[0-9a-f-]{36}$/;
const STORES: Partial<Record<NodeJS.Platform, string>> = { darwin: 'keychain', win32: 'dpapi' };

const unavailable = (why: string): AppError =>
  new AppError('KEYCHAIN_UNAVAILABLE', `The keychain cannot be used: ${why}.`);

/**
 * A keychain out of Electron's safeStorage, which encrypts and does not keep: the entry is a file of ours. Without a real
 * store (`basic_text` is a key that everybody knows) there is none. The store is remembered with each entry, and another
 * one is refused by name instead of failing to decrypt (EVIDENCE 4.5).
 */
export function safeStorageKeychain({ storage, folder, platform }: SafeStorageOptions): Keychain {
  const fileOf = (account: string): string => {
    if (!ACCOUNT.test(account)) throw unavailable('the entry has no proper name');
    return join(folder, `${account}.json`);
  };

  const backend: Keychain['backend'] = async () => {
    const store = STORES[platform] ?? storage.getSelectedStorageBackend();
    if (store === 'basic_text' || store === 'unknown')
      return {
        ok: false,
        reason: 'This desktop has no keyring that encrypts, so the keychain cannot be used.',
      };
    return (await storage.isAsyncEncryptionAvailable())
      ? { ok: true, name: `safeStorage:${store}` }
      : { ok: false, reason: 'The keyring of this desktop is not available. Unlock it first.' };
  };
  const present = async (): Promise<string> => {
    const found = await backend();
    if (!found.ok) throw new AppError('KEYCHAIN_UNAVAILABLE', found.reason);
    return found.name;
  };

  const write = async (account: string, name: string, text: string): Promise<void> => {
    const file = fileOf(account);
    const cipher = (await storage.encryptStringAsync(text)).toString('base64');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.writing`, JSON.stringify({ backend: name, cipher }), { mode: 0o600 });
    renameSync(`${file}.writing`, file);
  };

  const read = (account: string): { backend: string; cipher: string } | null => {
    const file = fileOf(account);
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      return null;
    }
    try {
      const entry = JSON.parse(text) as { backend?: unknown; cipher?: unknown };
      if (typeof entry.backend === 'string' && typeof entry.cipher === 'string')
        return { backend: entry.backend, cipher: entry.cipher };
    } catch {
      // Not JSON: damaged, as below.
    }
    throw unavailable('its entry is damaged');
  };

  return {
    backend,
    store: async (account, secret) =>
      write(account, await present(), Buffer.from(secret).toString('base64')),
    load: async (account) => {
      const name = await present();
      const entry = read(account);
      if (!entry) return null;
      if (entry.backend !== name)
        throw new AppError(
          'KEYCHAIN_CHANGED',
          `The entry was made with ${entry.backend}; the desktop now has ${name}. Use the passphrase, and enable the keychain anew.`,
        );
      let opened: Awaited<ReturnType<SafeStoragePart['decryptStringAsync']>>;
      try {
        opened = await storage.decryptStringAsync(Buffer.from(entry.cipher, 'base64'));
      } catch (error) {
        throw unavailable(
          isTemporary(error)
            ? 'it is not available at the moment. Unlock it and try again'
            : 'it does not open its entry any more. Use the passphrase, and enable it anew',
        );
      }
      if (opened.shouldReEncrypt) await write(account, name, opened.result);
      return new Uint8Array(Buffer.from(opened.result, 'base64'));
    },
    remove: async (account) => rmSync(fileOf(account), { force: true }),
  };
}

/** Electron marks the failure of a store that is only locked, or not started yet. */
const isTemporary = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'isTemporarilyUnavailable' in error &&
  error.isTemporarilyUnavailable === true;
