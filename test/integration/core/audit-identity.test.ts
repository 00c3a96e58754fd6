import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitOfAudit } from '../../../electron/hosts/cli/evidence-view.ts';
import { nodePorts } from '../../../electron/hosts/common/node-ports.ts';
import { addTargets, planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { newWorkspace, type OpenCore } from '../../helpers/workspace.ts';
import { makeCertificates } from '../../hostile/certificates.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const plan = (number: number): string =>
  planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });

const answer = (text: string, facts: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    ...facts,
  });

describe('a target that changes its identity', () => {
  it('is told, split into segments that are never added up, and gives exit code 31 (HOSTILE 90)', async () => {
    const number = await bench.registry(6);
    let asked = 0;
    await bench.serve(({ model }) => {
      if (model !== 'suspect') return { body: answer('no', { model }) };
      asked += 1;
      return {
        body: answer(`answer ${asked}`, {
          model: asked <= 4 ? 'big-1' : 'small-1',
          provider: 'up',
        }),
      };
    });
    const ran = await runAudit(core.client, plan(number));
    expect(ran.status.audit.state).toBe('complete');
    const [suspect, control] = ran.status.lanes;
    expect(suspect?.segmentCount).toBe(2);
    expect(suspect?.segments).toMatchObject([
      { number: 1, model: 'big-1', upstream: 'up', changed: [], asked: 4, hits: 0 },
      { number: 2, model: 'small-1', upstream: 'up', changed: ['model'], asked: 2, hits: 0 },
    ]);
    expect(control?.segmentCount).toBe(1);
    expect(control?.segments).toEqual([]);
    expect(ran.status.warnings.join(' ')).toMatch(/suspect changed its identity 1 time/);
    expect(ran.evidence.warnings).toEqual(ran.status.warnings);
    expect(exitOfAudit(ran.status, ran.evidence)).toBe(31);
    const { events } = await core.client.call('custody.list', { kind: 'target.identity-changed' });
    expect(events[0]?.data).toMatchObject({ target: 'suspect', segment: 2, changed: ['model'] });
    // What the model calls itself stands nowhere in the log.
    expect(JSON.stringify(events)).not.toContain('small-1');
    await bench.expectVerified(ran.auditId);
    // The report and its JSON say the same, read from the answers alone; the verifier drew both again.
    const { auditId } = ran;
    const { content: page } = await core.client.call('report.get', { auditId });
    expect(page).toContain('A target changed its identity during the run.');
    expect(page).toContain('big-1, up');
    expect(page).toContain('2 of 2');
    const { content } = await core.client.call('report.get', { auditId, format: 'json' });
    const { identities } = JSON.parse(content) as { identities: readonly object[] };
    expect(identities).toMatchObject([
      {
        target: 'suspect',
        degenerate: false,
        segments: [
          { number: 1, model: 'big-1', changed: [], asked: 4, hits: 0 },
          { number: 2, model: 'small-1', changed: ['model'], asked: 2, hits: 0 },
        ],
      },
      { target: 'control-1', segments: [{ number: 1, model: 'control-1', asked: 6 }] },
    ]);
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
  });

  it('is split in the report as in the app, with many answers at once', async () => {
    const number = await bench.registry(3);
    let asked = 0;
    await bench.serve(({ model }) => {
      if (model !== 'suspect') return { body: answer('no', { model }) };
      asked += 1;
      return { body: answer(`answer ${asked}`, { model: asked % 3 === 0 ? 'small' : 'big' }) };
    });
    const ran = await runAudit(
      core.client,
      planText({ panel: SMALL, registries: [{ number }], rule: 'fixed', samples: 6 }),
    );
    const { content } = await core.client.call('report.get', {
      auditId: ran.auditId,
      format: 'json',
    });
    const { identities } = JSON.parse(content) as {
      identities: readonly { readonly segments: readonly object[] }[];
    };
    const lane = ran.status.lanes[0];
    expect(lane?.segmentCount).toBeGreaterThan(3);
    expect(identities[0]?.segments).toHaveLength(lane?.segmentCount ?? 0);
    const shown = lane?.segments.map(({ model, asked, hits }) => ({ model, asked, hits })) ?? [];
    expect(identities[0]?.segments.slice(-shown.length)).toMatchObject(shown);
    await bench.expectVerified(ran.auditId);
  });

  it('gives no code 31 when only a control changed, or when nothing but silence came between', async () => {
    const number = await bench.registry(4);
    let asked = 0;
    await bench.serve(({ model }) => {
      asked += 1;
      if (model === 'suspect')
        return { body: answer(`${asked}`, asked % 3 === 0 ? {} : { model: 'one' }) };
      return { body: answer(`${asked}`, { model: 'c', system_fingerprint: `fp-${asked}` }) };
    });
    const ran = await runAudit(core.client, plan(number));
    expect(ran.status.lanes.map((lane) => lane.segmentCount)).toEqual([1, 4]);
    expect(exitOfAudit(ran.status, ran.evidence)).not.toBe(31);
  });
});

describe('an endpoint that is odd', () => {
  it('is called degenerate when it says the same to everything (HOSTILE 86)', async () => {
    const number = await bench.registry(6);
    let asked = 0;
    await bench.serve(({ model }) => {
      asked += 1;
      return model === 'suspect' ? 'I cannot say.' : `answer ${asked}`;
    });
    const ran = await runAudit(core.client, plan(number));
    expect(ran.status.lanes.map((lane) => lane.degenerate)).toEqual([true, false]);
    expect(ran.evidence.warnings.join(' ')).toMatch(/suspect gives the same answer .*degenerate/);
  });

  it('has its clock compared with ours (HOSTILE 87)', async () => {
    const number = await bench.registry(1);
    const late = new Date(Date.now() + 10 * 365 * 86_400_000).toUTCString();
    await bench.serve(({ model }) => ({
      text: 'no',
      ...(model === 'suspect' ? { headers: { date: late } } : {}),
    }));
    const ran = await runAudit(core.client, plan(number));
    const [suspect, control] = ran.status.lanes;
    expect(suspect?.clockOffsetMs).toBeGreaterThan(9 * 365 * 86_400_000);
    expect(Math.abs(control?.clockOffsetMs ?? 0)).toBeLessThan(60_000);
    expect(ran.status.warnings.join(' ')).toMatch(/clock of suspect is \d+ s ahead of ours/);
  });
});

describe('what the connection says', () => {
  it('another certificate is told and both are kept, and no segment begins (HOSTILE 91)', async () => {
    const certificates = makeCertificates();
    const { good, second } = certificates;
    let asked = 0;
    const server = createServer({ ...good }, (request, response) => {
      request.resume();
      request.on('end', () => {
        asked += 1;
        // Whoever connects after the fourth question is shown another certificate.
        if (asked === 4) server.setSecureContext({ ...second.good });
        response.setHeader('content-type', 'application/json');
        response.end(answer(`answer ${asked}`, { model: 'm' }));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    try {
      const number = await bench.registry(4);
      await addTargets(
        core.client,
        `https://127.0.0.1:${port}/v1`,
        SMALL.map((member) => ({
          ...member,
          draft: { network: { extraCa: `${certificates.ca}\n${second.ca}` } },
        })),
      );
      const ran = await runAudit(core.client, plan(number));
      expect(ran.status.audit.state).toBe('complete');
      expect(ran.status.lanes.map((lane) => lane.certificateChanges)).toEqual([1, 1]);
      expect(ran.status.lanes.map((lane) => lane.segmentCount)).toEqual([1, 1]);
      expect(ran.status.warnings.join(' ')).toMatch(/suspect showed another certificate 1 time/);
      expect(exitOfAudit(ran.status, ran.evidence)).not.toBe(31);
      const { events } = await core.client.call('custody.list', {
        kind: 'target.identity-changed',
      });
      expect(events[0]?.data).toMatchObject({ segment: 1, changed: ['certificate'] });
      await bench.expectVerified(ran.auditId);
    } finally {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  });

  it('a clock that is set during the run is noted, and the record does not go back (HOSTILE 87)', async () => {
    const { clock } = nodePorts({ workspace: '', resources: '', host: 'cli', version: '0' });
    let shiftMs = 0;
    const own = await newWorkspace({
      ports: { clock: { ...clock, nowMs: () => clock.nowMs() + shiftMs } },
    });
    try {
      const server = await bench.serve(() => {
        if (server.log.length === 3) shiftMs = -3_600_000;
        return 'no';
      });
      await addTargets(own.client, server.baseUrl, SMALL);
      const number = await addRegistry(own.client, drawnCanaries('CLK', 3), { heldOut: 0 });
      const ran = await runAudit(own.client, plan(number));
      expect(ran.status.audit.state).toBe('complete');
      const { events } = await own.client.call('custody.list', { kind: 'clock.stepped' });
      expect(events).toHaveLength(1);
      expect(Math.round(Number(events[0]?.data.step_ms) / 60_000)).toBe(-60);
      const all = await own.client.call('custody.list', { limit: 1_000 });
      const times = all.events.map(({ at }) => at);
      expect(times).toEqual(times.toSorted().reverse());
    } finally {
      await own.close();
    }
  });
});
