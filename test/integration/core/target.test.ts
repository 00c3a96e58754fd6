import { describe, expect, it } from 'vitest';
import { pathSegment } from '#shared/wire/outbound.ts';
import { askedModel, type Draft } from '../../helpers/asked-model.ts';
import { failureOf, withDatabase } from '../../helpers/workspace.ts';
import { http, replies } from '../../hostile/cases/case.ts';
import { hostileServer } from '../../hostile/server.ts';

const model = askedModel();

describe('what is kept of tests and probes', () => {
  it('the last of each, for the target as it is configured now, sealed', async () => {
    model.answer = () => ({ text: 'ready-zqsentinel' });
    await model.add('kept');
    expect(await model.core.client.call('target.get', { name: 'kept' })).toMatchObject({
      lastTest: null,
      lastProbe: null,
    });
    await model.core.client.call('target.test', { name: 'kept' });
    await model.core.client.call('target.probe', { name: 'kept', calls: 2 });
    const known = await model.core.client.call('target.get', { name: 'kept' });
    expect(known.lastTest?.result).toMatchObject({
      ok: true,
      text: 'ready-zqsentinel',
      code: null,
    });
    expect(known.lastProbe).toMatchObject({ calls: 2, answered: 2 });
    // A note changes no request; another model does.
    await model.add('kept', { note: 'a remark' });
    expect((await model.core.client.call('target.get', { name: 'kept' })).lastTest).not.toBeNull();
    await model.add('kept', { model: 'm-2' });
    expect(await model.core.client.call('target.get', { name: 'kept' })).toMatchObject({
      lastTest: null,
      lastProbe: null,
    });
    withDatabase(model.core.database, (db) => {
      const rows = db.prepare('SELECT * FROM target_trial').all();
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows as { result_cell: Buffer }[])
        expect(row.result_cell.includes('zqsentinel')).toBe(false);
    });
  });
});

describe('the table of parameters', () => {
  it('says what is asked, what the bytes hold, what was accepted and what is known to be ignored', async () => {
    model.answer = model.obedient;
    const fields: Partial<Draft> = {
      preset: 'deepseek',
      parameters: { temperature: 0.5, max_tokens: 64, logprobs: true },
    };
    await model.add('table', fields);
    await model.core.client.call('target.probe', { name: 'table', calls: 16 });
    const { rows } = await model.core.client.call('target.parameters', {
      target: model.draft('table', fields),
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
    const { rows } = await model.core.client.call('target.parameters', {
      target: model.draft('g', { format: 'gemini', parameters: { max_tokens: 9, thinking: 128 } }),
    });
    expect(rows.flatMap(({ sent }) => sent)).toEqual([
      { field: 'generationConfig.maxOutputTokens', value: 9 },
      { field: 'generationConfig.thinkingConfig.thinkingBudget', value: 128 },
    ]);
  });

  it('names a field that two parameters need at both of them', async () => {
    const { rows } = await model.core.client.call('target.parameters', {
      target: model.draft('r', {
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
    const preview = await model.core.client.call('target.preview', {
      target: model.draft('p', { baseUrl: 'https://аpi.openai.com/v1', key: 'main' }),
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
    await model.core.client.call('secret.set', { name: 'shown', value });
    const target = model.draft('shown', {
      ...fields,
      key: 'shown',
      baseUrl: `http://127.0.0.1:${socket.port}/v1`,
    });
    const shown = await model.core.client.call('target.preview', { target });
    await model.core.client.call('target.add', { target, replace: true });
    await model.core.client.call('target.test', { name: 'shown' });
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
    const { problems, body } = await model.core.client.call('target.preview', {
      target: { name: 'p', model: 'm', baseUrl: 'http://localhost:1/v1' },
    });
    expect(problems.map(({ path }) => path)).toEqual(['allowHttp', 'allowPrivate']);
    expect(body).toContain('"model":"m"');
  });

  it('shows a signed request without its signature', async () => {
    const { headers } = await model.core.client.call('target.preview', {
      target: model.draft('p', {
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
    const failure = await failureOf(model.core, 'target.add', {
      target: model.draft('wrong', fields),
    });
    expect(failure.code).toBe('BAD_INPUT');
    const { issues } = failure.data as { issues: { path: string }[] };
    expect(issues.map((issue) => issue.path)).toContain(path);
  });

  it('is refused in a file at its line', async () => {
    const text = `targets:\n  - name: a\n    baseUrl: https://a.example\n    model: m\n    parameters:\n      thinking: true\n`;
    const failure = await failureOf(model.core, 'target.import', { text });
    expect(failure.data).toMatchObject({
      errors: [{ line: 6, field: 'targets.0.parameters.thinking' }],
    });
  });
});

describe('a pasted request', () => {
  it('becomes a target that asks in the same way, once its key is in the vault', async () => {
    const { draft: found, keys } = await model.core.client.call('target.recognise', {
      text: `curl ${model.server.baseUrl}/chat/completions -H 'Authorization: Bearer k-1' -d '{"model":"m-1","messages":[{"role":"user","content":"Hi"}],"temperature":0.5}'`,
    });
    const [key] = keys;
    expect(key).toMatchObject({ name: 'local', value: 'k-1' });
    await model.core.client.call('secret.set', { name: key?.name ?? '', value: key?.value ?? '' });
    await model.core.client.call('target.add', {
      target: { ...found, name: 'pasted', allowPrivate: true, allowHttp: true },
    });
    model.answer = () => ({ text: 'ready' });
    const result = await model.core.client.call('target.test', { name: 'pasted' });
    expect(result.ok).toBe(true);
    const asked = model.server.log.at(-1);
    expect(asked?.headers.authorization).toBe('Bearer k-1');
    expect(JSON.parse(asked?.raw ?? '{}')).toMatchObject({ model: 'm-1', temperature: 0.5 });
  });
});
