import { AppError, type Envelope } from '#shared/contract/errors.ts';
import type { Bridge, EventName } from '#shared/contract/index.ts';

/** Moves a call and its answer; knows nothing about what they mean. */
export interface Transport {
  call(name: string, input: unknown): Promise<unknown>;
  on(listener: (event: string, data: unknown) => void): () => void;
  /** Whether events arrive at present. */
  onConnection(listener: (connected: boolean) => void): () => void;
}

declare global {
  interface Window {
    readonly trapstreet?: Bridge;
  }
}

const EVENTS: Readonly<Record<EventName, true>> = {
  'workspace.changed': true,
  'library.changed': true,
  'target.changed': true,
  'audit.changed': true,
};

const lost = (): AppError =>
  new AppError(
    'INTERRUPTED',
    'Trapstreet does not answer. What was stored is kept; start it again, then reload this page.',
  );

function open(answer: unknown): unknown {
  const envelope = answer as Envelope<unknown>;
  if (typeof envelope !== 'object' || envelope === null || !('ok' in envelope)) throw lost();
  if (envelope.ok) return envelope.data;
  throw new AppError(envelope.error.code, envelope.error.message, envelope.error.data);
}

function bridgeTransport(bridge: Bridge): Transport {
  return {
    call: async (name, input) => open(await bridge.call(name, input)),
    on: (listener) => bridge.on(listener),
    onConnection: () => () => {},
  };
}

function httpTransport(): Transport {
  const listeners = new Set<(event: string, data: unknown) => void>();
  const watchers = new Set<(connected: boolean) => void>();
  let session: Promise<string> | null = null;
  let source: EventSource | null = null;

  const csrf = (): Promise<string> => {
    session ??= (async () => {
      const response = await fetch('/session', { headers: { accept: 'application/json' } });
      if (!response.ok) {
        throw new AppError(
          'NOT_AVAILABLE_HERE',
          'This page has no session. Open the address that `trapstreet serve` printed; it works once, so start `serve` again for a new one.',
        );
      }
      return ((await response.json()) as { csrf: string }).csrf;
    })();
    session.catch(() => {
      session = null;
    });
    return session;
  };

  const listen = (): void => {
    if (source) return;
    source = new EventSource('/events');
    for (const name of Object.keys(EVENTS)) {
      source.addEventListener(name, (message) => {
        const data: unknown = JSON.parse((message as MessageEvent<string>).data || '{}');
        for (const listener of listeners) listener(name, data);
      });
    }
    source.onopen = () => {
      for (const watcher of watchers) watcher(true);
    };
    source.onerror = () => {
      for (const watcher of watchers) watcher(false);
    };
  };

  return {
    call: async (name, input) => {
      const token = await csrf();
      let response: Response;
      try {
        response = await fetch(`/rpc/${name}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-trapstreet-csrf': token },
          body: JSON.stringify(input),
        });
      } catch {
        throw lost();
      }
      let answer: unknown;
      try {
        answer = await response.json();
      } catch {
        session = null;
        throw lost();
      }
      return open(answer);
    },
    on: (listener) => {
      listeners.add(listener);
      void csrf().then(listen, () => {});
      return () => listeners.delete(listener);
    },
    onConnection: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** The preload's bridge in the desktop app, HTTP in browser mode. */
export const transport: Transport = window.trapstreet
  ? bridgeTransport(window.trapstreet)
  : httpTransport();
