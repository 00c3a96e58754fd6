import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Input } from '#shared/contract/index.ts';
import { pathSegment } from '#shared/wire/outbound.ts';
import {
  type ChatQuestion,
  type ChatReply,
  type ChatServer,
  chatServer,
} from '../../helpers/chat-server.ts';
import {
  failureOf,
  newWorkspace,
  type OpenCore,
  removeTempFolders,
  withDatabase,
} from '../../helpers/workspace.ts';
import { http, replies } from '../../hostile/cases/case.ts';
import { hostileServer } from '../../hostile/server.ts';

const TEXTS = [
  'The sea is wide. It is blue.',
  'Waves come in. They go out.',
  'Salt is in it. It is deep.',
];
let count = 0;
let answer: (question: ChatQuestion, body: Record<string, unknown>) => ChatReply = () => ({
  text: 'ready',
});
let core: OpenCore;
let server: ChatServer;

beforeAll(async () => {
  server = await chatServer((question) => answer(question, JSON.parse(question.raw)));
  core = await newWorkspace();
});
afterAll(async () => {
  await core.close();
  await server.close();
  removeTempFolders();
});
beforeEach(() => {
  count = 0;
});

type Draft = Input<'target.add'>['target'];
const draft = (name: string, fields: Partial<Draft> = {}): Draft => ({
  name,
  baseUrl: server.baseUrl,
  model: 'm-1',
  allowPrivate: true,
  allowHttp: true,
  ...fields,
});
const add = (name: string, fields: Partial<Draft> = {}) =>
  core.client.call('target.add', { target: draft(name, fields), replace: true });

/** A model that obeys what it is asked, varies by itself, and repeats itself with a seed. */
function obedient(_question: ChatQuestion, body: Record<string, unknown>): ChatReply {
  if (body.logprobs !== undefined)
    return { status: 400, body: '{"error":{"message":"logprobs is not supported"}}' };
  const isFixed = body.seed !== undefined || body.temperature === 0;
  const text = TEXTS[isFixed ? 0 : count++ % TEXTS.length] ?? '';
  if (body.max_tokens === 1) return { text: 'The', finish: 'length' };
  if (Array.isArray(body.stop)) return { text: text.split('.')[0] ?? '' };
  return { text };
}

describe('a probe', () => {
  it('announces its calls, makes no more of them, and sends no canary', async () => {
    answer = obedient;
    await add('obedient');
    const plan = await core.client.call('target.probePlan', { name: 'obedient' });
    expect(plan.calls.length).toBeLessThanOrEqual(8);
    const before = server.log.length;
    const probe = await core.client.call('target.probe', { name: 'obedient', calls: 8 });
    // The last of them would be made only if the other delivery were not found.
    expect(plan.calls.at(-1)?.id).toBe('stream-again');
    expect(server.log.length - before).toBe(plan.calls.length - 1);
    expect(probe.calls).toBe(plan.calls.length - 1);
    expect(new Set(server.log.slice(before).map(({ prompt }) => prompt)).size).toBe(1);
    await expect(core.client.call('target.probe', { name: 'obedient', calls: 1 })).rejects.toThrow(
      /calls/,
    );
  });

  it('tells what is obeyed, what is refused and what is not seen', async () => {
    answer = obedient;
    await add('obedient');
    const probe = await core.client.call('target.probe', { name: 'obedient', calls: 16 });
    const verdicts = Object.fromEntries(
      probe.findings.map(({ subject, verdict }) => [subject, verdict]),
    );
    expect(verdicts).toMatchObject({
      stream: 'effect',
      max_tokens: 'effect',
      stop: 'effect',
      logprobs: 'rejected',
      seed: 'effect',
      top_k: 'accepted',
    });
    expect(probe.repeatsDiffer).toBe(true);
    expect(probe.models).toEqual(['m-1']);
    expect(probe.latency?.leastMs).toBeLessThanOrEqual(probe.latency?.mostMs ?? 0);
    const refused = { code: 'HTTP_STATUS', status: 400 };
    expect(probe.failures).toEqual([
      { id: 'logprobs', ...refused },
      { id: 'top_logprobs', ...refused },
    ]);
  });

  it('sees a server that takes everything and obeys nothing', async () => {
    answer = () => ({ text: TEXTS[0] ?? '' });
    await add('deaf');
    const probe = await core.client.call('target.probe', { name: 'deaf', calls: 12 });
    const verdicts = Object.fromEntries(
      probe.findings.map(({ subject, verdict }) => [subject, verdict]),
    );
    expect(verdicts).toMatchObject({
      max_tokens: 'no-effect',
      temperature: 'no-effect',
      stop: 'no-effect',
      logprobs: 'no-effect',
    });
    expect(probe.repeatsDiffer).toBe(false);
  });

  it('tells a model that can be kept from thinking from one that cannot', async () => {
    const dialect = {
      thinking: { on: { enable_thinking: true }, off: { enable_thinking: false } },
    };
    const said = (thinks: boolean): ChatReply => ({
      body: JSON.stringify({
        model: 'm-1',
        choices: [
          {
            index: 0,
            message: { content: TEXTS[0], ...(thinks ? { reasoning_content: 'hm' } : {}) },
            finish_reason: 'stop',
          },
        ],
      }),
    });
    const verdict = async (thinks: (body: Record<string, unknown>) => boolean) => {
      answer = (_question, body) => said(thinks(body));
      await add('thinker', { dialect });
      const probe = await core.client.call('target.probe', { name: 'thinker', calls: 16 });
      return probe.findings.find(({ subject }) => subject === 'thinking')?.verdict;
    };
    expect(await verdict(({ enable_thinking }) => enable_thinking === true)).toBe('effect');
    expect(await verdict(() => true)).toBe('no-effect');
    expect(await verdict(() => false)).toBe('accepted');
  });

  it('compares the least and the most effort, and knows a server that has some values only', async () => {
    const verdict = async (reply: (effort: unknown) => ChatReply) => {
      answer = (_question, body) => reply(body.reasoning_effort);
      await add('effort');
      const probe = await core.client.call('target.probe', { name: 'effort', calls: 16 });
      return probe.findings.find(({ subject }) => subject === 'reasoning_effort')?.verdict;
    };
    const thought = (tokens: number): ChatReply => ({
      body: JSON.stringify({
        model: 'm-1',
        choices: [{ index: 0, message: { content: TEXTS[0] }, finish_reason: 'stop' }],
        usage: {
          prompt_tokens: 9,
          completion_tokens: 9 + tokens,
          completion_tokens_details: { reasoning_tokens: tokens },
        },
      }),
    });
    const refused: ChatReply = { status: 400, body: '{"error":{"message":"unsupported value"}}' };
    expect(await verdict((effort) => thought(effort === 'none' ? 0 : 50))).toBe('effect');
    expect(await verdict((effort) => thought(effort === 'none' ? 50 : 0))).toBe('no-effect');
    expect(await verdict(() => thought(50))).toBe('accepted');
    expect(await verdict(() => thought(0))).toBe('accepted');
    expect(await verdict((effort) => (effort === 'none' ? refused : thought(50)))).toBe('accepted');
    expect(await verdict((effort) => (effort === undefined ? thought(0) : refused))).toBe(
      'rejected',
    );
  });

  it('looks for the alternatives of the tokens, and not for words of the answer', async () => {
    const said = (content: string, alternatives: readonly object[] | null): ChatReply => ({
      gzip: true,
      body: JSON.stringify({
        model: 'm-1',
        choices: [
          {
            index: 0,
            message: { content },
            logprobs: alternatives && {
              content: [{ token: 'a', logprob: -0.1, top_logprobs: alternatives }],
            },
            finish_reason: 'stop',
          },
        ],
      }),
    });
    const verdict = async (reply: ChatReply) => {
      answer = (_question, body) => {
        if (body.top_logprobs === undefined) return said('plain', null);
        expect(body).toMatchObject({ logprobs: true, top_logprobs: 2 });
        return reply;
      };
      await add('alternatives');
      const probe = await core.client.call('target.probe', { name: 'alternatives', calls: 16 });
      return probe.findings.find(({ subject }) => subject === 'top_logprobs')?.verdict;
    };
    expect(await verdict(said('a', [{ token: 'a', logprob: -0.1 }]))).toBe('effect');
    expect(await verdict(said('"top_logprobs":[{"token"', []))).toBe('accepted');
    expect(await verdict(said('a', null))).toBe('no-effect');
  });

  it('asks once more before it says that the other delivery is refused, and within its calls', async () => {
    let lost = 1;
    answer = ({ stream }) => {
      if (!stream) return { text: TEXTS[0] ?? '' };
      lost -= 1;
      return lost < 0 ? { text: TEXTS[0] ?? '' } : { status: 404, body: '{}' };
    };
    const probed = async (times: number, calls: number) => {
      lost = times;
      await add('delivery');
      const before = server.log.length;
      const probe = await core.client.call('target.probe', { name: 'delivery', calls });
      expect(server.log.length - before).toBe(probe.calls);
      expect(probe.calls).toBeLessThanOrEqual(calls);
      const own = probe.findings.find(({ subject }) => subject === 'stream');
      const asked = server.log.slice(before).filter(({ stream }) => stream).length;
      return [own?.verdict, asked];
    };
    expect(await probed(0, 16)).toEqual(['effect', 1]);
    expect(await probed(1, 4)).toEqual(['effect', 2]);
    expect(await probed(2, 16)).toEqual(['rejected', 2]);
    expect(await probed(0, 3)).toEqual([undefined, 0]);
  });

  it('asks a target that does not answer once, and says so', async () => {
    answer = () => ({ status: 500, body: '{}' });
    await add('down');
    const before = server.log.length;
    const probe = await core.client.call('target.probe', { name: 'down', calls: 8 });
    expect(server.log.length - before).toBe(1);
    expect(probe).toMatchObject({ calls: 1, answered: 0, warnings: ['plain-call-failed'] });
    expect(probe.findings).toEqual([]);
  });

  it('warns of a model that changes between calls', async () => {
    answer = ({ time }) => ({
      body: JSON.stringify({
        model: `m-${time}`,
        choices: [{ index: 0, message: { content: 'x' }, finish_reason: 'stop' }],
      }),
    });
    await add('changing');
    const probe = await core.client.call('target.probe', { name: 'changing', calls: 2 });
    expect(probe.models).toHaveLength(2);
    expect(probe.warnings).toEqual(['model-differs', 'model-changes-between-calls']);
  });
});

describe('what is kept of tests and probes', () => {
  it('the last of each, for the target as it is configured now, sealed', async () => {
    answer = () => ({ text: 'ready-zqsentinel' });
    await add('kept');
    expect(await core.client.call('target.get', { name: 'kept' })).toMatchObject({
      lastTest: null,
      lastProbe: null,
    });
    await core.client.call('target.test', { name: 'kept' });
    await core.client.call('target.probe', { name: 'kept', calls: 2 });
    const known = await core.client.call('target.get', { name: 'kept' });
    expect(known.lastTest?.result).toMatchObject({
      ok: true,
      text: 'ready-zqsentinel',
      code: null,
    });
    expect(known.lastProbe).toMatchObject({ calls: 2, answered: 2 });
    // A note changes no request; another model does.
    await add('kept', { note: 'a remark' });
    expect((await core.client.call('target.get', { name: 'kept' })).lastTest).not.toBeNull();
    await add('kept', { model: 'm-2' });
    expect(await core.client.call('target.get', { name: 'kept' })).toMatchObject({
      lastTest: null,
      lastProbe: null,
    });
    withDatabase(core.database, (db) => {
      const rows = db.prepare('SELECT * FROM target_trial').all();
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows as { result_cell: Buffer }[])
        expect(row.result_cell.includes('zqsentinel')).toBe(false);
    });
  });
});

describe('the table of parameters', () => {
  it('says what is asked, what the bytes hold, what was accepted and what is known to be ignored', async () => {
    answer = obedient;
    const fields: Partial<Draft> = {
      preset: 'deepseek',
      parameters: { temperature: 0.5, max_tokens: 64, logprobs: true },
    };
    await add('table', fields);
    await core.client.call('target.probe', { name: 'table', calls: 16 });
    const { rows } = await core.client.call('target.parameters', {
      target: draft('table', fields),
      plan: { max_tokens: 32, thinking: true },
    });
    const row = (name: string) => rows.find(({ parameter }) => parameter === name);
    expect(row('temperature')).toMatchObject({
      asked: 0.5,
      from: 'target',
      sent: [{ field: 'temperature', value: 0.5 }],
      refused: null,
    });
    expect(row('temperature')?.ignored?.source).toMatch(/^https:/);
    expect(row('max_tokens')).toMatchObject({
      asked: 32,
      from: 'plan',
      sent: [{ field: 'max_tokens', value: 32 }],
    });
    expect(row('thinking')).toMatchObject({ asked: true, sent: [], accepted: 'unknown' });
    expect(row('thinking')?.refused).toContain('openai-chat');
    expect(row('top_p')).toMatchObject({ asked: null, from: null, sent: [] });
  });

  it('names the fields of the format, not ours', async () => {
    const { rows } = await core.client.call('target.parameters', {
      target: draft('g', { format: 'gemini', parameters: { max_tokens: 9, thinking: 128 } }),
    });
    expect(rows.flatMap(({ sent }) => sent)).toEqual([
      { field: 'generationConfig.maxOutputTokens', value: 9 },
      { field: 'generationConfig.thinkingConfig.thinkingBudget', value: 128 },
    ]);
  });

  it('names a field that two parameters need at both of them', async () => {
    const { rows } = await core.client.call('target.parameters', {
      target: draft('r', {
        format: 'openai-responses',
        parameters: { logprobs: true, top_logprobs: 3 },
      }),
    });
    const sent = (name: string) =>
      rows.find(({ parameter }) => parameter === name)?.sent.map(({ field }) => field);
    expect(sent('logprobs')).toEqual(['include']);
    expect(sent('top_logprobs')).toEqual(['include', 'top_logprobs']);
  });
});

describe('the preview', () => {
  it('shows a host of other letters as it is looked up', async () => {
    const preview = await core.client.call('target.preview', {
      target: draft('p', { baseUrl: 'https://аpi.openai.com/v1', key: 'main' }),
    });
    expect(preview.host).toBe('xn--pi-6kc.openai.com');
    expect(preview.url).toBe('https://xn--pi-6kc.openai.com/v1/chat/completions');
    expect(preview.headers).toContainEqual(['host', 'xn--pi-6kc.openai.com']);
    expect(preview.headers).toContainEqual(['authorization', 'Bearer [key main]']);
    expect(preview.bytes).toBe(Buffer.byteLength(preview.body));
    expect(preview.problems).toEqual([]);
  });

  it.each<[string, Partial<Draft>]>([
    ['openai-chat', { stream: true, headers: { 'X-Team': 'a' }, parameters: { max_tokens: 9 } }],
    ['gemini', { format: 'gemini', extra: { safetySettings: [] } }],
    [
      'custom',
      {
        format: 'custom',
        template: { method: 'GET', path: '/ask?q={{prompt}}', body: null, read: { text: '$.a' } },
      },
    ],
  ])('is what then goes over the socket, byte for byte: %s', async (_format, fields) => {
    const socket = await hostileServer(replies(http('{}')));
    const value = 'k-of-the-preview-1';
    await core.client.call('secret.set', { name: 'shown', value });
    const target = draft('shown', {
      ...fields,
      key: 'shown',
      baseUrl: `http://127.0.0.1:${socket.port}/v1`,
    });
    const shown = await core.client.call('target.preview', { target });
    await core.client.call('target.add', { target, replace: true });
    await core.client.call('target.test', { name: 'shown' });
    const { pathname, search } = new URL(shown.url);
    const text = [
      `${shown.method} ${pathname}${search} HTTP/1.1`,
      ...shown.headers.map(([name, header]) => `${name}: ${header}`),
      '',
      shown.body,
    ].join('\r\n');
    // The two questions differ, and with them the length; all else is the same.
    const [question, asked] = [
      '(the prompt of a canary stands here)',
      'Please reply with the single word: ready',
    ];
    const longer = asked.length - question.length;
    const expected = text
      .replace('[key shown]', value)
      .replace(question, asked)
      .replace(pathSegment(question), pathSegment(asked))
      .replace(/(?<=content-length: )\d+/, (length) => String(Number(length) + longer));
    expect(socket.received()).toBe(expected);
    await socket.close();
  });

  it('names missing consents beside the bytes', async () => {
    const { problems, body } = await core.client.call('target.preview', {
      target: { name: 'p', model: 'm', baseUrl: 'http://localhost:1/v1' },
    });
    expect(problems.map(({ path }) => path)).toEqual(['allowHttp', 'allowPrivate']);
    expect(body).toContain('"model":"m"');
  });

  it('shows a signed request without its signature', async () => {
    const { headers } = await core.client.call('target.preview', {
      target: draft('p', {
        format: 'bedrock-converse',
        baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
        key: 'aws',
        auth: { kind: 'sigv4', region: 'eu-west-1' },
      }),
    });
    expect(headers.slice(-5).map(([name]) => name)).toEqual([
      'x-amz-date',
      'x-amz-content-sha256',
      'x-amz-security-token',
      'authorization',
      'content-length',
    ]);
    expect(headers).toContainEqual([
      'authorization',
      'AWS4-HMAC-SHA256 [signed with aws for eu-west-1/bedrock]',
    ]);
  });
});

describe('a target that could not be asked as it is configured', () => {
  it.each<[string, Partial<Draft>]>([
    ['target.parameters.thinking', { parameters: { thinking: true } }],
    ['target.parameters.max_tokens', { format: 'anthropic-messages' }],
    ['target.extra.temperature', { extra: { temperature: 1 } }],
    ['target.template', { format: 'custom' }],
    ['target.headers.X-Api-Key', { headers: { 'X-Api-Key': 'x' } }],
    ['target.allowPrivate', { allowPrivate: false }],
    ['target.allowHttp', { allowHttp: false }],
    ['target.baseUrl', { baseUrl: 'https://u:p@a.example' }],
    ['target.baseUrl', { baseUrl: 'https://a.example/v1?api_key=1' }],
    ['target.key', { auth: { kind: 'sigv4', region: 'eu-west-1' } }],
    ['target.preset', { preset: 'openia' }],
    [
      'target.dialect.renames.seed',
      { dialect: { renames: { seed: 'model' } }, parameters: { seed: 1 } },
    ],
  ])('is refused at %s', async (path, fields) => {
    const failure = await failureOf(core, 'target.add', { target: draft('wrong', fields) });
    expect(failure.code).toBe('BAD_INPUT');
    const { issues } = failure.data as { issues: { path: string }[] };
    expect(issues.map((issue) => issue.path)).toContain(path);
  });

  it('is refused in a file at its line', async () => {
    const text = `targets:\n  - name: a\n    baseUrl: https://a.example\n    model: m\n    parameters:\n      thinking: true\n`;
    const failure = await failureOf(core, 'target.import', { text });
    expect(failure.data).toMatchObject({
      errors: [{ line: 6, field: 'targets.0.parameters.thinking' }],
    });
  });
});

describe('a pasted request', () => {
  it('becomes a target that asks in the same way, once its key is in the vault', async () => {
    const { draft: found, keys } = await core.client.call('target.recognise', {
      text: `curl ${server.baseUrl}/chat/completions -H 'Authorization: Bearer k-1' -d '{"model":"m-1","messages":[{"role":"user","content":"Hi"}],"temperature":0.5}'`,
    });
    const [key] = keys;
    expect(key).toMatchObject({ name: 'local', value: 'k-1' });
    await core.client.call('secret.set', { name: key?.name ?? '', value: key?.value ?? '' });
    await core.client.call('target.add', {
      target: { ...found, name: 'pasted', allowPrivate: true, allowHttp: true },
    });
    answer = () => ({ text: 'ready' });
    const result = await core.client.call('target.test', { name: 'pasted' });
    expect(result.ok).toBe(true);
    const asked = server.log.at(-1);
    expect(asked?.headers.authorization).toBe('Bearer k-1');
    expect(JSON.parse(asked?.raw ?? '{}')).toMatchObject({ model: 'm-1', temperature: 0.5 });
  });
});
