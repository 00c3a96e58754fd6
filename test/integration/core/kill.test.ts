import { watch } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addTargets,
  auditHalted,
  exportAndVerify,
  type Member,
  planText,
  startAudit,
} from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries, servedAnswers } from '../../helpers/canaries.ts';
import { type ChatServer, chatServer } from '../../helpers/chat-server.ts';
import { auditChild } from '../../helpers/child.ts';
import {
  copyWorkspace,
  failureOf,
  newWorkspace,
  openWorkspace,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

const KILLS = 20;
const PANEL: readonly Member[] = [
  { name: 'learner', role: 'suspect' },
  { name: 'stranger', role: 'suspect' },
  { name: 'control-1', role: 'control' },
];

/** A small seeded generator: the same kill points at every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Row {
  readonly prompt: string;
  readonly target: string;
  readonly number: number;
  readonly retry_of: string | null;
  readonly id: string;
  readonly outcome: string | null;
  readonly durable: number;
}

let server: ChatServer;
/** Called for each question before it is answered. */
let onQuestion: (count: number) => void | Promise<void> = () => {};
let known = new Map<string, string>();
let promptOf = new Map<string, string>();
let folder = '';
let planId = '';

const attemptsIn = (database: string): Row[] =>
  withDatabase(database, (db) =>
    (
      db
        .prepare(
          `SELECT t.id, t.canary_id, t.target, t.number, t.retry_of, o.outcome,
             EXISTS (SELECT 1 FROM response r WHERE r.attempt_id = t.id) AS durable
           FROM attempt t LEFT JOIN outcome o ON o.attempt_id = t.id ORDER BY t.rowid`,
        )
        .all() as (Omit<Row, 'prompt'> & { canary_id: string })[]
    ).map((row) => ({ ...row, prompt: promptOf.get(row.canary_id) ?? '' })),
  );

beforeAll(async () => {
  server = await chatServer(async ({ model, prompt }) => {
    await onQuestion(server.log.length);
    return model === 'learner' ? (known.get(prompt) ?? 'no') : 'no';
  });
  const core = await newWorkspace();
  const number = await addRegistry(core.client, drawnCanaries('K', 60), { heldOut: 0.2 });
  const served = await servedAnswers(core.client, number);
  known = new Map([...served].filter((_, at) => at % 6 === 0));
  const { items } = await core.client.call('canary.list', { limit: 1000 });
  promptOf = new Map(
    await Promise.all(
      items.map(async ({ id }) => {
        const { messages } = await core.client.call('canary.reveal', { id });
        return [id, messages.at(-1)?.content ?? ''] as const;
      }),
    ),
  );
  await addTargets(core.client, server.baseUrl, PANEL);
  const { plan } = await core.client.call('plan.seal', {
    text: planText({ panel: PANEL, registries: [{ number }], limits: { concurrency: 3 } }),
  });
  planId = plan.planId;
  folder = core.folder;
  await core.close();
});
afterAll(async () => {
  await server.close();
  removeTempFolders();
});

/** Kills when the question `at` has come: at once, or after the n-th further write of the database. */
async function killAt(
  run: ReturnType<typeof auditChild>,
  wal: string,
  point: { readonly at: number; readonly writes: number },
): Promise<void> {
  const never = new Promise<never>(() => {});
  await new Promise<void>((killed, fail) => {
    onQuestion = (count) => {
      if (count < point.at) return;
      if (count > point.at && point.writes === 0) return never;
      if (point.writes === 0) {
        run.kill().then(killed, fail);
        return never;
      }
      if (count > point.at) return;
      let left = point.writes;
      const watcher = watch(wal, () => {
        left -= 1;
        if (left > 0) return;
        watcher.close();
        run.kill().then(killed, fail);
      });
    };
    void run.ended.then(() => killed());
  });
  onQuestion = () => {};
}

describe('an audit that is killed', () => {
  it(`ends, after ${KILLS} kills at random points, as if nothing had happened`, async () => {
    const undisturbed = await openWorkspace(copyWorkspace(folder));
    const { auditId: calmId } = await undisturbed.client.call('audit.start', { planId });
    expect((await auditHalted(undisturbed.client, calmId)).audit.state).toBe('complete');
    const calm = await undisturbed.client.call('evidence.get', { auditId: calmId });
    await undisturbed.close();
    expect(calm.tierA?.suspects[0]?.label).toBe('report-grade');

    const work = copyWorkspace(folder);
    const database = `${work}/workspace.sqlite`;
    const random = seeded(20260117);
    const before = server.log.length;
    let auditId = '';
    let kills = 0;
    /** Sample to the length of the server's book when its response was first seen to be durable. */
    const durable = new Map<string, number>();
    while (kills < KILLS) {
      const run =
        auditId === '' ? auditChild(work, 'start', planId) : auditChild(work, 'resume', auditId);
      const point = { at: server.log.length + 1 + random(6), writes: random(5) };
      await killAt(run, `${database}-wal`, point);
      const from = server.log.length;
      expect(await run.ended, run.output()).toBe('killed');
      auditId = await run.started;
      kills += 1;
      for (const row of attemptsIn(database)) {
        const sample = `${row.target}\u0000${row.prompt}`;
        if (row.durable && !durable.has(sample)) durable.set(sample, from);
      }
      expect(server.log.length).toBe(from);
    }
    const last = auditChild(work, 'resume', auditId);
    expect(await last.ended, last.output()).toBe('complete');

    const core = await openWorkspace(work);
    const evidence = await core.client.call('evidence.get', { auditId });
    expect(evidence.tierA).toEqual(calm.tierA);
    const rows = attemptsIn(database);
    const bySample = Map.groupBy(rows, (row) => `${row.target}\u0000${row.prompt}`);
    let interrupted = 0;
    for (const own of bySample.values()) {
      for (const [index, row] of own.entries()) {
        const isLast = index === own.length - 1;
        expect(row.number).toBe(index + 1);
        expect(row.retry_of).toBe(own[index - 1]?.id ?? null);
        expect(row.outcome).toBe(isLast ? 'answered' : 'interrupted');
        interrupted += isLast ? 0 : 1;
      }
    }
    expect(interrupted).toBeGreaterThan(5);
    const logged = await core.client.call('custody.list', {
      kind: 'attempt.interrupted',
      limit: 1000,
    });
    expect(logged.events).toHaveLength(interrupted);
    // The server's own book: never more questions for a sample than attempts on record.
    const questions = Map.groupBy(
      server.log.slice(before),
      (question) => `${question.model}\u0000${question.prompt}`,
    );
    for (const [sample, asked] of questions)
      expect(asked.length).toBeLessThanOrEqual(bySample.get(sample)?.length ?? 0);
    expect(durable.size).toBeGreaterThan(20);
    for (const [index, { model, prompt }] of server.log.entries()) {
      const since = durable.get(`${model}\u0000${prompt}`);
      expect(since === undefined || index < since).toBe(true);
    }
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
    expect((await exportAndVerify(core.client, auditId)).failed).toEqual([]);
    await core.close();
  }, 360_000);

  it('is stopped without being resumed: durable bytes are read, the bundle verifies', async () => {
    const work = copyWorkspace(folder);
    const run = auditChild(work, 'start', planId);
    await killAt(run, `${work}/workspace.sqlite-wal`, { at: server.log.length + 8, writes: 1 });
    const auditId = await run.started;
    const core = await openWorkspace(work);
    const found = await core.client.call('audit.get', { auditId });
    expect(found.audit.state).toBe('interrupted');
    expect(found.recovery?.kept).toBeGreaterThan(0);
    // A paused audit can be exported as well; pausing an interrupted one settles what was left behind.
    expect((await core.client.call('audit.pause', { auditId })).state).toBe('paused');
    expect((await exportAndVerify(core.client, auditId)).failed).toEqual([]);
    expect((await core.client.call('audit.stop', { auditId })).state).toBe('stopped');
    expect(attemptsIn(core.database).every((row) => row.outcome !== null)).toBe(true);
    expect((await exportAndVerify(core.client, auditId)).failed).toEqual([]);
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
    await core.close();
  });

  it('leaves a lease that is taken over at once, while a living process keeps its own', async () => {
    const work = copyWorkspace(folder);
    const core = await openWorkspace(work);
    const number = await addRegistry(core.client, drawnCanaries('Z', 2), { heldOut: 0 });
    const other = await core.client.call('plan.seal', {
      text: planText({ panel: PANEL, registries: [{ number }] }),
    });
    const run = auditChild(work, 'start', planId);
    const held = Promise.withResolvers<void>();
    const first = server.log.length + 4;
    onQuestion = (count) => (count >= first ? held.promise : undefined);
    await server.seen(first);
    const auditId = await run.started;
    expect((await core.client.call('audit.get', { auditId })).audit.state).toBe('running');
    const busy = await failureOf(core, 'audit.start', { planId: other.plan.planId });
    expect(busy.code).toBe('WORKSPACE_BUSY');
    expect((await failureOf(core, 'audit.resume', { auditId })).code).toBe('CONFLICT');
    await run.kill();
    held.resolve();
    onQuestion = () => {};
    expect((await core.client.call('audit.get', { auditId })).audit.state).toBe('interrupted');
    await core.client.call('audit.resume', { auditId });
    const status = await auditHalted(core.client, auditId);
    expect(status.audit.state).toBe('complete');
    const second = await startAudit(
      core.client,
      planText({ panel: PANEL, registries: [{ number }] }),
    );
    expect((await auditHalted(core.client, second)).audit.state).toBe('complete');
    await core.close();
  });
});
