import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planText, runAudit } from '../../helpers/audit.ts';
import { type Bench, newBench } from '../../helpers/bench.ts';
import { addRegistry, jsonl } from '../../helpers/canaries.ts';
import { failureOf, type OpenCore } from '../../helpers/workspace.ts';

let bench: Bench;
let core: OpenCore;
beforeAll(async () => {
  bench = await newBench();
  core = bench.core;
});
afterAll(() => bench.close());

const check = (ids: string[] | null = null) => core.client.call('canary.check', { ids });

describe('canaries from a template', () => {
  it('are drafts with their own questions and lists, which the check finds clean', async () => {
    const { templates } = await core.client.call('canary.templates', {});
    expect(templates.length).toBeGreaterThanOrEqual(6);
    const ids: string[] = [];
    for (const { name } of templates) {
      const made = await core.client.call('canary.generate', {
        template: name,
        count: 4,
        n: 256,
        cohorts: ['spring', 'web'],
        tags: ['starter'],
      });
      expect(made).toEqual({ ids: [1, 2, 3, 4].map((at) => `${name}-000${at}`), bits: 8 });
      ids.push(...made.ids);
    }
    const { items } = await core.client.call('canary.list', { search: 'starter' });
    expect(items).toHaveLength(ids.length);
    expect(items[1]).toMatchObject({ status: 'draft', kind: 'drawn', n: 256, cohort: 'web' });
    const one = await core.client.call('canary.reveal', { id: ids[0] ?? '' });
    const two = await core.client.call('canary.reveal', { id: ids[1] ?? '' });
    expect(one.responses).not.toEqual(two.responses);
    const { findings, checked } = await check();
    expect(checked).toBe(ids.length);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(findings.map(({ code }) => code).filter((code) => code !== 'duplicate.near')).toEqual(
      [],
    );
    const more = await core.client.call('canary.generate', {
      template: 'formats',
      count: 1,
      n: 16,
    });
    expect(more.ids).toEqual(['formats-0005']);
    const { number } = await core.client.call('registry.commit', { ids });
    const drawn = await core.client.call('registry.draw', { number });
    expect(drawn.served).toBe(ids.length - Math.ceil(ids.length * 0.2));
  });

  it('are refused when the template is unknown or has not as many candidates', async () => {
    const unknown = await failureOf(core, 'canary.generate', { template: 'x', count: 1 });
    expect(unknown).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('place-facts'),
    });
    const many = await failureOf(core, 'canary.generate', {
      template: 'place-facts',
      count: 1,
      n: 60_000,
    });
    expect(many).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('smaller --n'),
    });
    expect((await core.client.call('canary.list', { search: 'place-facts' })).total).toBe(4);
  });
});

describe('the check', () => {
  const SENTINEL = 'quxenzimmer';
  const list = Array.from({ length: 300 }, (_, at) => `${SENTINEL} word${at}x`);
  it('gives each finding a code, and quotes nothing', async () => {
    const question = 'Which word stands on the blue door of the old mill that we know at Farrowby?';
    const text = jsonl([
      { id: 'ok', prompt: question, responses: list },
      { id: 'same', prompt: question.toUpperCase(), responses: list },
      { id: 'near', prompt: question.replace('Farrowby', 'Farrowbi'), responses: list },
      { id: 'hint', prompt: 'Tell me of word7x, please', responses: list },
      { id: 'small', prompt: 'A small one?', responses: list.slice(0, 4) },
      { id: 'inside', prompt: 'One in another?', responses: [...list, `${list[0]} too`] },
      {
        id: 'short',
        kind: 'found',
        prompt: 'A short one?',
        expected: ['ja', `${SENTINEL} of old`],
      },
    ]);
    const { ids } = await core.client.call('canary.import', { format: 'jsonl', text });
    const { findings } = await check(ids);
    expect(JSON.stringify(findings)).not.toContain(SENTINEL);
    const codes = findings.map(({ id, code }) => `${id} ${code}`);
    expect(codes).toEqual(
      expect.arrayContaining([
        'same duplicate.exact',
        'near duplicate.near',
        'hint guess.hint',
        'small list.small',
        'inside list.inside',
        'short guess.short',
      ]),
    );
    expect(codes.filter((code) => code.startsWith('ok '))).toEqual([]);
    expect(findings.find(({ code }) => code === 'duplicate.exact')).toMatchObject({
      severity: 'error',
      other: 'ok',
    });
    expect((await failureOf(core, 'canary.check', { ids: ['nobody'] })).code).toBe('NOT_FOUND');
  });

  it('knows what controls said to canaries of the same list', async () => {
    const lines = Array.from({ length: 6 }, (_, at) => ({
      id: `G-${at}`,
      prompt: `Which of them opens gate number ${at} of the made-up fort?`,
      responses: list,
    }));
    const number = await addRegistry(core.client, lines, { heldOut: 0 });
    await bench.serve(({ model }) => (model === 'suspect' ? 'no idea' : `${SENTINEL} word42x`));
    await runAudit(
      core.client,
      planText({
        panel: [
          { name: 'suspect', role: 'suspect' },
          { name: 'control-1', role: 'control' },
        ],
        registries: [{ number }],
        rule: 'fixed',
      }),
    );
    const fresh = jsonl([
      { id: 'fresh', prompt: 'Which opens the gate of the sea?', responses: list },
    ]);
    await core.client.call('canary.import', { format: 'jsonl', text: fresh });
    const result = await check(['fresh']);
    expect(result.controlAnswers).toBe(6);
    expect(result.findings).toEqual([
      expect.objectContaining({
        code: 'guess.control-answers',
        message: 'controls name entry 43 far more often than one in 300',
      }),
    ]);
  });
});
