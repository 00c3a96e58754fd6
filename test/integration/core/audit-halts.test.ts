import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  addTargets,
  auditHalted,
  auditUntil,
  exportAndVerify,
  type Member,
  outcomeOfAudit,
  planText,
  runAudit,
  startAudit,
} from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries, foundCanaries } from '../../helpers/canaries.ts';
import { type ChatAnswer, type ChatServer, chatServer } from '../../helpers/chat-server.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';

const SMALL: readonly Member[] = [
  { name: 'suspect', role: 'suspect' },
  { name: 'control-1', role: 'control' },
];

let core: OpenCore;
let wave = 0;
const servers: ChatServer[] = [];

beforeAll(async () => {
  core = await newWorkspace();
});
afterAll(async () => {
  await core.close();
  for (const server of servers) await server.close();
  removeTempFolders();
});

async function serve(answer: ChatAnswer, panel: readonly Member[] = SMALL): Promise<ChatServer> {
  const server = await chatServer(answer);
  servers.push(server);
  await addTargets(core.client, server.baseUrl, panel);
  return server;
}

async function registry(count: number, heldOut = 0): Promise<number> {
  wave += 1;
  return addRegistry(core.client, drawnCanaries(`H${wave}`, count), { heldOut });
}

const plan = (number: number, options: Parameters<typeof planText>[0] = {}): string =>
  planText({ panel: SMALL, registries: [{ number }], rule: 'fixed', ...options });

async function expectVerified(auditId: string): Promise<void> {
  const verification = await exportAndVerify(core.client, auditId);
  expect(verification.failed).toEqual([]);
}

async function attemptsOf(auditId: string, target: string) {
  const { order } = await core.client.call('evidence.get', { auditId });
  const samples = await Promise.all(
    order.map(({ canaryId }) => core.client.call('evidence.sample', { auditId, canaryId, target })),
  );
  return samples.map((sample) => sample.attempts);
}

describe('an audit against a server that fails', () => {
  it('is paused by the breaker when the server dies in the middle, and completes when it is back', async () => {
    const number = await registry(12);
    let dead = false;
    const server: ChatServer = await serve(async () => {
      if (server.log.length === 6) {
        dead = true;
        return { text: 'half of this never arrives', cut: 'mid-body' };
      }
      return dead ? { cut: 'at-once' } : 'no';
    });
    const ran = await runAudit(core.client, plan(number, { limits: { breaker: 3 } }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.message).toMatch(/failed 3 times in the same way \(CONNECTION_LOST\)/);
    expect(ran.status.message).toMatch(/resume/);
    await server.goDown();
    const { auditId } = ran;
    await core.client.call('audit.resume', { auditId });
    const again = await auditHalted(core.client, auditId);
    expect(again.audit.state).toBe('paused');
    expect(again.message).toMatch(/CONNECT_FAILED/);
    expect(again.trouble?.code).toBe('CONNECT_FAILED');
    await expectVerified(auditId);
    dead = false;
    await server.comeBack();
    await core.client.call('audit.resume', { auditId });
    const { status, evidence } = await outcomeOfAudit(core.client, auditId);
    expect(status.audit.state).toBe('complete');
    const [suspect] = evidence.tierA?.suspects ?? [];
    expect((suspect?.asked ?? 0) + (suspect?.notAdministered ?? 0)).toBe(12);
    expect(suspect?.notAdministered).toBeGreaterThan(0);
    // Without a retry policy a failed sample is a fact: no sample was asked twice.
    const attempts = await attemptsOf(auditId, 'suspect');
    expect(attempts.every((own) => own.length === 1)).toBe(true);
    const codes = new Set(attempts.flat().map((attempt) => attempt.errorCode));
    expect(codes).toContain('CONNECT_FAILED');
    expect(codes).toContain('CONNECTION_LOST');
    await expectVerified(auditId);
  });

  it('retries a 429 once, after the time the server names, when the sealed plan says so', async () => {
    const number = await registry(3);
    const arrived = new Map<string, number[]>();
    const server = await serve(({ model, prompt, time }) => {
      const key = `${model} ${prompt}`;
      arrived.set(key, [...(arrived.get(key) ?? []), performance.now()]);
      return model === 'suspect' && time === 1
        ? { status: 429, headers: { 'retry-after': '1' }, body: '{"error":{"message":"slow"}}' }
        : 'no';
    });
    const retry = { attempts: 1, waitMs: 0, maxRetryAfterMs: 2000 };
    const ran = await runAudit(core.client, plan(number, { retry }));
    expect(ran.status.audit.state).toBe('complete');
    expect(server.log).toHaveLength(3 + 6);
    for (const [key, [first, second]] of arrived) {
      if (!key.startsWith('suspect')) continue;
      expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(990);
    }
    const attempts = await attemptsOf(ran.auditId, 'suspect');
    for (const [one, two, ...more] of attempts) {
      expect(more).toEqual([]);
      expect(one).toMatchObject({ number: 1, outcome: 'rate-limited', retryOf: null });
      expect(two).toMatchObject({ number: 2, outcome: 'answered', retryOf: one?.attemptId });
    }
    expect(ran.evidence.tierA?.suspects[0]).toMatchObject({ asked: 3, notAdministered: 0 });
    await expectVerified(ran.auditId);
  });

  it('pauses when a server asks to wait longer than the plan allows', async () => {
    const number = await registry(2);
    await serve(({ model }) =>
      model === 'suspect' ? { status: 429, headers: { 'retry-after': '3600' }, body: '{}' } : 'no',
    );
    const retry = { attempts: 1, waitMs: 0, maxRetryAfterMs: 1000 };
    const ran = await runAudit(core.client, plan(number, { retry }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.message).toMatch(/wait longer than the plan allows/);
    await core.client.call('audit.stop', { auditId: ran.auditId });
    await expectVerified(ran.auditId);
  });

  it('pauses at once when a key is refused, before more canaries are burned', async () => {
    const number = await registry(8);
    const server = await serve(({ model }) =>
      model === 'suspect' ? { status: 401, body: '{"error":{"message":"bad key"}}' } : 'no',
    );
    const ran = await runAudit(core.client, plan(number, { limits: { breaker: 50 } }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.message).toMatch(/suspect refused the key/);
    expect(ran.status.trouble).toEqual({ target: 'suspect', code: 'AUTH_FAILED' });
    expect(server.log.length).toBeLessThanOrEqual(2);
    await expectVerified(ran.auditId);
    await core.client.call('audit.stop', { auditId: ran.auditId });
  });

  it('pauses without an exposure when the vault lost the key, and goes on when it is back', async () => {
    const number = await registry(2);
    const panel: Member[] = [{ name: 'keyed', role: 'suspect', draft: { key: 'main-key' } }];
    await core.client.call('secret.set', { name: 'main-key', value: 'k-1' });
    const server = await serve(() => 'no', panel);
    const { plan: sealed } = await core.client.call('plan.seal', {
      text: plan(number, { panel }),
    });
    await core.client.call('secret.remove', { name: 'main-key' });
    const { auditId } = await core.client.call('audit.start', { planId: sealed.planId });
    const status = await auditHalted(core.client, auditId);
    expect(status.audit.state).toBe('paused');
    expect(status.message).toMatch(/no key named main-key/);
    expect(server.log).toHaveLength(0);
    expect(status.lanes[0]?.exposures).toBe(0);
    await core.client.call('secret.set', { name: 'main-key', value: 'k-2' });
    await core.client.call('audit.resume', { auditId });
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
    expect(server.log.map((question) => question.headers.authorization)).toEqual([
      'Bearer k-2',
      'Bearer k-2',
    ]);
    await expectVerified(auditId);
  });
});

describe('limits', () => {
  it('skips served canaries above the limit, still asks the twins, and ends as budget', async () => {
    const number = await registry(12, 0.25);
    const server = await serve(() => 'no');
    const ran = await runAudit(core.client, plan(number, { limits: { canaries: 4 } }));
    expect(ran.status.audit.state).toBe('budget');
    expect(ran.status.message).toMatch(/limit of 4 canaries/);
    expect(server.log).toHaveLength((4 + 3) * 2);
    const { columns } = await core.client.call('audit.matrix', { auditId: ran.auditId });
    expect(columns.filter((column) => column.state === 'skipped')).toHaveLength(5);
    expect(ran.evidence.tierA?.suspects[0]?.label).toBe('futility');
    await expectVerified(ran.auditId);
    // What was skipped was not disclosed: it is fresh for the next plan.
    const { summary } = await core.client.call('plan.check', { text: plan(number) });
    expect(summary?.canaries).toEqual({ evidence: 5, twins: 0, afterRelease: 0, found: 0 });
  });

  it('never makes more requests than the plan allows, retries included', async () => {
    const number = await registry(10);
    const server = await serve(() => ({ status: 429, body: '{}' }));
    const ran = await runAudit(
      core.client,
      plan(number, { retry: { attempts: 3, waitMs: 0 }, limits: { requests: 13 } }),
    );
    expect(ran.status.audit.state).toBe('budget');
    expect(ran.status.message).toMatch(/limit of 13 requests/);
    expect(server.log.length).toBeLessThanOrEqual(13);
    expect(server.log.length).toBeGreaterThan(8);
    await expectVerified(ran.auditId);
  });
});

describe('pause, stop and a second process', () => {
  it('pauses after the requests in flight, resumes, and asks nothing twice', async () => {
    const number = await registry(6);
    const server = await serve(() => 'no');
    const auditId = await startAudit(core.client, plan(number));
    await auditUntil(core.client, auditId, (status) => status.canariesDone >= 2);
    await core.client.call('audit.pause', { auditId });
    const paused = await auditHalted(core.client, auditId);
    expect(paused.audit.state).toBe('paused');
    expect(paused.lanes.every((lane) => lane.inFlight === 0)).toBe(true);
    expect(paused.requestsDone).toBe(server.log.length);
    await expectVerified(auditId);
    await core.client.call('audit.resume', { auditId });
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
    expect(server.log).toHaveLength(12);
    expect(Math.max(...server.log.map((question) => question.time))).toBe(1);
    expect((await failureOf(core, 'audit.resume', { auditId })).code).toBe('CONFLICT');
    expect((await failureOf(core, 'audit.pause', { auditId })).code).toBe('CONFLICT');
    await expectVerified(auditId);
  });

  it('stops in the middle for good; its bundle verifies, and an asked canary is never fresh again', async () => {
    const number = await registry(10);
    const gate = Promise.withResolvers<void>();
    const server: ChatServer = await serve(async ({ model }) => {
      if (model === 'control-1' && server.log.length > 6) await gate.promise;
      return 'no';
    });
    const auditId = await startAudit(core.client, plan(number));
    await server.seen(7);
    await core.client.call('audit.pause', { auditId });
    gate.resolve();
    await auditHalted(core.client, auditId);
    const stopped = await core.client.call('audit.stop', { auditId });
    expect(stopped.state).toBe('stopped');
    expect(stopped.endedUtc).not.toBeNull();
    const { evidence } = await outcomeOfAudit(core.client, auditId);
    expect(evidence.tierA?.suspects[0]?.label).toBe('undetermined');
    await expectVerified(auditId);
    const asked = new Set(server.log.map((question) => question.prompt)).size;
    const { summary } = await core.client.call('plan.check', { text: plan(number) });
    expect(summary?.canaries.evidence).toBe(10 - asked);
  });

  it('is stopped by another process through the workspace', async () => {
    const number = await registry(12);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server: ChatServer = await serve(async () => {
      if (server.log.length === 3) await held;
      return 'no';
    });
    const auditId = await startAudit(core.client, plan(number));
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
    await expectVerified(auditId);
  });

  it('keeps its lease while one answer takes longer than the lease lasts', async () => {
    const number = await registry(1);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server: ChatServer = await serve(async () => {
      if (server.log.length === 1) await held;
      return 'no';
    });
    const auditId = await startAudit(core.client, plan(number));
    await server.seen(1);
    const other = await openWorkspace(core.folder);
    try {
      const before = leaseOf(core);
      // As if the lease were about to end: only a run that is alive renews it.
      withDatabase(core.database, (db) => db.prepare('UPDATE lease SET expires_ms = 1').run());
      await vi.waitUntil(() => leaseOf(core).expires_ms > 1, { timeout: 20_000, interval: 50 });
      expect(leaseOf(core).holder).toBe(before.holder);
      const { plan: second } = await other.client.call('plan.seal', {
        text: plan(await otherRegistry(other)),
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

  it('gives one audit at a time, and a canary to one audit only', async () => {
    const number = await registry(8);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server: ChatServer = await serve(async () => {
      if (server.log.length === 3) await held;
      return 'no';
    });
    const first = await core.client.call('plan.seal', { text: plan(number) });
    const second = await core.client.call('plan.seal', { text: plan(number) });
    const { auditId } = await core.client.call('audit.start', { planId: first.plan.planId });
    await server.seen(3);
    const whileRunning = await failureOf(core, 'audit.start', { planId: second.plan.planId });
    expect(whileRunning.code).toBe('CONFLICT');
    expect((await failureOf(core, 'workspace.lock', {})).code).toBe('CONFLICT');
    expect((await failureOf(core, 'bundle.export', { auditId })).code).toBe('CONFLICT');
    await core.client.call('audit.pause', { auditId });
    release();
    await auditHalted(core.client, auditId);
    // Paused: what it is still to ask belongs to it, what it asked is burned; nothing is left for the other plan.
    const late = await failureOf(core, 'audit.start', { planId: second.plan.planId });
    expect(late.code).toBe('CONFLICT');
    expect(late.message).toMatch(/Seal a new plan/);
    const check = await core.client.call('plan.check', { text: plan(number) });
    expect(check.errors[0]?.message).toMatch(/no fresh canary is left/);
    const again = await failureOf(core, 'audit.start', { planId: first.plan.planId });
    expect(again.message).toMatch(/A plan is one audit/);
    await core.client.call('audit.stop', { auditId });
    const free = await core.client.call('plan.check', { text: plan(number) });
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
  wave += 1;
  return addRegistry(other.client, drawnCanaries(`H${wave}`, 1), { heldOut: 0 });
}

describe('found canaries', () => {
  const panelOf = (controls: number): Member[] => [
    { name: 'suspect', role: 'suspect' },
    ...Array.from({ length: controls }, (_, at) => ({
      name: `found-control-${at + 1}`,
      role: 'control' as const,
    })),
  ];
  const addFound = async (count: number) => {
    wave += 1;
    const lines = foundCanaries(`F${wave}`, count);
    const number = await addRegistry(core.client, [...lines, ...drawnCanaries(`H${wave}`, 2)], {
      heldOut: 0,
    });
    return { number, known: new Map(lines.map((line) => [line.prompt, line.expected[0] ?? ''])) };
  };

  it('stay undetermined with 3 controls, with their floor, and never enter E', async () => {
    const { number, known } = await addFound(4);
    const panel = panelOf(3);
    const server = await serve(
      ({ model, prompt }) => (model === 'suspect' ? (known.get(prompt) ?? 'no') : 'no'),
      panel,
    );
    const ran = await runAudit(core.client, plan(number, { panel, found: 'all' }));
    expect(ran.status.audit.state).toBe('complete');
    expect(server.log).toHaveLength(6 * 4);
    const { tierA, tierB } = ran.evidence;
    expect(tierB).toMatchObject({ tier: 'B', canaries: 4, controls: 3, floor: 0.25 });
    expect(tierB?.suspects[0]).toMatchObject({
      hits: 4,
      asked: 4,
      p: 0.25,
      likelihoodRatioCap: 4,
      label: 'undetermined',
    });
    expect(tierA?.suspects[0]).toMatchObject({ asked: 2, hits: 0 });
    await expectVerified(ran.auditId);
  });

  it('are consistent with contact at the floor of 19 controls, and a plan may choose them by id', async () => {
    const { number, known } = await addFound(3);
    const panel = panelOf(19);
    const chosen = [`F${wave}-001`, `F${wave}-003`];
    const server = await serve(
      ({ model, prompt }) => (model === 'suspect' ? (known.get(prompt) ?? 'no') : 'no'),
      panel,
    );
    const ran = await runAudit(core.client, plan(number, { panel, found: chosen }));
    expect(ran.evidence.tierB).toMatchObject({ canaries: 2, controls: 19, floor: 0.05 });
    expect(ran.evidence.tierB?.suspects[0]).toMatchObject({
      hits: 2,
      p: 0.05,
      likelihoodRatioCap: 20,
      label: 'consistent-with',
    });
    expect(ran.evidence.tierA?.suspects[0]).toMatchObject({ asked: 2, hits: 0 });
    expect(new Set(server.log.map((question) => question.prompt)).size).toBe(4);
    await expectVerified(ran.auditId);
  });

  it('alone give an audit without tier A evidence', async () => {
    const lines = foundCanaries('only', 2);
    const number = await addRegistry(core.client, lines, { heldOut: 0 });
    await serve(() => lines[0]?.expected[0] ?? '');
    const ran = await runAudit(core.client, plan(number, { found: 'all' }));
    expect(ran.status.audit.state).toBe('complete');
    expect(ran.evidence.tierA).toBeNull();
    expect(ran.evidence.tierB?.suspects[0]?.hits).toBe(1);
    await expectVerified(ran.auditId);
  });
});
