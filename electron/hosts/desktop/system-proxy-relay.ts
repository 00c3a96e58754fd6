import type { SystemProxy } from '#core/ports.ts';
import type { Port } from './relay.ts';

/**
 * The proxy settings of the operating system for the core process: Electron tells them to the main process only. Messages
 * are `system-proxy` and `system-proxy-answer`, beside those of relay.ts on the same port.
 */
const LATE_MS = 5_000;

const fieldsOf = (message: unknown): Readonly<Record<string, unknown>> =>
  typeof message === 'object' && message !== null ? { ...message } : {};

/** The side of the main process. `resolve` is asked for origins only, whatever the core sends. */
export function serveSystemProxy(port: Port, resolve: SystemProxy['resolve']): void {
  const listFor = async (url: unknown): Promise<string> => {
    const { protocol, host } = new URL(String(url));
    if (protocol !== 'https:' && protocol !== 'http:') throw new Error('neither https nor http');
    return resolve(`${protocol}//${host}/`);
  };
  port.onMessage((message) => {
    const { kind, id, url } = fieldsOf(message);
    if (kind !== 'system-proxy' || typeof id !== 'number') return;
    const answer = (list: string | null) =>
      port.postMessage({ kind: 'system-proxy-answer', id, list });
    listFor(url).then(answer, () => answer(null));
  });
}

/** The side of the core process. Rejects when the main process does not know, or does not say within `lateMs`. */
export function relayedSystemProxy(port: Port, lateMs = LATE_MS): SystemProxy {
  const waiting = new Map<number, (list: unknown) => void>();
  let nextId = 1;
  port.onMessage((message) => {
    const { kind, id, list } = fieldsOf(message);
    if (kind === 'system-proxy-answer' && typeof id === 'number') waiting.get(id)?.(list);
  });
  return {
    resolve: (url) =>
      new Promise((done, fail) => {
        const id = nextId++;
        const end = (list: unknown): void => {
          clearTimeout(late);
          waiting.delete(id);
          if (typeof list === 'string') done(list);
          else fail(new Error('the proxy of the system is not known'));
        };
        const late = setTimeout(() => end(null), lateMs);
        waiting.set(id, end);
        port.postMessage({ kind: 'system-proxy', id, url });
      }),
  };
}
