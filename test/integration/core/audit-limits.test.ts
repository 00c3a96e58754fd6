import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TargetDraftInput } from '#shared/domain/target.ts';
import {
  auditHalted,
  auditUntil,
  type Member,
  planText,
  runAudit,
  startAudit,
} from '../../helpers/audit.ts';
import { type Bench, newBench } from '../../helpers/bench.ts';
import { failureOf, type OpenCore, openWorkspace } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const panelWith = (draft: Partial<TargetDraftInput>): readonly Member[] => [
  { name: 'suspect', role: 'suspect', draft },
  { name: 'control-1', role: 'control' },
];
const plan = (number: number, options: Parameters<typeof planText>[0] = {}): string =>
  planText({ panel: panelWith({}), registries: [{ number }], rule: 'fixed', ...options });

/** The server reports one token in and one out: two cents an answer. */
const PRICE = {
  inputPerMillion: 0,
  outputPerMillion: 20_000,
  asOf: '2026-01-02',
  source: 'test',
};

describe('a cost cap', () => {
  it('ends the audit before it is passed, holds across a restart, and goes on when it is raised', async () => {
    const number = await bench.registry(6);
    const panel = panelWith({
      price: PRICE,
      limits: { costUsd: 0.05 },
      parameters: { max_tokens: 1 },
    });
    const server = await bench.serve(() => 'no', panel);
    const ran = await runAudit(core.client, plan(number, { panel }));
    expect(ran.status.audit.state).toBe('budget');
    expect(ran.status.message).toMatch(
      /cost cap of 0\.0500 USD for suspect is reached: 0\.0400 USD spent/,
    );
    const lane = ran.status.lanes.find(({ target }) => target === 'suspect');
    expect(lane?.capUsd).toBe(0.05);
    expect(lane?.spend?.estimated).toBe(0);
    const spent = lane?.spend?.usd ?? 0;
    expect(spent).toBeCloseTo(0.04, 10);
    expect(ran.status.lanes.find(({ target }) => target === 'control-1')?.spend).toBeNull();
    await bench.expectVerified(ran.auditId);
    const asked = server.log.length;

    // Another process counts the same from what is stored, and cannot go on either.
    const again = await openWorkspace(core.folder);
    const { auditId } = ran;
    const refused = await failureOf(again, 'audit.resume', { auditId });
    expect(refused.code).toBe('CONFLICT');
    expect(refused.message).toMatch(/--raise/);
    const lower = { auditId, raise: [{ target: 'suspect', costUsd: 0.01 }] };
    expect((await failureOf(again, 'audit.resume', lower)).message).toMatch(/only be raised/);
    await again.client.call('audit.resume', {
      auditId,
      raise: [{ target: 'suspect', costUsd: 0.09 }],
    });
    const second = await auditHalted(again.client, auditId);
    expect(second.audit.state).toBe('budget');
    const more = second.lanes.find(({ target }) => target === 'suspect');
    expect(more?.capUsd).toBe(0.09);
    expect(more?.spend?.usd).toBeCloseTo(0.08, 10);
    expect(server.log.length).toBeGreaterThan(asked);
    const { events } = await again.client.call('custody.list', { kind: 'audit.cap-raised' });
    expect(events[0]?.data).toMatchObject({
      target: 'suspect',
      cost_usd: 0.09,
      cost_usd_before: 0.05,
    });
    await again.client.call('audit.resume', {
      auditId,
      raise: [{ target: 'suspect', costUsd: 10 }],
    });
    expect((await auditHalted(again.client, auditId)).audit.state).toBe('complete');
    expect(Math.max(...server.log.map((question) => question.time))).toBe(1);
    await again.close();
    await bench.expectVerified(auditId);
  });

  it('is raised in the order that was given, and never lowered on the way', async () => {
    const number = await bench.registry(4);
    const panel = panelWith({
      price: PRICE,
      limits: { costUsd: 0.03, exposures: 3 },
      parameters: { max_tokens: 1 },
    });
    await bench.serve(() => 'no', panel);
    const { auditId } = await runAudit(core.client, plan(number, { panel }));
    const down = [
      { target: 'suspect', costUsd: 5 },
      { target: 'suspect', costUsd: 1 },
    ];
    const refused = await failureOf(core, 'audit.resume', { auditId, raise: down });
    expect(refused.message).toMatch(/costUsd of suspect is 5; a cap can only be raised/);
    const { events } = await core.client.call('custody.list', { kind: 'audit.cap-raised' });
    expect(events.filter(({ data }) => data.audit === auditId)).toEqual([]);
    await core.client.call('audit.resume', { auditId, raise: down.toReversed() });
    const status = await auditHalted(core.client, auditId);
    expect(status.lanes[0]).toMatchObject({ capUsd: 5, exposures: 3 });
    const log = await core.client.call('custody.list', { kind: 'audit.cap-raised' });
    const own = log.events.filter(({ data }) => data.audit === auditId).toReversed();
    expect(own.map(({ data }) => [data.cost_usd_before, data.cost_usd])).toEqual([
      [0.03, 1],
      [1, 5],
    ]);
  });

  it('is met in the middle of the last canary by an answer dearer than foreseen, and can be raised there', async () => {
    const number = await bench.registry(2);
    const panel = panelWith({
      price: PRICE,
      limits: { costUsd: 0.2, concurrency: 1 },
      parameters: { max_tokens: 1 },
    });
    const body = (model: string, tokens: number): string =>
      JSON.stringify({
        model,
        choices: [
          { index: 0, message: { role: 'assistant', content: 'no' }, finish_reason: 'stop' },
        ],
        usage: { prompt_tokens: 1, completion_tokens: tokens, total_tokens: 1 + tokens },
      });
    let asked = 0;
    const server = await bench.serve(({ model }) => {
      if (model !== 'suspect') return 'no';
      asked += 1;
      return { body: body(model, asked === 4 ? 5 : 1) };
    }, panel);
    const ran = await runAudit(core.client, plan(number, { panel, samples: 3 }));
    expect(ran.status.audit.state).toBe('budget');
    // Six cents, then ten: another one as dear would pass the cap.
    expect(ran.status.message).toMatch(/0\.1600 USD spent, and what is asked next .* 0\.1000 USD/);
    expect(ran.status.canariesDone).toBe(1);
    expect(asked).toBe(4);
    await bench.expectVerified(ran.auditId);
    await core.client.call('audit.resume', {
      auditId: ran.auditId,
      raise: [{ target: 'suspect', costUsd: 5 }],
    });
    const status = await auditHalted(core.client, ran.auditId);
    expect(status.audit.state).toBe('complete');
    expect(asked).toBe(6);
    expect(server.log).toHaveLength(12);
    await bench.expectVerified(ran.auditId);
  });

  it('is refused without a price; the plan says what it may cost, and of which day the price is', async () => {
    const number = await bench.registry(4);
    const capped = panelWith({ limits: { costUsd: 1 } });
    await bench.serve(() => 'no', capped);
    const { errors } = await core.client.call('plan.check', { text: plan(number) });
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ line: 4, path: 'panel.0.target' });
    expect(errors[0]?.message).toMatch(/suspect has a cost cap and no known price/);

    const priced = panelWith({
      price: PRICE,
      limits: { costUsd: 5, requestsPerMinute: 2 },
      parameters: { max_tokens: 100 },
    });
    await bench.serve(() => 'no', priced);
    const { summary } = await core.client.call('plan.check', { text: plan(number) });
    const [suspect, control] = summary?.cost.targets ?? [];
    // 4 answers of 100 tokens at two cents each; prompts are free here.
    expect(suspect?.usd).toBeCloseTo(8, 10);
    expect(suspect).toMatchObject({ capUsd: 5, asOf: '2026-01-02', source: 'test', unknown: null });
    expect(control).toMatchObject({ usd: null, unknown: 'no price is known' });
    expect(summary?.cost.usd).toBeNull();
    expect(summary?.time).toEqual({ seconds: 120, slowest: 'suspect' });
  });

  it('counts an answer without reported tokens by estimate, and says so', async () => {
    const number = await bench.registry(2);
    const panel = panelWith({ price: PRICE });
    const body = JSON.stringify({
      model: 'suspect',
      choices: [{ index: 0, message: { role: 'assistant', content: 'no' }, finish_reason: 'stop' }],
    });
    await bench.serve(() => ({ body }), panel);
    const ran = await runAudit(core.client, plan(number, { panel }));
    const spend = ran.status.lanes[0]?.spend;
    expect(spend).toMatchObject({ usd: 0, estimated: 2 });
    expect(spend?.estimatedUsd).toBeGreaterThan(0);
  });
});

describe('other limits of a target', () => {
  it('an exposure cap ends the audit with whole canaries only', async () => {
    const number = await bench.registry(6);
    const panel = panelWith({ limits: { exposures: 2 } });
    const server = await bench.serve(() => 'no', panel);
    const ran = await runAudit(core.client, plan(number, { panel }));
    expect(ran.status.audit.state).toBe('budget');
    expect(ran.status.message).toBe('The limit of 2 exposures to suspect is reached.');
    expect(server.log).toHaveLength(4);
    expect(ran.status.canariesDone).toBe(2);
    await bench.expectVerified(ran.auditId);
  });

  it('a rate is kept on the wire', async () => {
    const number = await bench.registry(3);
    const panel = panelWith({ limits: { requestsPerMinute: 200 } });
    const arrived: number[] = [];
    await bench.serve(({ model }) => {
      if (model === 'suspect') arrived.push(performance.now());
      return 'no';
    }, panel);
    const ran = await runAudit(core.client, plan(number, { panel }));
    expect(ran.status.audit.state).toBe('complete');
    // 3.33 may go at once at that rate, so the first three do; nothing is slower than it must be.
    expect(arrived).toHaveLength(3);
    const slow = panelWith({ limits: { requestsPerMinute: 60 } });
    const times: number[] = [];
    await bench.serve(({ model }) => {
      if (model === 'suspect') times.push(performance.now());
      return 'no';
    }, slow);
    const next = await bench.registry(3);
    const startedMs = performance.now();
    await runAudit(core.client, plan(next, { panel: slow }));
    // From the start and not from the first arrival, which a busy machine delays.
    expect((times[2] ?? 0) - startedMs).toBeGreaterThanOrEqual(2_000);
  });

  it('concurrency is kept on the wire, and a target with more samples is not asked more at once', async () => {
    const number = await bench.registry(1);
    const panel = panelWith({ limits: { concurrency: 2 } });
    let under = 0;
    let most = 0;
    await bench.serve(async ({ model }) => {
      if (model !== 'suspect') return 'no';
      under += 1;
      most = Math.max(most, under);
      await new Promise(setImmediate);
      under -= 1;
      return 'no';
    }, panel);
    const ran = await runAudit(core.client, plan(number, { panel, samples: 8 }));
    expect(ran.status.audit.state).toBe('complete');
    expect(most).toBeLessThanOrEqual(2);
  });
});

describe('a server that asks for patience', () => {
  it('for ever: its target is paused, the others answer to the end of the canary, and it can be resumed (HOSTILE 88)', async () => {
    const number = await bench.registry(3);
    const panel: Member[] = [
      { name: 'suspect', role: 'suspect' },
      { name: 'control-1', role: 'control' },
      { name: 'control-2', role: 'control' },
    ];
    let isAngry = true;
    const server = await bench.serve(async ({ model }) => {
      if (model === 'suspect' && isAngry)
        return { status: 429, headers: { 'retry-after': '999999999' }, body: '{}' };
      return 'no';
    }, panel);
    const ran = await runAudit(core.client, plan(number, { panel, retry: { attempts: 2 } }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.trouble).toEqual({ target: 'suspect', code: 'RATE_LIMITED' });
    expect(ran.status.message).toMatch(/999999999 s/);
    expect(server.log.map((question) => question.model).sort()).toEqual([
      'control-1',
      'control-2',
      'suspect',
    ]);
    isAngry = false;
    await core.client.call('audit.resume', { auditId: ran.auditId });
    const status = await auditHalted(core.client, ran.auditId);
    expect(status.audit.state).toBe('complete');
    // Nine answers and the one 429; nobody was asked an answered sample again.
    expect(server.log).toHaveLength(10);
    await bench.expectVerified(ran.auditId);
  });

  it('until a day of the past: it is asked again at once (HOSTILE 89)', async () => {
    const number = await bench.registry(1);
    const panel = panelWith({});
    const server = await bench.serve(({ model, time }) =>
      model === 'suspect' && time === 1
        ? {
            status: 429,
            headers: { 'retry-after': 'Fri, 01 May 2015 12:00:00 GMT' },
            body: '{}',
          }
        : 'no',
    );
    const retry = { attempts: 1, waitMs: 0 };
    const ran = await runAudit(core.client, plan(number, { panel, retry }));
    expect(ran.status.audit.state).toBe('complete');
    expect(server.log).toHaveLength(3);
  });

  it('without a retry policy: the failed sample stands, and the next question waits as long as it was asked to', async () => {
    const number = await bench.registry(2);
    const panel = panelWith({});
    const times: number[] = [];
    await bench.serve(({ model }) => {
      if (model !== 'suspect') return 'no';
      times.push(performance.now());
      return times.length === 1
        ? { status: 429, headers: { 'retry-after': '1' }, body: '{}' }
        : 'no';
    });
    const ran = await runAudit(core.client, plan(number, { panel }));
    expect(ran.status.audit.state).toBe('complete');
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
    expect(ran.evidence.tierA?.suspects[0]).toMatchObject({ asked: 1, notAdministered: 1 });
  });

  it('in one of two answers: the wait outlives the pause, whichever of them came last', async () => {
    const number = await bench.registry(2);
    const panel = panelWith({});
    const times: number[] = [];
    await bench.serve(({ model }) => {
      if (model !== 'suspect') return 'no';
      times.push(performance.now());
      if (times.length > 2) return 'no';
      return times.length === 1
        ? { status: 429, headers: { 'retry-after': '3' }, body: '{}' }
        : { status: 429, body: '{}' };
    });
    const ran = await runAudit(
      core.client,
      plan(number, { panel, samples: 2, limits: { breaker: 2 } }),
    );
    expect(ran.status.trouble).toEqual({ target: 'suspect', code: 'RATE_LIMITED' });
    await core.client.call('audit.resume', { auditId: ran.auditId });
    expect((await auditHalted(core.client, ran.auditId)).audit.state).toBe('complete');
    expect(times).toHaveLength(4);
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2_990);
  });

  it('and a pause in the middle of a planned wait: the sample stays open, and so does the canary', async () => {
    const number = await bench.registry(2);
    const panel = panelWith({});
    const server = await bench.serve(({ model }) =>
      model === 'suspect' ? { status: 429, body: '{}' } : 'no',
    );
    const retry = { attempts: 1, waitMs: 600_000, jitter: 0 };
    const auditId = await startAudit(core.client, plan(number, { panel, retry }));
    const waits = await auditUntil(core.client, auditId, (status) =>
      status.lanes.some((lane) => lane.waiting !== null),
    );
    expect(waits.lanes[0]?.waiting).toBe('waits 600 s before a planned retry');
    await core.client.call('audit.pause', { auditId });
    const paused = await auditHalted(core.client, auditId);
    expect(paused.audit.state).toBe('paused');
    expect(paused.canariesDone).toBe(0);
    expect(server.log).toHaveLength(2);
    await bench.expectVerified(auditId);
    await core.client.call('audit.stop', { auditId });
    await bench.expectVerified(auditId);
  });

  it('again and again: the breaker halts that target alone, and the others still answer this canary', async () => {
    const number = await bench.registry(4);
    const panel: Member[] = [
      { name: 'suspect', role: 'suspect' },
      { name: 'control-1', role: 'control' },
    ];
    const server = await bench.serve(({ model }) =>
      model === 'suspect' ? { status: 500, body: '{}' } : 'no',
    );
    const ran = await runAudit(core.client, plan(number, { panel, limits: { breaker: 2 } }));
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.trouble).toEqual({ target: 'suspect', code: 'HTTP_STATUS' });
    expect(server.log.map((question) => question.model).sort()).toEqual([
      'control-1',
      'control-1',
      'suspect',
      'suspect',
    ]);
    await core.client.call('audit.stop', { auditId: ran.auditId });
  });
});
