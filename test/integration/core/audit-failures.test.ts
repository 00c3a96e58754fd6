import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditHalted, type Member, outcomeOfAudit, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, smallPlan } from '../../helpers/bench.ts';
import type { ChatServer } from '../../helpers/chat-server.ts';
import type { OpenCore } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

async function attemptsOf(auditId: string, target: string) {
  const { order } = await core.client.call('evidence.get', { auditId });
  const samples = await Promise.all(
    order.map(({ canaryId }) => core.client.call('evidence.sample', { auditId, canaryId, target })),
  );
  return samples.map((sample) => sample.attempts);
}

describe('an audit against a server that fails', () => {
  it('is paused by the breaker when the server dies in the middle, and completes when it is back', async () => {
    const number = await bench.registry(12);
    let dead = false;
    const server: ChatServer = await bench.serve(async () => {
      if (server.log.length === 6) {
        dead = true;
        return { text: 'half of this never arrives', cut: 'mid-body' };
      }
      return dead ? { cut: 'at-once' } : 'no';
    });
    const ran = await runAudit(core.client, smallPlan(number, { limits: { breaker: 3 } }));
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
    await bench.expectVerified(auditId);
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
    await bench.expectVerified(auditId);
  });

  it('retries a 429 once, after the time the server names, when the sealed plan says so', async () => {
    const number = await bench.registry(3);
    const arrived = new Map<string, number[]>();
    const server = await bench.serve(({ model, prompt, time }) => {
      const key = `${model} ${prompt}`;
      arrived.set(key, [...(arrived.get(key) ?? []), performance.now()]);
      return model === 'suspect' && time === 1
        ? { status: 429, headers: { 'retry-after': '1' }, body: '{"error":{"message":"slow"}}' }
        : 'no';
    });
    const retry = { attempts: 1, waitMs: 0, maxRetryAfterMs: 2000 };
    const ran = await runAudit(core.client, smallPlan(number, { retry }));
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
    await bench.expectVerified(ran.auditId);
  });

  it('pauses when a server asks to wait longer than the plan allows', async () => {
    const number = await bench.registry(2);
    await bench.serve(({ model }) =>
      model === 'suspect' ? { status: 429, headers: { 'retry-after': '3600' }, body: '{}' } : 'no',
    );
    const retry = { attempts: 1, waitMs: 0, maxRetryAfterMs: 1000 };
    const ran = await runAudit(core.client, smallPlan(number, { retry }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.message).toMatch(/wait longer than the plan allows/);
    await core.client.call('audit.stop', { auditId: ran.auditId });
    await bench.expectVerified(ran.auditId);
  });

  it('pauses at once when a key is refused, before more canaries are burned', async () => {
    const number = await bench.registry(8);
    const server = await bench.serve(({ model }) =>
      model === 'suspect' ? { status: 401, body: '{"error":{"message":"bad key"}}' } : 'no',
    );
    const ran = await runAudit(core.client, smallPlan(number, { limits: { breaker: 50 } }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.message).toMatch(/suspect refused the key/);
    expect(ran.status.trouble).toEqual({ target: 'suspect', code: 'AUTH_FAILED' });
    expect(server.log.length).toBeLessThanOrEqual(2);
    await bench.expectVerified(ran.auditId);
    await core.client.call('audit.stop', { auditId: ran.auditId });
  });

  it('pauses without an exposure when the vault lost the key, and goes on when it is back', async () => {
    const number = await bench.registry(2);
    const panel: Member[] = [{ name: 'keyed', role: 'suspect', draft: { key: 'main-key' } }];
    await core.client.call('secret.set', { name: 'main-key', value: 'k-1' });
    const server = await bench.serve(() => 'no', panel);
    const { plan: sealed } = await core.client.call('plan.seal', {
      text: smallPlan(number, { panel }),
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
    await bench.expectVerified(auditId);
  });
});

describe('limits', () => {
  it('skips served canaries above the limit, still asks the twins, and ends as budget', async () => {
    const number = await bench.registry(12, { heldOut: 0.25 });
    const server = await bench.serve(() => 'no');
    const ran = await runAudit(core.client, smallPlan(number, { limits: { canaries: 4 } }));
    expect(ran.status.audit.state).toBe('budget');
    expect(ran.status.message).toMatch(/limit of 4 canaries/);
    expect(server.log).toHaveLength((4 + 3) * 2);
    const { columns } = await core.client.call('audit.matrix', { auditId: ran.auditId });
    expect(columns.filter((column) => column.state === 'skipped')).toHaveLength(5);
    expect(ran.evidence.tierA?.suspects[0]?.label).toBe('futility');
    await bench.expectVerified(ran.auditId);
    // What was skipped was not disclosed: it is fresh for the next plan.
    const { summary } = await core.client.call('plan.check', { text: smallPlan(number) });
    expect(summary?.canaries).toEqual({ evidence: 5, twins: 0, afterRelease: 0, found: 0 });
  });

  it('never makes more requests than the plan allows, retries included', async () => {
    const number = await bench.registry(10);
    const server = await bench.serve(() => ({ status: 429, body: '{}' }));
    const ran = await runAudit(
      core.client,
      smallPlan(number, { retry: { attempts: 3, waitMs: 0 }, limits: { requests: 13 } }),
    );
    expect(ran.status.audit.state).toBe('budget');
    expect(ran.status.message).toMatch(/limit of 13 requests/);
    expect(server.log.length).toBeLessThanOrEqual(13);
    expect(server.log.length).toBeGreaterThan(8);
    await bench.expectVerified(ran.auditId);
  });
});
