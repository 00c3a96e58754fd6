// CPU per request of the runner's request path against a bare undici loop that stores the same bytes as durably.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createTransport } from '#core/endpoints/transport.ts';
import type { ExchangeResult } from '#core/endpoints/types.ts';
import { createEventBus } from '#core/events.ts';
import { storeIntent, storeResult } from '#core/services/audit/attempts.ts';
import { createActivityService } from '#core/services/network/activity.ts';
import { openWay } from '#core/services/network/sending.ts';
import { createCommitQueue } from '#core/services/workspace/commit-queue.ts';
import type { Session } from '#core/services/workspace/session.ts';
import { createWorkspaceService } from '#core/services/workspace/workspace.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';
import { type Measured, measured, type Work } from './measured.ts';
import { printTable, progress, readOptions } from './options.ts';
import { questionOf, targetOn } from './transport-question.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const GOAL = 1.5;
const ROUNDS = 5;
const SAME = 'bare, the same rows';

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The server in a process of its own, so that its CPU is not counted. */
async function startServer(): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(join(ROOT, 'test/bench/instant-server.ts'));
  const port = await new Promise<number>((done, fail) => {
    child.once('message', (message) => done(Number(message)));
    child.once('exit', () => fail(new Error('the server did not start')));
  });
  return { port, child };
}

/** The bare loop, in a process of its own too. */
async function startBare(file: string, port: number) {
  const child = fork(join(ROOT, 'test/bench/bare-loop.ts'), [file, `${port}`]);
  const answer = () =>
    new Promise<unknown>((done, fail) => {
      const ended = () => fail(new Error('the bare loop ended'));
      child.once('exit', ended);
      child.once('message', (message) => {
        child.off('exit', ended);
        done(message);
      });
    });
  await answer();
  return {
    run: async (work: Work, kind: { fresh: boolean; same: boolean }): Promise<Measured> => {
      const found = answer();
      child.send({ ...work, ...kind });
      return (await found) as Measured;
    },
    close: () => child.disconnect(),
  };
}

const attemptOf = (session: Session, number: number, host: string) => ({
  id: session.ports.random.uuid(),
  auditId: 'bench',
  position: 1,
  canaryId: 'C-1',
  target: 'bench',
  host,
  k: 1,
  number,
  retryOf: null,
});

/** The request path of the runner: build, intent durable, send through the door, result durable. */
function ourLoop(session: Session, port: number) {
  const target = targetOn(port);
  const host = `127.0.0.1:${port}`;
  const activity = createActivityService({ isOpen: () => true, session: () => session });
  const transport = createTransport({
    isConfigured: (origin) => origin === host,
    onConnection: activity.record,
  });
  const commit = createCommitQueue(session);
  let number = 0;
  let last: ExchangeResult | null = null;
  return {
    /** The durable part alone, with the exchange of the last request. */
    store: async (index: number): Promise<void> => {
      if (last === null) return;
      number += 1;
      const exchange = last;
      const attempt = attemptOf(session, number, host);
      const intent = await commit(() => storeIntent(session, attempt, questionOf(target, index)));
      await commit(() => storeResult(session, attempt, { exchange, keyFingerprint: null, intent }));
    },
    one: async (index: number): Promise<void> => {
      number += 1;
      const sender = openWay(session, target);
      const request = questionOf(target, index);
      const attempt = attemptOf(session, number, host);
      const intent = await commit(() => storeIntent(session, attempt, request));
      const exchange = await sender.send(transport, request, {
        timeoutMs: 60_000,
        reason: 'audit',
      });
      if (exchange.error) throw new Error(exchange.error.code);
      last = exchange;
      await commit(() =>
        storeResult(session, attempt, { exchange, keyFingerprint: sender.keyFingerprint, intent }),
      );
    },
    close: async () => {
      await transport.close();
      activity.flush();
    },
  };
}

async function openSession(folder: string): Promise<{ session: Session; lock: () => void }> {
  const ports = nodePorts({
    workspace: join(folder, 'workspace'),
    resources: join(ROOT, 'resources'),
    host: 'cli',
    version: 'bench',
  });
  const workspace = createWorkspaceService(ports, createEventBus(), {
    untilIdle: () => null,
    flush: () => {},
  });
  await workspace.create('Bench', 'bench passphrase of the day');
  const session = workspace.session();
  // Attempts of no audit: what is measured is the path of a request, not the plan around it.
  session.db.pragma('foreign_keys = OFF');
  return { session, lock: () => workspace.lock() };
}

export async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args, { requests: 2_000, concurrency: 8 });
  const work: Work = { requests: options.requests, concurrency: Math.max(1, options.concurrency) };
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-bench-'));
  const { port, child } = await startServer();
  const { session, lock } = await openSession(folder);
  const bare = await startBare(join(folder, 'bare.sqlite'), port);
  const ours = ourLoop(session, port);
  const loops = {
    ours: (wanted: Work) => measured(wanted, ours.one),
    'ours, storing alone': (wanted: Work) => measured(wanted, ours.store),
    [SAME]: (wanted: Work) => bare.run(wanted, { fresh: true, same: true }),
    'bare, one row a request': (wanted: Work) => bare.run(wanted, { fresh: true, same: false }),
    'bare, one row, connections kept': (wanted: Work) =>
      bare.run(wanted, { fresh: false, same: false }),
  };
  const names = Object.keys(loops) as (keyof typeof loops)[];
  const found = new Map<string, Measured[]>(names.map((name) => [name, []]));
  try {
    for (const name of names) await loops[name]({ ...work, requests: 500 });
    for (let round = 0; round < ROUNDS; round += 1) {
      progress(`round ${round + 1} of ${ROUNDS}`);
      // Taken in turn, so that a busy machine is busy for all of them.
      for (const name of names) found.get(name)?.push(await loops[name](work));
    }
  } finally {
    await ours.close();
    bare.close();
    lock();
    child.kill();
    rmSync(folder, { recursive: true });
  }
  const cpu = (name: string) => median((found.get(name) ?? []).map(({ cpuMs }) => cpuMs));
  const wall = (name: string) => median((found.get(name) ?? []).map(({ wallMs }) => wallMs));
  const ratios = Object.fromEntries(names.slice(2).map((name) => [name, cpu('ours') / cpu(name)]));
  const reached = (ratios[SAME] ?? Number.POSITIVE_INFINITY) <= GOAL;
  if (options.json) {
    const figures = Object.fromEntries(
      names.map((name) => [name, { cpuMs: cpu(name), wallMs: wall(name) }]),
    );
    process.stdout.write(`${JSON.stringify({ ...work, figures, ratios, goal: GOAL, reached })}\n`);
    return reached ? 0 : 1;
  }
  printTable([
    [
      `${work.requests} requests, ${work.concurrency} at once, median of ${ROUNDS} rounds`,
      'CPU',
      'wall',
    ],
    ...names.map((name) => [
      `  ${name}`,
      `${cpu(name).toFixed(3)} ms`,
      `${wall(name).toFixed(3)} ms`,
    ]),
    ...Object.entries(ratios).map(([name, ratio]) => [`  ours / ${name}`, ratio.toFixed(2), '']),
    [
      `  goal: at most ${GOAL} of the loop that stores the same rows`,
      reached ? 'reached' : 'NOT reached',
      '',
    ],
  ]);
  return reached ? 0 : 1;
}
