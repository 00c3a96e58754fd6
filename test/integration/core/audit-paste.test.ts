import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditHalted, type Member, planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench } from '../../helpers/bench.ts';
import { failureOf, type OpenCore, openWorkspace } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const PANEL: readonly Member[] = [
  { name: 'window', role: 'suspect', draft: { format: 'paste' } },
  { name: 'control-1', role: 'control' },
];
const plan = (number: number, panel: readonly Member[] = PANEL): string =>
  planText({ panel, registries: [{ number }], rule: 'fixed' });

describe('a target that a person asks', () => {
  it('keeps the canary closed until the answer is pasted, and is scored and verified like any other', async () => {
    const number = await bench.registry(2);
    const server = await bench.serve(() => 'no', PANEL);
    const ran = await runAudit(core.client, plan(number));
    const { auditId } = ran;
    expect(ran.status.audit.state).toBe('paused');
    expect(ran.status.pasteWaiting).toBe(1);
    expect(ran.status.trouble).toBeNull();
    expect(ran.status.message).toMatch(/1 answer to paste \(window\)/);
    const window = ran.status.lanes.find(({ target }) => target === 'window');
    expect(window).toMatchObject({ exposures: 0, waiting: 'waits for a person to paste' });
    expect(ran.status.canariesDone).toBe(0);

    // Looking at the list exposes nothing; taking does, and is logged.
    const listed = await core.client.call('audit.prompts', { auditId });
    expect(listed.prompts).toMatchObject([{ target: 'window', attemptId: null, text: null }]);
    const taken = await core.client.call('audit.prompts', { auditId, take: true });
    const [prompt] = taken.prompts;
    expect(prompt?.text).toContain(server.log[0]?.prompt);
    const after = await core.client.call('audit.get', { auditId });
    expect(after.lanes.find(({ target }) => target === 'window')?.exposures).toBe(1);
    const { events } = await core.client.call('custody.list', { kind: 'prompt.revealed' });
    expect(events[0]?.data).toMatchObject({ target: 'window', attempt: prompt?.attemptId });
    // Taking again shows the same prompt and makes no second attempt.
    const again = await core.client.call('audit.prompts', { auditId, take: true });
    expect(again.prompts[0]?.attemptId).toBe(prompt?.attemptId);

    // A paused audit can be exported; a resume without the answer changes nothing.
    await bench.expectVerified(auditId);
    await core.client.call('audit.resume', { auditId });
    const still = await auditHalted(core.client, auditId);
    expect(still.pasteWaiting).toBe(1);
    expect((await core.client.call('audit.prompts', { auditId })).prompts[0]?.attemptId).toBe(
      prompt?.attemptId,
    );

    const input = { auditId, attemptId: prompt?.attemptId ?? '', text: 'I do not know that door.' };
    const pasted = await core.client.call('audit.paste', { ...input, model: 'Chat 4' });
    expect(pasted.remaining).toBe(0);
    const second = await auditHalted(core.client, auditId);
    expect(second.canariesDone).toBe(1);
    expect(second.pasteWaiting).toBe(1);
    expect((await failureOf(core, 'audit.paste', input)).code).toBe('NOT_FOUND');
    const sample = await core.client.call('evidence.sample', {
      auditId,
      canaryId: prompt?.canaryId ?? '',
      target: 'window',
    });
    expect(sample.attempts).toMatchObject([
      { outcome: 'answered', answer: 'I do not know that door.', model: 'Chat 4' },
    ]);

    // Another process may carry the second one.
    const other = await openWorkspace(core.folder);
    const next = await other.client.call('audit.prompts', { auditId, take: true });
    await other.client.call('audit.paste', {
      auditId,
      attemptId: next.prompts[0]?.attemptId ?? '',
      text: '',
    });
    const done = await auditHalted(other.client, auditId);
    expect(done.audit.state).toBe('complete');
    await other.close();
    const evidence = await core.client.call('evidence.get', { auditId });
    expect(evidence.tierA?.suspects[0]).toMatchObject({ asked: 2, notAdministered: 0, hits: 0 });
    expect(server.log).toHaveLength(2);
    await bench.expectVerified(auditId);
    expect((await core.client.call('custody.verify', {})).problems).toEqual([]);
  });

  it('may be all there is; a hit is a hit; stopping closes what was taken', async () => {
    const only: readonly Member[] = [
      { name: 'window', role: 'suspect', draft: { format: 'paste' } },
    ];
    const number = await bench.registry(2);
    await bench.serve(() => 'no', only);
    const ran = await runAudit(core.client, plan(number, only));
    const { auditId } = ran;
    expect(ran.status.pasteWaiting).toBe(1);
    const early = await failureOf(core, 'audit.paste', {
      auditId,
      attemptId: crypto.randomUUID(),
      text: 'x',
    });
    expect(early.code).toBe('NOT_FOUND');
    const { prompts } = await core.client.call('audit.prompts', { auditId, take: true });
    const { drawn } = await core.client.call('canary.reveal', { id: prompts[0]?.canaryId ?? '' });
    await core.client.call('audit.paste', {
      auditId,
      attemptId: prompts[0]?.attemptId ?? '',
      text: `It is ${drawn}.`,
    });
    await auditHalted(core.client, auditId);
    const evidence = await core.client.call('evidence.get', { auditId });
    expect(evidence.tierA?.suspects[0]).toMatchObject({ asked: 1, hits: 1 });
    await core.client.call('audit.prompts', { auditId, take: true });
    await core.client.call('audit.stop', { auditId });
    expect((await failureOf(core, 'audit.prompts', { auditId })).code).toBe('CONFLICT');
    await bench.expectVerified(auditId);
  });
});
