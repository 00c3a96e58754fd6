import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addTargets,
  auditHalted,
  exportAndVerify,
  outcomeOfAudit,
  planText,
  runAudit,
} from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  tempFolder,
  withDatabase,
} from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const KEY = 'sk-sentinel-0123456789';
const withKey = SMALL.map((member) => ({ ...member, draft: { key: 'acme' } }));

describe('what evidence could not carry', () => {
  it('is refused at the border: half characters and fields given twice', async () => {
    const rows = [
      '{"id":"B-1","prompt":"p \\ud800?","responses":["aa","bb"]}',
      '{"id":"B-2","prompt":"p?","responses":["aa","b\\udc00b"]}',
      '{"id":"B-3","id":"B-4","prompt":"p?","responses":["aa","bb"]}',
    ];
    const { errors, ids } = await core.client.call('canary.import', {
      format: 'jsonl',
      text: rows.join('\n'),
      dryRun: true,
    });
    expect(ids).toEqual([]);
    expect(errors.map((error) => error.line)).toEqual([1, 2, 3]);
    for (const error of errors) expect(error.message).toMatch(/twice|half a character/);
    const text = planText().replace('Test audit', '"\\ud800"');
    const plan = await core.client.call('plan.check', { text });
    expect(plan.errors[0]).toMatchObject({ line: 2, path: 'name' });
    expect(plan.errors[0]?.message).toContain('half a character');
    const failure = await failureOf(core, 'case.create', { id: 'x', name: '\ud800' });
    expect(failure.code).toBe('BAD_INPUT');
  });

  it('days that do not exist and addresses with a fragment are refused', async () => {
    const target = { name: 'odd', baseUrl: 'https://api.example.org/v1', model: 'm' };
    for (const wrong of [
      { released: '2026-02-31' },
      { released: '2026-13-01' },
      { baseUrl: 'https://api.example.org/v1#x' },
    ]) {
      const failure = await failureOf(core, 'target.add', { target: { ...target, ...wrong } });
      expect(failure.code).toBe('BAD_INPUT');
    }
  });

  it('a folder with an empty folder in it is no bundle', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'data/empty'), { recursive: true });
    const { ok, checks } = await core.client.call('bundle.verify', { path: folder });
    expect(ok).toBe(false);
    expect(checks[0]?.detail).toContain('empty folder');
  });
});

describe('a target that sends the API key back', () => {
  it.each(['plain', 'gzip'] as const)(
    'in a %s answer takes away its own evidence and nobody else’s',
    async (encoding) => {
      await core.client.call('secret.set', { name: 'acme', value: KEY });
      const number = await bench.registry(4);
      let echoes = true;
      await bench.serve(
        ({ model, headers }) =>
          model === 'suspect' && echoes
            ? { text: `Your key: ${String(headers.authorization)}`, gzip: encoding === 'gzip' }
            : 'no',
        withKey,
      );
      const text = planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });
      const { auditId, status } = await runAudit(core.client, text);
      expect(status.audit.state).toBe('paused');
      expect(status.trouble).toEqual({ target: 'suspect', code: 'SECRET_ECHOED' });
      const { order } = await core.client.call('evidence.get', { auditId });
      const sample = await core.client.call('evidence.sample', {
        auditId,
        canaryId: order[0]?.canaryId ?? '',
        target: 'suspect',
      });
      expect(sample.attempts[0]?.errorCode).toBe('SECRET_ECHOED');
      expect(JSON.stringify(sample)).not.toContain(KEY);
      echoes = false;
      await core.client.call('audit.resume', { auditId });
      await auditHalted(core.client, auditId);
      const { evidence } = await outcomeOfAudit(core.client, auditId);
      expect(evidence.tierA?.suspects[0]).toMatchObject({ asked: 3, notAdministered: 1 });
      await bench.expectVerified(auditId);
    },
  );
});

describe('a clock that is set back', () => {
  it('during a run and before the next one leaves a bundle that verifies', async () => {
    let offsetMs = 0;
    const clock = {
      nowMs: () => Date.now() + offsetMs,
      monotonicNs: () => process.hrtime.bigint(),
    };
    const stepped = await newWorkspace({ ports: { clock } });
    let asked = 0;
    const server = await chatServer(() => {
      asked += 1;
      if (asked % 5 === 0) offsetMs -= 90_000;
      return 'no';
    });
    try {
      await addTargets(stepped.client, server.baseUrl, SMALL);
      for (const [wave, prefix] of ['K', 'L'].entries()) {
        const number = await addRegistry(stepped.client, drawnCanaries(prefix, 6), { heldOut: 0 });
        const text = planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });
        const { auditId } = await runAudit(stepped.client, text);
        expect((await exportAndVerify(stepped.client, auditId)).failed).toEqual([]);
        expect(wave).toBe(number - 1);
      }
      expect(offsetMs).toBeLessThan(-300_000);
    } finally {
      await stepped.close();
      await server.close();
    }
  });
});

describe('the lease of a killed process', () => {
  it('is free at once, even while nobody has collected the process', async () => {
    // The shell becomes another program that never waits for its child: the child stays defunct.
    const shell = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 30']);
    try {
      const [text] = (await once(shell.stdout, 'data')) as [Buffer];
      const pid = String(text).trim();
      const number = await bench.registry(2);
      await bench.serve(() => 'no');
      const { plan } = await core.client.call('plan.seal', {
        text: planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' }),
      });
      withDatabase(join(core.folder, 'workspace.sqlite'), (db) =>
        db
          .prepare('INSERT INTO lease (id, holder, expires_ms) VALUES (1, ?, ?)')
          .run(`${hostname()}/${pid}/x`, Date.now() + 60_000),
      );
      const { auditId } = await core.client.call('audit.start', { planId: plan.planId });
      expect((await auditHalted(core.client, auditId)).audit.state).toBe('complete');
    } finally {
      shell.kill('SIGKILL');
    }
  });
});
