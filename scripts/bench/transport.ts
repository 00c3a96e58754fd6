// CPU per request of the runner's request path against a bare undici loop that stores the same bytes as durably.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { Client, Pool } from 'undici';
import { PRAGMAS } from '#core/db/open.ts';
import { createTransport } from '#core/endpoints/transport.ts';
import { createEventBus } from '#core/events.ts';
import { createActivityService } from '#core/services/activity.ts';
import { storeIntent, storeResult } from '#core/services/attempts.ts';
import { createCommitQueue } from '#core/services/commit-queue.ts';
import { openWay } from '#core/services/sending.ts';
import type { Session } from '#core/services/session.ts';
import { createWorkspaceService } from '#core/services/workspace.ts';
import { targetDraftSchema } from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import { nodePorts } from '../../electron/hosts/common/node-ports.ts';
import { printTable, progress, readOptions } from './options.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const GOAL = 1.5;
const ROUNDS = 5;

interface Measured {
  /** CPU of this process, per request, milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

interface Work {
  readonly requests: number;
  readonly concurrency: number;
}

async function measured(work: Work, one: (index: number) => Promise<void>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < work.requests; index = next++) await one(index);
  };
  await Promise.all(Array.from({ length: work.concurrency }, worker));
  const used = process.cpuUsage(cpu);
  return {
    cpuMs: (used.user + used.system) / 1000 / work.requests,
    wallMs: (performance.now() - start) / work.requests,
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** The server in a process of its own, so that its CPU is not counted. */
async function startServer(): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(join(import.meta.dirname, 'transport-server.ts'), []);
  const port = await new Promise<number>((done, fail) => {
    child.once('message', (message) => done(Number(message)));
    child.once('exit', () => fail(new Error('the server did not start')));
  });
  return { port, child };
}

const targetOn = (port: number) =>
  targetDraftSchema.parse({
    name: 'bench',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model: 'bench',
    parameters: { temperature: 0, max_tokens: 64 },
    allowPrivate: true,
    allowHttp: true,
  });

const questionOf = (target: ReturnType<typeof targetOn>, index: number): OutboundRequest =>
  buildRequest(target, {
    messages: [{ role: 'user', content: `Which two names stand on the gate of house ${index}?` }],
    parameters: target.parameters,
    keyName: null,
  });

/** A plain loop: one table, the request's bytes before it leaves, the response's bytes when it has come. */
function bareStore(file: string) {
  const db = new Database(file);
  db.pragma('page_size = 8192');
  for (const [name, value] of PRAGMAS) db.pragma(`${name} = ${value}`);
  db.exec(
    'CREATE TABLE exchange (id INTEGER PRIMARY KEY, request BLOB NOT NULL, headers TEXT, response BLOB) STRICT',
  );
  let id = 0;
  const intent = db.prepare<[number, Uint8Array]>(
    'INSERT INTO exchange (id, request) VALUES (?, ?)',
  );
  const result = db.prepare<[string, Uint8Array, number]>(
    'UPDATE exchange SET headers = ?, response = ? WHERE id = ?',
  );
  // Writes of one turn share a sync here too: it is what makes a loop of many requests fair to compare.
  let waiting: { run: () => void; done: () => void }[] = [];
  const commit = (run: () => void): Promise<void> =>
    new Promise((done) => {
      waiting.push({ run, done });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const batch = waiting;
        waiting = [];
        db.transaction(() => {
          for (const entry of batch) entry.run();
        }).immediate();
        for (const entry of batch) entry.done();
      });
    });
  return {
    nextId: () => {
      id += 1;
      return id;
    },
    intent: (row: number, body: Uint8Array) => commit(() => intent.run(row, body)),
    result: (row: number, headers: string, body: Uint8Array) =>
      commit(() => result.run(headers, body, row)),
    close: () => db.close(),
  };
}

type BareStore = ReturnType<typeof bareStore>;

/** `fresh`: a connection for each request, as we do; otherwise a pool that keeps them. */
function bareLoop(
  store: BareStore,
  port: number,
  options: { fresh: boolean; concurrency: number },
) {
  const target = targetOn(port);
  const origin = `http://127.0.0.1:${port}`;
  const pool = options.fresh ? null : new Pool(origin, { connections: options.concurrency });
  return {
    one: async (index: number): Promise<void> => {
      const mine = store.nextId();
      const { url, method, headers, body } = questionOf(target, index);
      await store.intent(mine, body ?? new Uint8Array());
      const client = pool ?? new Client(origin);
      const response = await client.request({
        method,
        path: new URL(url).pathname,
        headers: headers.flat(),
        body,
        ...(pool ? {} : { reset: true }),
      });
      const bytes = new Uint8Array(await response.body.arrayBuffer());
      if (pool === null) await client.close();
      await store.result(mine, JSON.stringify(response.headers), bytes);
    },
    close: async () => pool?.close(),
  };
}

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
  return {
    one: async (index: number): Promise<void> => {
      number += 1;
      const sender = openWay(session, target);
      const request = questionOf(target, index);
      const attempt = {
        id: session.ports.random.uuid(),
        auditId: 'bench',
        position: 1,
        canaryId: 'C-1',
        target: target.name,
        host,
        k: 1,
        number,
        retryOf: null,
      };
      await commit(() => storeIntent(session, attempt, request));
      const exchange = await sender.send(transport, request, {
        timeoutMs: 60_000,
        reason: 'audit',
      });
      if (exchange.error) throw new Error(exchange.error.code);
      await commit(() =>
        storeResult(session, attempt, { exchange, keyFingerprint: sender.keyFingerprint }),
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
  const store = bareStore(join(folder, 'bare.sqlite'));
  const loops = {
    ours: ourLoop(session, port),
    'bare, a connection each': bareLoop(store, port, {
      fresh: true,
      concurrency: work.concurrency,
    }),
    'bare, connections kept': bareLoop(store, port, {
      fresh: false,
      concurrency: work.concurrency,
    }),
  };
  const names = Object.keys(loops) as (keyof typeof loops)[];
  const found = new Map<string, Measured[]>(names.map((name) => [name, []]));
  try {
    for (const name of names) await measured({ ...work, requests: 300 }, loops[name].one);
    for (let round = 0; round < ROUNDS; round += 1) {
      progress(`round ${round + 1} of ${ROUNDS}`);
      // Taken in turn, so that a busy machine is busy for all of them.
      for (const name of names) found.get(name)?.push(await measured(work, loops[name].one));
    }
  } finally {
    for (const name of names) await loops[name].close();
    store.close();
    lock();
    child.kill();
    rmSync(folder, { recursive: true });
  }
  const cpu = (name: string) => median((found.get(name) ?? []).map(({ cpuMs }) => cpuMs));
  const wall = (name: string) => median((found.get(name) ?? []).map(({ wallMs }) => wallMs));
  const ratios = Object.fromEntries(names.slice(1).map((name) => [name, cpu('ours') / cpu(name)]));
  const reached = (ratios['bare, a connection each'] ?? Number.POSITIVE_INFINITY) <= GOAL;
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
      `  goal: at most ${GOAL} of the loop with a connection each`,
      reached ? 'reached' : 'NOT reached',
      '',
    ],
  ]);
  return reached ? 0 : 1;
}
