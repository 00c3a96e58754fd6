import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LLMock } from '@copilotkit/aimock';
import { MockServer } from 'openai-mock-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTransport } from '#core/endpoints/transport.ts';
import type { EndpointErrorCode } from '#shared/domain/outcome.ts';
import { type Template, templateSchema } from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { readResponse, type StoredResponse } from '#shared/wire/read-response.ts';
import type { ReadResult, WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';

const PROMPT = 'What is the capital of Prussia?';
const ANSWER = 'Die Hauptstadt heißt „Königsberg“. 🏰 Or was it Berlin?';
const THOUGHT = 'A trick question, perhaps.';

const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 5 });
const transport = createTransport();
let origin: string;

beforeAll(async () => {
  mock.onMessage(PROMPT, { content: ANSWER, reasoning: THOUGHT });
  mock.onMessage('Call a tool', { toolCalls: [{ name: 'lookup', arguments: '{}' }] });
  await mock.start();
  origin = mock.url;
});
afterAll(async () => {
  await transport.close();
  await mock.stop();
});

/** The whole way of the product over a real connection: build, send, take the encoding off, read. */
async function ask(target: WireTarget, prompt = PROMPT): Promise<ReadResult> {
  const response = await answerOf(target, prompt);
  return 'code' in response ? { ok: false, ...response } : readResponse(response, target);
}

async function answerOf(
  target: WireTarget,
  prompt = PROMPT,
): Promise<StoredResponse | { readonly code: EndpointErrorCode; readonly detail: string }> {
  const request = buildRequest(target, {
    messages: [{ role: 'user', content: prompt }],
    parameters: { max_tokens: 64 },
    keyName: 'lab',
  });
  const exchange = await transport.send(request, {
    secret: 'lab-secret-key',
    timeoutMs: 10_000,
    reason: 'test',
    allowPrivate: true,
    allowHttp: true,
  });
  if (exchange.error) return exchange.error;
  if (exchange.response === null) throw new Error('neither a response nor an error');
  const { statusCode: status, rawHeaders: headers, body } = exchange.response;
  return { status, headers, body };
}

interface Case {
  readonly name: string;
  readonly target: () => Partial<WireTarget>;
  /** What of the answer this mock gives in this format. */
  readonly reasoning: boolean;
  readonly model: string | null;
  readonly finish: string;
}

const CASES: readonly Case[] = [
  {
    name: 'openai-chat',
    target: () => ({ format: 'openai-chat', baseUrl: `${origin}/v1`, model: 'gpt-4o' }),
    reasoning: true,
    model: 'gpt-4o',
    finish: 'stop',
  },
  {
    name: 'openai-responses',
    target: () => ({ format: 'openai-responses', baseUrl: `${origin}/v1`, model: 'gpt-4o' }),
    reasoning: true,
    model: 'gpt-4o',
    finish: 'completed',
  },
  {
    name: 'anthropic-messages',
    target: () => ({ format: 'anthropic-messages', baseUrl: `${origin}/v1`, model: 'claude-x' }),
    reasoning: true,
    model: 'claude-x',
    finish: 'end_turn',
  },
  {
    name: 'gemini',
    target: () => ({ format: 'gemini', baseUrl: `${origin}/v1beta`, model: 'gemini-x' }),
    reasoning: true,
    // This mock leaves out modelVersion.
    model: null,
    finish: 'STOP',
  },
  {
    name: 'gemini, as Vertex AI',
    target: () => ({
      format: 'gemini',
      baseUrl: `${origin}/v1/projects/p/locations/l/publishers/google`,
      model: 'gemini-x',
    }),
    reasoning: true,
    // This mock leaves out modelVersion.
    model: null,
    finish: 'STOP',
  },
  {
    name: 'bedrock-converse',
    target: () => ({ format: 'bedrock-converse', baseUrl: origin, model: 'anthropic.x-v1:0' }),
    reasoning: true,
    model: null,
    finish: 'end_turn',
  },
  {
    name: 'ollama',
    target: () => ({ format: 'ollama', baseUrl: origin, model: 'llama3.2' }),
    // This mock leaves out the thinking of Ollama.
    reasoning: false,
    model: 'llama3.2',
    finish: 'stop',
  },
];

describe.each(CASES)('aimock, $name', ({ target, reasoning, model, finish }) => {
  const whole = (stream: boolean): WireTarget => ({ ...CHAT, ...target(), stream });

  it.each([false, true])('reads its answer, streamed: %s', async (stream) => {
    expect(await ask(whole(stream))).toMatchObject({
      ok: true,
      text: ANSWER,
      reasoning: reasoning ? THOUGHT : null,
      model,
      finishReason: finish,
      end: 'stop',
      refusal: false,
      warnings: [],
    });
  });

  it.each([false, true])('notes a call of a tool, streamed: %s', async (stream) => {
    const result = await ask(whole(stream), 'Call a tool');
    expect(result).toMatchObject({ ok: true, text: '' });
    expect(result.ok && result.warnings).toContain('tool-calls');
  });

  it.each([
    [429, 'rate_limit_error', 'RATE_LIMITED'],
    [500, 'api_error', 'HTTP_STATUS'],
  ] as const)('takes status %i for what it is', async (status, type, code) => {
    mock.nextRequestError(status, { message: 'the canary answer', type });
    const result = await ask(whole(false));
    expect(result).toMatchObject({ ok: false, code });
    expect(JSON.stringify(result)).not.toContain('canary');
  });
});

/** Templates for services whose format the product does not know; the mock speaks formats that it does. */
const CUSTOM: readonly (readonly [name: string, path: string, plain: string, stream: Template])[] =
  [
    [
      'server-sent events',
      '/v1/chat/completions',
      '$.choices[0].message.content',
      templateOf('sse', '$.choices[0].delta.content', '$.choices[0].finish_reason', '[DONE]'),
    ],
    [
      'lines of JSON',
      '/api/chat',
      '$.message.content',
      templateOf('jsonl', '$.message.content', '$.done_reason', null),
    ],
  ];

function templateOf(
  stream: Template['stream'],
  text: string,
  finish: string,
  done: string | null,
): Template {
  const read = { text, finish, model: '$.model' };
  const body = {
    model: '{{model}}',
    messages: '{{messages}}',
    max_tokens: '{{max_tokens}}',
    stream: '{{stream}}',
  };
  return templateSchema.parse({ body, stream, read, done });
}

describe.each(CUSTOM)('aimock, custom, %s', (_name, path, plainText, streamed) => {
  const plain = {
    ...streamed,
    stream: 'none',
    read: { ...streamed.read, text: plainText },
  } as const;
  it.each([plain, streamed])('reads its answer by a template: $stream', async (template) => {
    const result = await ask({
      ...CHAT,
      format: 'custom',
      baseUrl: origin,
      model: 'any-1',
      template: { ...template, path },
    });
    expect(result).toMatchObject({
      ok: true,
      text: ANSWER,
      model: 'any-1',
      finishReason: 'stop',
      end: 'stop',
      warnings: [],
    });
  });
});

describe('openai-mock-api, openai-chat', () => {
  let server: Server;
  let base: string;
  beforeAll(async () => {
    const silent = { info() {}, warn() {}, error() {}, debug() {} };
    const config = {
      apiKey: 'lab-secret-key',
      port: 0,
      responses: [
        {
          id: 'one',
          messages: [
            { role: 'user', content: PROMPT },
            { role: 'assistant', content: ANSWER },
          ],
        },
      ],
    };
    const second = new MockServer(config as never, silent as never);
    // Its own `start` listens on every address of the machine.
    const { app } = second as unknown as { app: RequestListener };
    server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const EXPECTED = {
    ok: true,
    text: ANSWER,
    model: 'gpt-4o',
    finishReason: 'stop',
    warnings: [],
  };
  const target = (stream: boolean): WireTarget => ({
    ...CHAT,
    baseUrl: base,
    model: 'gpt-4o',
    stream,
  });

  it('reads its answer', async () => {
    expect(await ask(target(false))).toMatchObject(EXPECTED);
  });

  it('refuses its stream for the wrong label and reads it under the right one', async () => {
    const response = await answerOf(target(true));
    if ('code' in response) throw new Error(response.code);
    expect(response.headers).toContainEqual(['Content-Type', 'text/plain; charset=utf-8']);
    expect(readResponse(response, target(true))).toMatchObject({ ok: false, code: 'CONTENT_TYPE' });
    const labelled = { ...response, headers: [['content-type', 'text/event-stream']] as const };
    expect(readResponse(labelled, target(true))).toMatchObject(EXPECTED);
  });

  it('is told no by a wrong key', async () => {
    const auth = { kind: 'header', header: 'authorization', prefix: 'Bearer wrong-' } as const;
    expect(await ask({ ...target(false), auth })).toMatchObject({ ok: false, code: 'AUTH_FAILED' });
  });
});
