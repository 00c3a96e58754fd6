import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  relayedKeychain,
  serveKeychain,
} from '../../../../electron/hosts/desktop/keychain-relay.ts';
import {
  type AbsenceEvent,
  lockOnAbsence,
} from '../../../../electron/hosts/desktop/power-locks.ts';
import {
  type SafeStoragePart,
  safeStorageKeychain,
} from '../../../../electron/hosts/desktop/safe-storage.ts';

const ACCOUNT = '6f7a1f39-6f9a-4c2b-8a53-3c1f8f8d9b51';
const SECRET = Uint8Array.from({ length: 32 }, (_, at) => at * 7);

/** Electron's interface with a cipher anybody can undo: what is tested is what we do around it. */
function storageOf() {
  const state = {
    backend: 'gnome_libsecret' as ReturnType<SafeStoragePart['getSelectedStorageBackend']>,
    available: true,
    shouldReEncrypt: false,
    failure: null as Error | null,
    encrypted: 0,
  };
  const storage: SafeStoragePart = {
    isAsyncEncryptionAvailable: async () => state.available,
    getSelectedStorageBackend: () => state.backend,
    encryptStringAsync: async (text) => {
      state.encrypted += 1;
      return Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a));
    },
    decryptStringAsync: async (bytes) => {
      if (state.failure) throw state.failure;
      const result = Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString();
      return { result, shouldReEncrypt: state.shouldReEncrypt };
    },
  };
  return { state, storage };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapstreet-keychain-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the keychain of the desktop app', () => {
  it('keeps an encrypted entry, gives it back, and forgets it', async () => {
    const { storage } = storageOf();
    const keychain = safeStorageKeychain({ storage, folder, platform: 'linux' });
    expect(await keychain.backend()).toEqual({ ok: true, name: 'safeStorage:gnome_libsecret' });
    await keychain.store(ACCOUNT, SECRET);
    expect(await keychain.load(ACCOUNT)).toEqual(SECRET);
    const [name = ''] = readdirSync(folder);
    expect(readFileSync(join(folder, name), 'utf8')).not.toContain(
      Buffer.from(SECRET).toString('base64'),
    );
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await keychain.remove(ACCOUNT);
    expect(await keychain.load(ACCOUNT)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is none where the key would be known to everybody, or the store is locked', async () => {
    const { state, storage } = storageOf();
    const keychain = safeStorageKeychain({ storage, folder, platform: 'linux' });
    for (const backend of ['basic_text', 'unknown'] as const) {
      state.backend = backend;
      expect((await keychain.backend()).ok).toBe(false);
      await expect(keychain.store(ACCOUNT, SECRET)).rejects.toMatchObject({
        code: 'KEYCHAIN_UNAVAILABLE',
      });
    }
    state.backend = 'kwallet6';
    state.available = false;
    await expect(keychain.load(ACCOUNT)).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses by name a store that is another one than it was', async () => {
    const { state, storage } = storageOf();
    const keychain = safeStorageKeychain({ storage, folder, platform: 'linux' });
    await keychain.store(ACCOUNT, SECRET);
    state.backend = 'kwallet6';
    await expect(keychain.load(ACCOUNT)).rejects.toMatchObject({
      code: 'KEYCHAIN_CHANGED',
      message: expect.stringContaining('safeStorage:gnome_libsecret'),
    });
  });

  it('encrypts anew when Electron says so, and tells a store that is away for a while from one that lost its key', async () => {
    const { state, storage } = storageOf();
    const keychain = safeStorageKeychain({ storage, folder, platform: 'darwin' });
    await keychain.store(ACCOUNT, SECRET);
    state.shouldReEncrypt = true;
    expect(await keychain.load(ACCOUNT)).toEqual(SECRET);
    expect(state.encrypted).toBe(2);
    state.failure = Object.assign(new Error('locked'), { isTemporarilyUnavailable: true });
    await expect(keychain.load(ACCOUNT)).rejects.toThrow(/at the moment/);
    state.failure = new Error('bad key');
    await expect(keychain.load(ACCOUNT)).rejects.toThrow(/enable it anew/);
  });

  it('is reached from the core process over the port, errors included', async () => {
    const { state, storage } = storageOf();
    const toMain: ((message: unknown) => void)[] = [];
    const toCore: ((message: unknown) => void)[] = [];
    const send = (listeners: typeof toMain) => (message: unknown) => {
      const copy = structuredClone(message);
      queueMicrotask(() => {
        for (const listener of listeners) listener(copy);
      });
    };
    serveKeychain(
      { postMessage: send(toCore), onMessage: (listener) => void toMain.push(listener) },
      safeStorageKeychain({ storage, folder, platform: 'linux' }),
    );
    const keychain = relayedKeychain({
      postMessage: send(toMain),
      onMessage: (listener) => void toCore.push(listener),
    });
    expect(await keychain.backend()).toMatchObject({ ok: true });
    await keychain.store(ACCOUNT, SECRET);
    expect(await keychain.load(ACCOUNT)).toEqual(SECRET);
    state.backend = 'kwallet';
    await expect(keychain.load(ACCOUNT)).rejects.toMatchObject({ code: 'KEYCHAIN_CHANGED' });
    state.backend = 'basic_text';
    await expect(keychain.load(ACCOUNT)).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
    await expect(keychain.remove('../../etc/passwd')).rejects.toMatchObject({
      code: 'KEYCHAIN_UNAVAILABLE',
    });
  });
});

describe('the desktop app', () => {
  it('locks when the person leaves', () => {
    const listeners = new Map<AbsenceEvent, () => void>();
    let locks = 0;
    lockOnAbsence({ on: (event, listener) => listeners.set(event, listener) }, () => {
      locks += 1;
    });
    expect([...listeners.keys()].toSorted()).toEqual([
      'lock-screen',
      'shutdown',
      'suspend',
      'user-did-resign-active',
    ]);
    for (const listener of listeners.values()) listener();
    expect(locks).toBe(4);
  });

  it('starts no crash reporter and never asks for the plain-text store', () => {
    const sources = resolve(import.meta.dirname, '../../../../electron/hosts/desktop');
    const text = readdirSync(sources)
      .map((name) => readFileSync(join(sources, name), 'utf8'))
      .join('\n');
    expect(text).toContain('app.enableSandbox()');
    expect(text).not.toMatch(/crashReporter|setUsePlainTextEncryption|password-store/);
  });
});
