import { expect } from 'vitest';
import { addTargets, exportAndVerify, type Member, planText } from './audit.ts';
import { addRegistry, drawnCanaries } from './canaries.ts';
import { type ChatAnswer, type ChatServer, chatServer } from './chat-server.ts';
import { newWorkspace, type OpenCore, removeTempFolders } from './workspace.ts';

/** The least panel: for tests of the run, not of the evidence. */
export const SMALL: readonly Member[] = [
  { name: 'suspect', role: 'suspect' },
  { name: 'control-1', role: 'control' },
];

/** A plan of fixed length for that panel and one registry. */
export const smallPlan = (number: number, options: Parameters<typeof planText>[0] = {}): string =>
  planText({ panel: SMALL, registries: [{ number }], rule: 'fixed', ...options });

/** One workspace and its servers for a file of tests; each test takes a fresh registry. */
export interface Bench {
  readonly core: OpenCore;
  /** Starts a server and points the panel's targets at it. */
  serve(answer: ChatAnswer, panel?: readonly Member[]): Promise<ChatServer>;
  /** Commits and draws fresh drawn canaries, N = 1024; returns the registry's number. */
  registry(count: number, options?: Parameters<typeof addRegistry>[2]): Promise<number>;
  /** A prefix that no canary has yet. */
  prefix(): string;
  /** The bundle of the audit verifies in every check. */
  expectVerified(auditId: string): Promise<void>;
  close(): Promise<void>;
}

export async function newBench(): Promise<Bench> {
  const core = await newWorkspace();
  const servers: ChatServer[] = [];
  let wave = 0;
  const prefix = (): string => {
    wave += 1;
    return `W${wave}`;
  };
  return {
    core,
    prefix,
    serve: async (answer, panel = SMALL) => {
      const server = await chatServer(answer);
      servers.push(server);
      await addTargets(core.client, server.baseUrl, panel);
      return server;
    },
    registry: (count, options = {}) =>
      addRegistry(core.client, drawnCanaries(prefix(), count), { heldOut: 0, ...options }),
    expectVerified: async (auditId) => {
      const { ok, failed } = await exportAndVerify(core.client, auditId);
      expect(failed).toEqual([]);
      expect(ok).toBe(true);
    },
    close: async () => {
      await core.close();
      for (const server of servers) await server.close();
      removeTempFolders();
    },
  };
}
