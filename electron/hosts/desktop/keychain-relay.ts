import type { Keychain } from '#core/ports.ts';
import { AppError, type ErrorCode } from '#shared/contract/errors.ts';
import type { Port } from './relay.ts';

/**
 * The keychain of the main process for the core process: safeStorage is there only. Messages are `keychain` and
 * `keychain-answer`, beside those of relay.ts on the same port; secrets travel as base64.
 */
type Operation = keyof Keychain;
const OPERATIONS: readonly Operation[] = ['backend', 'store', 'load', 'remove'];
const CODES: readonly ErrorCode[] = ['KEYCHAIN_UNAVAILABLE', 'KEYCHAIN_CHANGED'];

const fieldsOf = (message: unknown): Readonly<Record<string, unknown>> =>
  typeof message === 'object' && message !== null ? { ...message } : {};
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The side of the main process. */
export function serveKeychain(port: Port, keychain: Keychain): void {
  const run = async (operation: Operation, account: string, secret: string): Promise<unknown> => {
    if (operation === 'backend') return keychain.backend();
    if (operation === 'remove') return keychain.remove(account);
    if (operation === 'store') return keychain.store(account, Buffer.from(secret, 'base64'));
    const loaded = await keychain.load(account);
    return loaded === null ? null : toBase64(loaded);
  };
  port.onMessage((message) => {
    const { kind, id, operation, account, secret } = fieldsOf(message);
    const known = OPERATIONS.find((one) => one === operation);
    if (kind !== 'keychain' || typeof id !== 'number' || known === undefined) return;
    const answer = (fields: object) => port.postMessage({ kind: 'keychain-answer', id, ...fields });
    run(known, String(account ?? ''), String(secret ?? '')).then(
      (value) => answer({ ok: true, value: value ?? null }),
      (error: unknown) => {
        const told = error instanceof AppError ? error : null;
        answer({
          ok: false,
          code: told?.code ?? 'KEYCHAIN_UNAVAILABLE',
          message: told?.message ?? 'The keychain did not answer. Use the passphrase.',
        });
      },
    );
  });
}

/** The side of the core process. */
export function relayedKeychain(port: Port): Keychain {
  const waiting = new Map<number, (fields: Readonly<Record<string, unknown>>) => void>();
  let nextId = 1;
  port.onMessage((message) => {
    const fields = fieldsOf(message);
    if (fields.kind !== 'keychain-answer' || typeof fields.id !== 'number') return;
    waiting.get(fields.id)?.(fields);
    waiting.delete(fields.id);
  });
  const ask = async (operation: Operation, fields: object = {}): Promise<unknown> => {
    const id = nextId++;
    const { ok, value, code, message } = await new Promise<Readonly<Record<string, unknown>>>(
      (resolve) => {
        waiting.set(id, resolve);
        port.postMessage({ kind: 'keychain', id, operation, ...fields });
      },
    );
    if (ok === true) return value;
    throw new AppError(
      CODES.find((one) => one === code) ?? 'KEYCHAIN_UNAVAILABLE',
      typeof message === 'string' ? message : 'The keychain did not answer. Use the passphrase.',
    );
  };
  return {
    backend: async () => (await ask('backend')) as Awaited<ReturnType<Keychain['backend']>>,
    store: async (account, secret) => {
      await ask('store', { account, secret: toBase64(secret) });
    },
    load: async (account) => {
      const secret = await ask('load', { account });
      return typeof secret === 'string' ? new Uint8Array(Buffer.from(secret, 'base64')) : null;
    },
    remove: async (account) => {
      await ask('remove', { account });
    },
  };
}
