import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TargetDraftInput } from '#shared/domain/target.ts';
import { exportAndVerify, type Member, planText, runAudit } from '../../helpers/audit.ts';
import { addRegistry, foundCanaries } from '../../helpers/canaries.ts';
import { newWorkspace, type OpenCore, removeTempFolders } from '../../helpers/workspace.ts';

const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 7 });
let core: OpenCore;
beforeAll(async () => {
  core = await newWorkspace();
  await core.client.call('secret.set', { name: 'lab', value: 'lab-secret-key-0123456789' });
  await mock.start();
});
afterAll(async () => {
  await core.close();
  await mock.stop();
  removeTempFolders();
});

/** One member a format, every second one streamed; the custom one speaks the chat format by a template. */
function panelOn(origin: string): (Member & { readonly draft: Partial<TargetDraftInput> })[] {
  const drafts: Partial<TargetDraftInput>[] = [
    { format: 'openai-responses', baseUrl: `${origin}/v1`, stream: true },
    { format: 'anthropic-messages', baseUrl: `${origin}/v1`, parameters: { max_tokens: 99 } },
    { format: 'gemini', baseUrl: `${origin}/v1beta`, stream: true },
    { format: 'bedrock-converse', baseUrl: origin, stream: true },
    { format: 'ollama', baseUrl: origin, stream: true, extra: { options: { num_ctx: 4096 } } },
    {
      format: 'openai-chat',
      baseUrl: `${origin}/v1`,
      parameters: { max_tokens: 9, thinking: false },
      dialect: {
        renames: { max_tokens: 'max_completion_tokens' },
        thinking: { off: { enable_thinking: false } },
      },
    },
    {
      format: 'custom',
      baseUrl: origin,
      stream: true,
      template: {
        path: '/v1/chat/completions',
        body: { model: '{{model}}', messages: '{{messages}}', stream: true },
        stream: 'sse',
        read: { text: '$.choices[0].delta.content', finish: '$.choices[0].finish_reason' },
        done: '[DONE]',
      },
    },
  ];
  return drafts.map((draft, index) => ({
    name: `${draft.format}-${index}`,
    role: index === 0 ? 'suspect' : 'control',
    draft: { ...draft, key: 'lab' },
  }));
}

it('an audit over every format is run, exported and verified from its bytes', async () => {
  const lines = foundCanaries('formats', 3);
  const number = await addRegistry(core.client, lines, { heldOut: 0 });
  for (const { prompt, expected } of lines)
    mock.onMessage(prompt, { content: `So: ${expected[0]}.` });
  const panel = panelOn(mock.url);
  for (const { name, role, draft } of panel) {
    const own = { name, role, model: name, allowPrivate: true, allowHttp: true };
    await core.client.call('target.add', {
      target: { ...own, ...draft, baseUrl: draft.baseUrl ?? '' },
    });
  }
  const ran = await runAudit(
    core.client,
    planText({ panel, registries: [{ number }], found: 'all', rule: 'fixed' }),
  );
  expect(ran.status.audit.state).toBe('complete');
  const { tierB } = ran.evidence;
  expect(tierB?.suspects[0]).toMatchObject({ hits: 3, asked: 3 });
  // The mock knows no panel: every format found what it said.
  for (const control of tierB?.controlHits ?? [])
    expect(control, control.target).toMatchObject({ hits: 3, asked: 3 });
  const verified = await exportAndVerify(core.client, ran.auditId);
  expect(verified.failed).toEqual([]);
  expect(verified.checks.length).toBeGreaterThan(10);
}, 60_000);

it('a plan with a parameter that one member cannot send is refused by its name', async () => {
  const text = planText({ panel: panelOn(mock.url) }).replace(
    'samples: 1\n',
    'samples: 1\nparameters: { seed: 7 }\n',
  );
  const checked = await core.client.call('plan.check', { text });
  expect(checked.ok).toBe(false);
  const messages = checked.errors.map(({ message }) => message).join('\n');
  for (const format of ['openai-responses', 'anthropic-messages', 'bedrock-converse', 'custom'])
    expect(messages).toContain(`The format ${format} cannot send seed`);
  expect(messages).not.toContain('The format gemini');
});
