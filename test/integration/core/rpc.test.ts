import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDispatch, type Handlers } from '#core/rpc/dispatch.ts';
import { contract, type Input, type MethodName, methodNames } from '#shared/contract/index.ts';
import { auditHalted, planText } from '../../helpers/audit.ts';
import { drawnCanaries, jsonl } from '../../helpers/canaries.ts';
import { type ChatServer, chatServer } from '../../helpers/chat-server.ts';
import {
  coreOn,
  failureOf,
  type OpenCore,
  PASSPHRASE,
  ROOT,
  removeTempFolders,
  tempFolder,
} from '../../helpers/workspace.ts';
import {
  corpus,
  jsonLines,
  laboratories,
  lineage,
  student,
} from '../../unit/scoring/similarity/corpus.ts';

let core: OpenCore;
let server: ChatServer;
const called = new Set<MethodName>();

/** Calls like any client, and remembers what was called. */
async function call<N extends MethodName>(name: N, input: Input<N>) {
  called.add(name);
  return core.client.call(name, input);
}

beforeAll(async () => {
  server = await chatServer(() => 'ready');
  core = coreOn(join(tempFolder(), 'workspace'));
});
afterAll(async () => {
  await core.close();
  await server.close();
  removeTempFolders();
});

const callsInOtherTests = (): string =>
  readdirSync(join(ROOT, 'test', 'integration'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name.endsWith('.test.ts') && entry.name !== 'rpc.test.ts')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .flatMap((source) => source.match(/(?:call|dispatch)\(\s*'[a-z]+\.[a-zA-Z]+'/g) ?? [])
    .join('\n');

const runtime = (host: 'cli' | 'loopback') => ({
  version: '0',
  node: '0',
  openssl: '0',
  platform: 'test',
  host,
  actor: 'tester',
  env: {},
  execArgv: [],
});
const quiet = { info: () => {}, error: () => {} };

describe('every method of the contract', () => {
  it('answers over a whole piece of work: none is without a handler or without a call', async () => {
    expect((await call('workspace.status', {})).state).toBe('absent');
    const made = await call('workspace.create', { name: 'All of it', passphrase: PASSPHRASE });
    expect(made).toMatchObject({ state: 'unlocked', name: 'All of it' });
    await call('workspace.lock', {});
    expect((await call('workspace.unlock', { passphrase: PASSPHRASE })).state).toBe('unlocked');
    await call('case.create', { id: 'second', name: 'Second', question: 'Who?' });
    expect((await call('case.list', {})).cases.map((one) => one.id)).toEqual(['default', 'second']);
    const { publicKeyPem, keyid } = await call('key.show', {});
    expect(publicKeyPem).toMatch(/^-----BEGIN PUBLIC KEY-----/);
    expect(keyid).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    await call('secret.set', { name: 'main', value: 'k-1' });
    await call('secret.set', { name: 'other', value: 'k-2' });
    expect((await call('secret.list', {})).secrets.map((one) => one.name)).toEqual([
      'main',
      'other',
    ]);
    await call('secret.remove', { name: 'other' });

    expect((await call('lab.canaries', { count: 4, prefix: 'L' })).count).toBe(4);
    const text = jsonl(drawnCanaries('A', 4, 300));
    await call('canary.import', { format: 'jsonl', text });
    expect((await call('canary.list', { kind: 'drawn', status: 'draft' })).total).toBe(4);
    expect((await call('canary.reveal', { id: 'A-001' })).n).toBe(300);
    expect((await call('canary.export', {})).count).toBe(4);
    await call('canary.retire', { ids: ['A-004'] });
    await call('canary.restore', { ids: ['A-004'] });
    const { number } = await call('registry.commit', { heldOut: 0.25 });
    await call('registry.draw', { number, beacon: 'ab'.repeat(32), source: 'a test' });
    const kit = await call('registry.kit', { number, plantedFrom: '2026-02-01' });
    expect(kit.count).toBe(3);
    expect((await call('registry.list', {})).registries[0]).toMatchObject({
      beaconState: 'unverified',
    });
    expect((await call('canary.get', { id: 'A-001' })).commitment).toMatch(/^[0-9a-f]{64}$/);

    const target = {
      name: 'suspect',
      baseUrl: server.baseUrl,
      model: 'm-1',
      key: 'main',
      allowPrivate: true,
      allowHttp: true,
    };
    const preview = await call('target.preview', { target });
    expect(preview.headers).toContainEqual(['authorization', 'Bearer [key main]']);
    await call('target.add', { target });
    const yaml = `targets:\n  - { name: control-1, role: control, baseUrl: "${server.baseUrl}", model: m-2, allowPrivate: true, allowHttp: true }\n`;
    await call('target.import', { text: yaml });
    await call('target.remove', { name: 'control-1' });
    await call('target.restore', { name: 'control-1' });
    expect((await call('target.list', {})).targets).toHaveLength(2);
    const tested = await call('target.test', { name: 'suspect' });
    expect(tested).toMatchObject({ ok: true, text: 'ready', address: '127.0.0.1' });
    expect(server.log).toHaveLength(1);
    expect(server.log[0]?.prompt).not.toMatch(/house/);

    const plan = planText({
      panel: [
        { name: 'suspect', role: 'suspect' },
        { name: 'control-1', role: 'control' },
      ],
      registries: [{ number }],
    });
    expect((await call('plan.check', { text: plan })).ok).toBe(true);
    const sealed = await call('plan.seal', { text: plan });
    const { planId } = sealed.plan;
    expect((await call('plan.list', {})).plans).toHaveLength(1);
    expect((await call('plan.get', { planId })).text).toBe(plan);
    const { auditId } = await call('audit.start', { planId });
    await call('audit.pause', { auditId });
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('paused');
    await call('audit.resume', { auditId });
    await call('audit.pause', { auditId });
    expect((await auditHalted(core.client, auditId)).audit.state).toBe('paused');
    await call('audit.stop', { auditId });
    expect((await call('audit.get', { auditId })).audit.state).toBe('stopped');
    expect((await call('audit.list', {})).audits).toHaveLength(1);
    const { columns } = await call('audit.matrix', { auditId });
    expect(columns).toHaveLength(4);
    expect((await call('evidence.get', { auditId })).order).toHaveLength(4);
    const canaryId = columns[0]?.canaryId ?? '';
    const sample = await call('evidence.sample', { auditId, canaryId, target: 'suspect' });
    expect(sample.canaryId).toBe(canaryId);
    expect((await call('report.get', { auditId })).content).toMatch(/^<!doctype html>/i);
    const shown = await call('bundle.preview', { auditId, profile: 'public' });
    expect(shown.items.find(({ what }) => what === 'Prompts')?.disclosed).toBe('no');
    expect((await call('bundle.page', {})).html).toMatch(/^<!doctype html>/i);
    const item = await call('bundle.export', { auditId });
    expect(item.path.startsWith(join(core.folder, 'exports'))).toBe(true);
    expect((await call('bundle.list', {})).bundles).toHaveLength(1);
    expect((await call('bundle.check', { bundleId: item.bundleId })).ok).toBe(true);
    expect(await call('bundle.verify', { path: item.path })).toMatchObject({
      ok: true,
      keyGiven: false,
      keyid,
    });
    const disclose = { auditId, canaries: ['never-asked'] };
    await expect(call('bundle.disclose', disclose)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const opened = await call('bundle.open', { path: item.path });
    expect(opened.report?.reportId).toBe(item.reportId);
    const rescored = await call('bundle.rescore', { path: item.path });
    expect(rescored.differences).toEqual([]);
    expect((await call('custody.list', { limit: 5 })).events).toHaveLength(5);
    expect(await call('custody.verify', {})).toMatchObject({ ok: true, problems: [] });
    const lab = await call('lab.start', { kit: kit.text, students: [] });
    expect(lab.models.map((model) => model.name)).toContain('teacher');
    expect((await call('lab.status', {})).lab?.baseUrl).toBe(lab.baseUrl);
    await call('lab.stop', {});

    const input = { k: 7, n: 20, level: 0.95 };
    const { results } = await call('stats.run', {
      cases: [{ id: 'a', kind: 'clopper_pearson', input }],
    });
    expect(JSON.stringify(results)).toMatch(/"value":\[0\.153909204/);

    const writers = [...laboratories(), student];
    const files = { outputs: jsonLines(corpus(writers, 10)), lineage: lineage(writers) };
    expect((await call('similarity.matrix', files)).models).toHaveLength(writers.length);
    const ranked = await call('similarity.teachers', { ...files, suspect: 'student' });
    expect(ranked.suspect).toBe('student');
    expect(await call('similarity.progress', {})).toEqual({ running: null });
    expect(await call('similarity.cancel', {})).toEqual({ cancelled: false });

    // A method with a test file of its own is called there.
    const elsewhere = callsInOtherTests();
    const uncalled = methodNames.filter(
      (name) => !called.has(name) && !elsewhere.includes(`'${name}'`),
    );
    expect(uncalled, `these methods are called by no test: ${uncalled.join(', ')}`).toEqual([]);
  });
});

describe('the dispatcher', () => {
  it('never throws, whatever it is given', async () => {
    const names: unknown[] = [
      '',
      'nothing.here',
      'toString',
      '__proto__',
      'constructor',
      null,
      42,
      {},
    ];
    for (const name of names) {
      const envelope = await core.dispatch(name as string, {});
      expect(envelope).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    }
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const hostile = {
      get id(): string {
        throw new Error('a getter that throws');
      },
    };
    const inputs: unknown[] = [undefined, null, 42, 'text', [], { a: 1 }, circular, hostile];
    for (const name of methodNames)
      for (const input of inputs) {
        const envelope = await core.dispatch(name, input);
        expect(envelope.ok, name).toBe(false);
        if (!envelope.ok) expect(envelope.error.code, name).toBe('BAD_INPUT');
      }
  });

  it('does not give back what was wrong with a sensitive value', async () => {
    const failure = await failureOf(core, 'secret.set', { name: 'main', value: 'has a space' });
    expect(failure).toMatchObject({
      code: 'BAD_INPUT',
      message: 'value: this value cannot be used',
      data: { issues: [{ path: 'value' }] },
    });
    const unknown = await failureOf(core, 'secret.list', { nmae: 1, 'not a name': 2 });
    expect(unknown.message).toBe('secret.list: a field is not known');
    expect((await failureOf(core, 'secret.list', { nmae: 1 })).message).toBe(
      'secret.list: not known: nmae',
    );
  });

  it('offers a host only what the contract says', async () => {
    const browser = coreOn(join(tempFolder(), 'workspace'), { host: 'loopback' });
    for (const name of methodNames) {
      const hosts: readonly string[] = contract[name].hosts;
      if (hosts.includes('loopback')) continue;
      expect((await failureOf(browser, name, {})).code).toBe('NOT_AVAILABLE_HERE');
    }
    await browser.close();
    const restricted = methodNames.filter(
      (name) => !(contract[name].hosts as readonly string[]).includes('loopback'),
    );
    expect(restricted).toEqual([
      'target.try',
      'bundle.open',
      'bundle.rescore',
      'bundle.verify',
      'lab.start',
      'lab.stop',
    ]);
  });

  it('lets no answer out that the contract does not describe, and says only where it differs', async () => {
    const seen: unknown[] = [];
    const handlers = {
      'case.list': () => ({
        cases: [{ id: 'a', name: 'b', question: '', createdUtc: 'now', extra: 'private' }],
      }),
      'key.show': () => ({ keyid: 42, publicKeyPem: 'private' }),
      'secret.list': () => {
        throw new Error('private words of an unexpected error');
      },
      'plan.list': () => {
        throw 'private text that is no error';
      },
    } as unknown as Handlers;
    const logger = { info: () => {}, error: (...parts: unknown[]) => seen.push(parts) };
    const dispatch = createDispatch(handlers, logger, runtime('cli'));
    const answers = await Promise.all(
      (['case.list', 'key.show', 'secret.list', 'plan.list'] as const).map((name) =>
        dispatch(name, {}),
      ),
    );
    for (const answer of answers)
      expect(answer).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
    expect(JSON.stringify(answers)).not.toContain('private');
    expect(JSON.stringify(seen)).not.toContain('private');
    expect(JSON.stringify(answers[1])).toContain('keyid');
  });

  it('answers with the code that a use case throws', async () => {
    const { AppError } = await import('#shared/contract/errors.ts');
    const handlers = {
      'case.list': () => {
        throw new AppError('CONFLICT', 'no', { why: 1 });
      },
    } as unknown as Handlers;
    const dispatch = createDispatch(handlers, quiet, runtime('cli'));
    expect(await dispatch('case.list', {})).toEqual({
      ok: false,
      error: { code: 'CONFLICT', message: 'no', data: { why: 1 } },
    });
  });
});
