import { resolve } from 'node:path';
import { type Loopback, startLoopback } from '../../../electron/hosts/loopback/server.ts';
import { createFakeCore, type FakeCore } from './fake-core.ts';
import type { FakeState } from './fake-state.ts';

export interface FakeServer {
  readonly core: FakeCore;
  readonly loopback: Loopback;
}

/** The real browser-mode server, with its real guards and headers, over fixtures. */
export async function startFakeServer(state: FakeState): Promise<FakeServer> {
  const core = createFakeCore(state);
  const loopback = await startLoopback({
    core,
    rendererDir: resolve(import.meta.dirname, '../../../out/renderer'),
  });
  return { core, loopback };
}
