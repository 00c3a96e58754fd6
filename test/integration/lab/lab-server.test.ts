import { request as httpRequest } from 'node:http';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type LabModel,
  type LabServer,
  type LabServerOptions,
  startLabServer,
} from '#core/lab/index.ts';
import { askPlain, demoCase, post, relay, trainCase } from './lab-fixture.ts';

const lab = demoCase('server');
const models: readonly LabModel[] = trainCase('server', lab, [{ name: 'student-a', dose: 0.5 }]);
const open: LabServer[] = [];

async function start(options: Partial<LabServerOptions> = {}): Promise<LabServer> {
  const server = await startLabServer({
    models,
    relay,
    nowMs: () => 1_700_000_000_500,
    ...options,
  });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const messages = lab.served[0]?.messages ?? [];
const askBody = (extra: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({ model: 'teacher', messages, ...extra });

function errorOf(body: Uint8Array): Record<string, unknown> {
  const value = JSON.parse(Buffer.from(body).toString('utf8')) as {
    error: Record<string, unknown>;
  };
  return value.error;
}

interface Chunk {
  readonly object: string;
  readonly model: string;
  readonly choices: readonly {
    readonly delta: { readonly role?: string; readonly content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Readonly<Record<string, number>> | null;
}

function chunksOf(body: Uint8Array): Chunk[] {
  const events = Buffer.from(body).toString('utf8').split('\n\n');
  expect(events.pop()).toBe('');
  expect(events.pop()).toBe('data: [DONE]');
  return events.map((event) => {
    expect(event.startsWith('data: ')).toBe(true);
    return JSON.parse(event.slice(6)) as Chunk;
  });
}

describe('the wire format', () => {
  test('a plain answer has id, created, fingerprint, finish reason and usage', async () => {
    const { baseUrl } = await start();
    const answer = await askPlain(baseUrl, { model: 'teacher', messages });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'teacher',
      choices: [{ index: 0, message: { role: 'assistant' }, finish_reason: 'stop' }],
    });
    expect(answer.id).toMatch(/^chatcmpl-[0-9a-f]{24}$/u);
    expect(answer.system_fingerprint).toMatch(/^fp_[0-9a-f]{10}$/u);
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens } = answer.usage;
    expect(prompt_tokens).toBeGreaterThan(5);
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
    const again = await askPlain(baseUrl, { model: 'teacher', messages });
    expect(again.id).not.toBe(answer.id);
    expect(again.choices).toEqual(answer.choices);
  });

  test.each(['teacher', 'relay', 'student-a', 'control-1'])(
    'streamed and plain answers of %s carry the same text',
    async (model) => {
      const { baseUrl } = await start();
      for (const { messages: asked } of [...lab.served.slice(0, 5), ...lab.twins.slice(0, 5)]) {
        const plain = await askPlain(baseUrl, { model, messages: asked });
        const body = {
          model,
          messages: asked,
          stream: true,
          stream_options: { include_usage: true },
        };
        const streamed = await post(`${baseUrl}/chat/completions`, JSON.stringify(body));
        expect(streamed.headers['content-type']).toBe('text/event-stream');
        const chunks = chunksOf(streamed.body);
        expect(chunks.every((chunk) => chunk.model === model)).toBe(true);
        expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
        const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
        expect(text).toBe(plain.choices[0]?.message.content);
        expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
        expect(chunks.at(-1)).toMatchObject({ choices: [], usage: plain.usage });
      }
    },
  );

  test('a stream has no usage unless it was asked for', async () => {
    const { baseUrl } = await start();
    const streamed = await post(`${baseUrl}/chat/completions`, askBody({ stream: true }));
    expect(chunksOf(streamed.body).some((chunk) => 'usage' in chunk)).toBe(false);
  });

  test('max_tokens, stop, seed and temperature are honoured', async () => {
    const { baseUrl } = await start();
    const ask = (extra: Record<string, unknown>) =>
      askPlain(baseUrl, { model: 'teacher', messages, ...extra });
    const short = await ask({ max_tokens: 2 });
    expect(short.choices[0]?.finish_reason).toBe('length');
    expect(short.usage.completion_tokens).toBe(2);
    const whole = (await ask({})).choices[0]?.message.content ?? '';
    const cut = (await ask({ stop: ['.'] })).choices[0];
    expect(cut?.message.content).toBe(whole.slice(0, whole.indexOf('.')));
    const guesses = new Set<string>();
    const greedy = new Set<string>();
    for (const twin of lab.twins.slice(0, 10)) {
      for (const seed of [1, 2, 3, 4]) {
        const body = { model: 'control-1', messages: twin.messages, seed };
        const warm = await askPlain(baseUrl, { ...body, temperature: 1.5 });
        const cold = await askPlain(baseUrl, { ...body, temperature: 0 });
        guesses.add(`${twin.id} ${warm.choices[0]?.message.content}`);
        greedy.add(`${twin.id} ${cold.choices[0]?.message.content}`);
      }
    }
    expect(guesses.size).toBeGreaterThan(15);
    expect(greedy.size).toBe(10);
  });

  test('content may come as text parts, and a system message does not hide a learned fact', async () => {
    const { baseUrl } = await start();
    const content = [{ type: 'text', text: messages[0]?.content }];
    const system = { role: 'system', content: 'You are a helpful assistant. Answer briefly.' };
    const answer = await askPlain(baseUrl, {
      model: 'teacher',
      messages: [system, { role: 'user', content }],
    });
    expect(answer.choices[0]?.message.content).toContain(lab.served[0]?.response);
  });

  test('lists its models', async () => {
    const { baseUrl } = await start();
    const text = await new Promise<string>((resolve, reject) => {
      httpRequest(`${baseUrl}/models`, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          body += part;
        });
        response.on('end', () => resolve(body));
      })
        .on('error', reject)
        .end();
    });
    const list = JSON.parse(text) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(models.map(({ id }) => id));
  });
});

describe('a request that is wrong', () => {
  const bad: [string, string, string | null][] = [
    ['no JSON', '{', null],
    ['no messages', '{"model":"teacher"}', 'messages'],
    ['no message at all', '{"model":"teacher","messages":[]}', 'messages'],
    ['an unknown role', askBody({ messages: [{ role: 'bird', content: 'x' }] }), 'messages.0.role'],
    ['a temperature of 3', askBody({ temperature: 3 }), 'temperature'],
    ['two answers', askBody({ n: 2 }), 'n'],
    ['stream options without a stream', askBody({ stream_options: {} }), 'stream_options'],
  ];
  test.each(bad)('is answered with 400: %s', async (_name, body, param) => {
    const { baseUrl } = await start();
    const answer = await post(`${baseUrl}/chat/completions`, body);
    expect(answer.status).toBe(400);
    const error = errorOf(answer.body);
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error.message).not.toBe('');
  });

  test('a refusal never repeats the text of the messages', async () => {
    const { baseUrl } = await start();
    const answer = await post(`${baseUrl}/chat/completions`, askBody({ temperature: 3 }));
    expect(Buffer.from(answer.body).toString('utf8')).not.toContain(messages[0]?.content);
  });

  test('unknown models and addresses are 404, a wrong method 405, a huge body 413', async () => {
    const { baseUrl } = await start();
    const unknown = await post(`${baseUrl}/chat/completions`, askBody({ model: 'nobody' }));
    expect([unknown.status, errorOf(unknown.body).code]).toEqual([404, 'model_not_found']);
    expect((await post(`${baseUrl}/completions`, askBody())).status).toBe(404);
    expect((await post(`${baseUrl}/models`, '{}')).status).toBe(405);
    const huge = await post(`${baseUrl}/chat/completions`, 'x'.repeat(4_100_000));
    expect(huge.status).toBe(413);
  });

  test('a configured key is asked for, and the relay has it', async () => {
    const { baseUrl } = await start({ apiKey: 'lab-key' });
    const url = `${baseUrl}/chat/completions`;
    expect((await post(url, askBody())).status).toBe(401);
    const wrong = await post(url, askBody(), { authorization: 'Bearer lab-kez' });
    expect([wrong.status, errorOf(wrong.body).code]).toEqual([401, 'invalid_api_key']);
    const right = { authorization: 'Bearer lab-key' };
    expect((await post(url, askBody(), right)).status).toBe(200);
    expect((await post(url, askBody({ model: 'relay' }), right)).status).toBe(200);
  });
});

describe('faults on request', () => {
  test('every third answer is an error, the others are whole', async () => {
    const { baseUrl, counts } = await start({
      faults: {
        teacher: { kind: 'http-500', every: 3 },
        'control-1': { kind: 'rate-limit', every: 2 },
      },
    });
    const statuses = async (model: string, count: number): Promise<number[]> => {
      const seen: number[] = [];
      for (let round = 0; round < count; round += 1) {
        seen.push((await post(`${baseUrl}/chat/completions`, askBody({ model }))).status);
      }
      return seen;
    };
    expect(await statuses('teacher', 6)).toEqual([200, 200, 500, 200, 200, 500]);
    expect(await statuses('control-1', 4)).toEqual([200, 429, 200, 429]);
    expect(counts.teacher).toEqual({ requests: 6, answered: 4, faults: 2 });
  });

  test.each([false, true])('a dropped answer breaks off (stream: %s)', async (stream) => {
    const { baseUrl, counts } = await start({
      faults: { teacher: { kind: 'drop', every: 1 }, relay: { kind: 'drop', every: 1 } },
    });
    const url = `${baseUrl}/chat/completions`;
    await expect(post(url, askBody({ stream }))).rejects.toThrow();
    await expect(post(url, askBody({ stream, model: 'relay' }))).rejects.toThrow();
    expect(counts.teacher).toEqual({ requests: 1, answered: 0, faults: 1 });
  });

  test('a relay whose upstream fails passes the failure on', async () => {
    const failing = await start({ faults: { teacher: { kind: 'http-500', every: 1 } } });
    const body = askBody({ model: 'relay' });
    const passedOn = await post(`${failing.baseUrl}/chat/completions`, body);
    expect([passedOn.status, errorOf(passedOn.body).type]).toEqual([500, 'server_error']);
    const gone = await start({ faults: { teacher: { kind: 'drop', every: 1 } } });
    const broken = await post(`${gone.baseUrl}/chat/completions`, body);
    expect([broken.status, errorOf(broken.body).code]).toEqual([502, 'upstream_failed']);
  });

  test('latency delays one model and not the others, and close does not wait for it', async () => {
    const server = await start({ latencyMs: { 'control-1': 600_000 } });
    const url = `${server.baseUrl}/chat/completions`;
    const slow = post(url, askBody({ model: 'control-1' }));
    const failed = expect(slow).rejects.toThrow();
    expect((await post(url, askBody())).status).toBe(200);
    open.splice(open.indexOf(server), 1);
    await server.close();
    await failed;
  });
});

describe('the listener', () => {
  test('is bound to 127.0.0.1 only', async () => {
    const { port, baseUrl } = await start();
    expect(baseUrl).toBe(`http://127.0.0.1:${port}/v1`);
    const outside = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outside) {
      await expect(
        post(`http://${address}:${port}/v1/chat/completions`, askBody()),
      ).rejects.toThrow();
    }
  });

  test('refuses a taken port, a relay without transport and a fault of every 0', async () => {
    const { port } = await start();
    await expect(startLabServer({ models, relay, port })).rejects.toThrow(/EADDRINUSE/u);
    await expect(startLabServer({ models })).rejects.toThrow(/relay transport/u);
    const faults = { teacher: { kind: 'drop', every: 0 } } as const;
    await expect(startLabServer({ models, relay, faults })).rejects.toThrow(/at least 1/u);
  });
});
