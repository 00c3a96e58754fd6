import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  auditHalted,
  auditUntil,
  type Member,
  outcomeOfAudit,
  planText,
  runAudit,
  startAudit,
} from '../../helpers/audit.ts';
import { type Bench, newBench, smallPlan } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import type { ChatServer } from '../../helpers/chat-server.ts';
import { failureOf, type OpenCore, openWorkspace, withDatabase } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

/** A server that answers everything, the answer of this number only when it is released. */
async function holdAnswer(number: number): Promise<{ server: ChatServer; release: () => void }> {
  const held = Promise.withResolvers<void>();
  const server: ChatServer = await bench.serve(async () => {
    if (server.log.length === number) await held.promise;
    return 'no';
  });
  return { server, release: held.resolve };
}

describe('pause, stop and a second process', () => {
  it('pauses after the requests in flight, resumes, and asks nothing twice', async () => {
    const number = await bench.registry(6);
    const server = await bench.serve(() => 'no');
    const auditId = await startAudit(core.client, smallPlan(number));
    await auditUntil(core.client, auditId, (status) => status.canariesDone >= 2);
    await core.client.call('audit.pause', { auditId });
    const paused = await auditHalted(core.client, auditId);
    expect(paused.audit.state).toBe('paused');
    expect(paused.lanes.every((lane) => lane.inFlight === 0)).toBe(true);
    expect(paused.requestsDone).toBe(server.log.length);
    await bench.expectVerified(auditId);
    await core.client.call('audit.resume', { auditId });
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
    expect(server.log).toHaveLength(12);
    expect(Math.max(...server.log.map((question) => question.time))).toBe(1);
    expect((await failureOf(core, 'audit.resume', { auditId })).code).toBe('CONFLICT');
    expect((await failureOf(core, 'audit.pause', { auditId })).code).toBe('CONFLICT');
    await bench.expectVerified(auditId);
  });

  it('cuts off what hangs when it is told to; only that is asked again, and every attempt is kept', async () => {
    const number = await bench.registry(3);
    const gate = Promise.withResolvers<void>();
    const server: ChatServer = await bench.serve(async ({ model, time }) => {
      if (model === 'suspect' && server.log.length > 2 && time === 1) await gate.promise;
      return 'no';
    });
    const auditId = await startAudit(core.client, smallPlan(number));
    await server.seen(4);
    await auditUntil(core.client, auditId, (status) => status.requestsDone === 3);
    await core.client.call('audit.pause', { auditId });
    expect((await core.client.call('audit.get', { auditId })).audit.state).toBe('running');
    await core.client.call('audit.pause', { auditId, now: true });
    const paused = await auditHalted(core.client, auditId);
    expect(paused.audit.state).toBe('paused');
    expect(paused.trouble).toBeNull();
    expect(paused.canariesDone).toBe(1);
    await bench.expectVerified(auditId);
    gate.resolve();
    await core.client.call('audit.resume', { auditId });
    const done = await auditHalted(core.client, auditId);
    expect(done.audit.state).toBe('complete');
    // Six samples, and the one that was cut off a second time.
    expect(done.requestsDone).toBe(7);
    const again = server.log.filter(({ time }) => time === 2);
    expect(again.map(({ model }) => model)).toEqual(['suspect']);
    expect(server.log.filter(({ time }) => time > 2)).toEqual([]);
    await bench.expectVerified(auditId);
  });

  it('stops in the middle for good; its bundle verifies, and an asked canary is never fresh again', async () => {
    const number = await bench.registry(10);
    const gate = Promise.withResolvers<void>();
    const server: ChatServer = await bench.serve(async ({ model }) => {
      if (model === 'control-1' && server.log.length > 6) await gate.promise;
      return 'no';
    });
    const auditId = await startAudit(core.client, smallPlan(number));
    await server.seen(7);
    await core.client.call('audit.pause', { auditId });
    gate.resolve();
    await auditHalted(core.client, auditId);
    const stopped = await core.client.call('audit.stop', { auditId });
    expect(stopped.state).toBe('stopped');
    expect(stopped.endedUtc).not.toBeNull();
    const { evidence } = await outcomeOfAudit(core.client, auditId);
    expect(evidence.tierA?.suspects[0]?.label).toBe('undetermined');
    await bench.expectVerified(auditId);
    const asked = new Set(server.log.map((question) => question.prompt)).size;
    const { summary } = await core.client.call('plan.check', { text: smallPlan(number) });
    expect(summary?.canaries.evidence).toBe(10 - asked);
  });

  it('is stopped by another process through the workspace', async () => {
    const number = await bench.registry(12);
    const { server, release } = await holdAnswer(3);
    const auditId = await startAudit(core.client, smallPlan(number));
    await server.seen(3);
    const other = await openWorkspace(core.folder);
    try {
      const seen = await other.client.call('audit.get', { auditId });
      expect(seen.audit.state).toBe('running');
      expect((await failureOf(other, 'audit.resume', { auditId })).code).toBe('CONFLICT');
      await other.client.call('audit.stop', { auditId });
      release();
      const status = await auditHalted(core.client, auditId);
      expect(status.audit.state).toBe('stopped');
      expect(status.canariesDone).toBe(2);
      expect((await other.client.call('audit.get', { auditId })).audit.state).toBe('stopped');
    } finally {
      release();
      await other.close();
    }
    await bench.expectVerified(auditId);
  });

  it('keeps its lease while one answer takes longer than the lease lasts', async () => {
    const number = await bench.registry(1);
    const { server, release } = await holdAnswer(1);
    const auditId = await startAudit(core.client, smallPlan(number));
    await server.seen(1);
    const other = await openWorkspace(core.folder);
    try {
      const before = leaseOf(core);
      // As if the lease were about to end: only a run that is alive renews it.
      withDatabase(core.database, (db) => db.prepare('UPDATE lease SET expires_ms = 1').run());
      await vi.waitUntil(() => leaseOf(core).expires_ms > 1, { timeout: 20_000, interval: 50 });
      expect(leaseOf(core).holder).toBe(before.holder);
      const { plan: second } = await other.client.call('plan.seal', {
        text: smallPlan(await otherRegistry(other)),
      });
      const planId = second.planId;
      expect((await failureOf(other, 'audit.start', { planId })).code).toBe('WORKSPACE_BUSY');
      release();
      expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
      const item = await other.client.call('audit.start', { planId });
      expect((await auditHalted(other.client, item.auditId)).audit.state).toBe('complete');
    } finally {
      release();
      await other.close();
    }
  });

  it('writes no state any more once another process has the lease', async () => {
    const number = await bench.registry(3);
    const { server, release } = await holdAnswer(1);
    const auditId = await startAudit(core.client, smallPlan(number));
    await server.seen(1);
    const thief = `${hostname()}/${process.ppid}/another`;
    withDatabase(core.database, (db) =>
      db.prepare('UPDATE lease SET holder = ?, expires_ms = ?').run(thief, Date.now() + 60_000),
    );
    release();
    await vi.waitUntil(async () => {
      const { running } = await core.client.call('workspace.status', {});
      return running.length === 0;
    });
    expect(leaseOf(core).holder).toBe(thief);
    const stored = withDatabase(core.database, (db) =>
      db.prepare('SELECT state FROM audit WHERE id = ?').pluck().get(auditId),
    );
    expect(stored).toBe('running');
    expect((await failureOf(core, 'audit.resume', { auditId })).code).toBe('CONFLICT');
    withDatabase(core.database, (db) => db.prepare('DELETE FROM lease').run());
    expect((await core.client.call('audit.get', { auditId })).audit.state).toBe('interrupted');
    await core.client.call('audit.resume', { auditId });
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
    expect(Math.max(...server.log.map((question) => question.time))).toBe(1);
    await bench.expectVerified(auditId);
  });

  it('has no lease after a refusal: another process may go on at once', async () => {
    const number = await bench.registry(3);
    const panel: Member[] = [
      { name: 'suspect', role: 'suspect', draft: { limits: { exposures: 1 } } },
      { name: 'control-1', role: 'control' },
    ];
    await bench.serve(() => 'no', panel);
    const text = planText({ panel, registries: [{ number }], rule: 'fixed' });
    const { auditId } = await runAudit(core.client, text);
    const raise = (exposures: number) => ({ auditId, raise: [{ target: 'suspect', exposures }] });
    expect((await failureOf(core, 'audit.resume', raise(1))).message).toMatch(/only be raised/);
    const other = await openWorkspace(core.folder);
    await other.client.call('audit.resume', raise(9));
    expect((await auditHalted(other.client, auditId)).audit.state).toBe('complete');
    await other.close();
  });

  it('gives one audit at a time, and a canary to one audit only', async () => {
    const number = await bench.registry(8);
    const { server, release } = await holdAnswer(3);
    const first = await core.client.call('plan.seal', { text: smallPlan(number) });
    const second = await core.client.call('plan.seal', { text: smallPlan(number) });
    const { auditId } = await core.client.call('audit.start', { planId: first.plan.planId });
    await server.seen(3);
    const whileRunning = await failureOf(core, 'audit.start', { planId: second.plan.planId });
    expect(whileRunning.code).toBe('CONFLICT');
    expect((await failureOf(core, 'bundle.export', { auditId })).code).toBe('CONFLICT');
    await core.client.call('audit.pause', { auditId });
    release();
    await auditHalted(core.client, auditId);
    // Paused: what it is still to ask belongs to it, what it asked is burned; nothing is left for the other plan.
    const late = await failureOf(core, 'audit.start', { planId: second.plan.planId });
    expect(late.code).toBe('CONFLICT');
    expect(late.message).toMatch(/Seal a new plan/);
    const check = await core.client.call('plan.check', { text: smallPlan(number) });
    expect(check.errors[0]?.message).toMatch(/no fresh canary is left/);
    const again = await failureOf(core, 'audit.start', { planId: first.plan.planId });
    expect(again.message).toMatch(/A plan is one audit/);
    await core.client.call('audit.stop', { auditId });
    const free = await core.client.call('plan.check', { text: smallPlan(number) });
    expect(free.summary?.canaries.evidence).toBe(
      8 - new Set(server.log.map((question) => question.prompt)).size,
    );
  });
});

const leaseOf = ({ database }: OpenCore) =>
  withDatabase(
    database,
    (db) =>
      db.prepare('SELECT holder, expires_ms FROM lease').get() as {
        holder: string;
        expires_ms: number;
      },
  );

async function otherRegistry(other: OpenCore): Promise<number> {
  return addRegistry(other.client, drawnCanaries(bench.prefix(), 1), { heldOut: 0 });
}
