import type { Envelope, ErrorCode } from '#shared/contract/errors.ts';
import type { EventName, Events } from '#shared/contract/index.ts';

/**
 * Calls and events over one port between the main process and the core process. Inputs, answers and event data travel
 * as JSON text: the main process passes them on without reading them.
 */
export interface Port {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** What the core process serves; the real core fits. */
export interface RelayedCore {
  dispatch(name: string, input: unknown): Promise<Envelope<unknown>>;
  readonly events: {
    on(listener: (event: EventName, data: Events[EventName]) => void): () => void;
  };
  close(): Promise<void>;
}

export interface RelayClient {
  /** Always answers with the JSON of an envelope; never rejects. */
  call(name: string, input: string): Promise<string>;
  /** Asks the core to finish and close. Resolves when it says so, or when the relay fails. */
  close(): Promise<void>;
  /** The other side is gone: everything that waits is answered as interrupted, and so is every later call. */
  fail(): void;
}

const PENDING_LIMIT = 256;

export const failureText = (code: ErrorCode, message: string): string =>
  JSON.stringify({ ok: false, error: { code, message } });

const GONE = failureText(
  'INTERRUPTED',
  'The core process ended before it answered. What was stored is kept; unlock the workspace and try again.',
);

/** The side of the main process. */
export function createRelayClient(
  port: Port,
  onEvent: (event: string, data: string) => void,
): RelayClient {
  const pending = new Map<number, (answer: string) => void>();
  let closed: (() => void) | null = null;
  let gone = false;
  let nextId = 1;
  port.onMessage((message) => {
    const { kind, id, answer, event, data } = fieldsOf(message);
    if (kind === 'answer' && typeof id === 'number' && typeof answer === 'string') {
      pending.get(id)?.(answer);
      pending.delete(id);
    } else if (kind === 'event' && typeof event === 'string' && typeof data === 'string') {
      onEvent(event, data);
    } else if (kind === 'closed') closed?.();
  });
  return {
    call: (name, input) =>
      new Promise((resolve) => {
        if (gone) return resolve(GONE);
        if (pending.size >= PENDING_LIMIT)
          return resolve(failureText('INTERNAL', 'Too many calls are waiting for an answer.'));
        const id = nextId++;
        pending.set(id, resolve);
        port.postMessage({ kind: 'call', id, name, input });
      }),
    close: () =>
      new Promise((resolve) => {
        if (gone) return resolve();
        closed = resolve;
        port.postMessage({ kind: 'close' });
      }),
    fail: () => {
      gone = true;
      for (const resolve of pending.values()) resolve(GONE);
      pending.clear();
      closed?.();
    },
  };
}

/** The side of the core process. `onClosed` runs after the core has closed and said so. */
export function serveRelay(port: Port, core: RelayedCore, onClosed: () => void): void {
  const off = core.events.on((event, data) => {
    port.postMessage({ kind: 'event', event, data: JSON.stringify(data) });
  });
  const answer = async (name: string, input: string): Promise<string> => {
    let value: unknown;
    try {
      value = JSON.parse(input);
    } catch {
      return failureText('BAD_INPUT', 'The input is not JSON.');
    }
    return JSON.stringify(await core.dispatch(name, value));
  };
  port.onMessage((message) => {
    const { kind, id, name, input } = fieldsOf(message);
    if (kind === 'call' && typeof id === 'number' && typeof name === 'string')
      answer(name, typeof input === 'string' ? input : '').then(
        (text) => port.postMessage({ kind: 'answer', id, answer: text }),
        () => {
          const text = failureText('INTERNAL', 'The core could not answer.');
          port.postMessage({ kind: 'answer', id, answer: text });
        },
      );
    else if (kind === 'close') {
      const finish = () => {
        off();
        port.postMessage({ kind: 'closed' });
        onClosed();
      };
      core.close().then(finish, finish);
    }
  });
}

function fieldsOf(message: unknown): Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null ? { ...message } : {};
}
