import { createRelayClient, type Port, type RelayClient } from './relay.ts';

/** A running core process. */
export interface CoreChild extends Port {
  onExit(listener: () => void): void;
  kill(): void;
}

export interface SupervisorOptions {
  readonly fork: () => CoreChild;
  readonly onEvent: (event: string, data: string) => void;
  readonly nowMs: () => number;
  /** How long the core may take to close before it is ended. */
  readonly closeMs?: number;
}

export interface Supervisor {
  call(name: string, input: string): Promise<string>;
  close(): Promise<void>;
}

/** A core that ends this often within the window is not started again: the next call says so. */
const RESTART_LIMIT = 3;
const RESTART_WINDOW_MS = 60_000;

/** Keeps one core process running. One that dies answers what was waiting, and its successor starts locked. */
export function superviseCore(options: SupervisorOptions): Supervisor {
  const exitsMs: number[] = [];
  let closing = false;
  let child: CoreChild;
  let relay: RelayClient;

  const start = () => {
    const started = options.fork();
    const ownRelay = createRelayClient(started, options.onEvent);
    child = started;
    relay = ownRelay;
    started.onExit(() => {
      ownRelay.fail();
      if (closing) return;
      const nowMs = options.nowMs();
      exitsMs.push(nowMs);
      const recent = exitsMs.filter((exitMs) => nowMs - exitMs < RESTART_WINDOW_MS);
      if (recent.length <= RESTART_LIMIT) start();
      options.onEvent('workspace.changed', JSON.stringify({ state: 'locked' }));
    });
  };
  start();

  return {
    call: (name, input) => relay.call(name, input),
    close: async () => {
      closing = true;
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, options.closeMs ?? 10_000);
      });
      await Promise.race([relay.close(), limit]);
      clearTimeout(timer);
      child.kill();
    },
  };
}
