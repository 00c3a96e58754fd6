import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '#core/endpoints/transport.ts';
import type { ExchangeEvent, SendOptions } from '#core/endpoints/types.ts';
import { decodeBody } from '#shared/wire/decode-body.ts';
import { build } from '#shared/wire/openai-chat.ts';
import { CHAT } from '../../helpers/wire.ts';

const consent: SendOptions = {
  reason: 'test',
  timeoutMs: 5_000,
  allowPrivate: true,
  allowHttp: true,
};
const ANSWER = '{"choices":[{"message":{"content":"yes"},"finish_reason":"stop"}]}';
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(
  handle: (request: IncomingMessage, response: ServerResponse, body: Buffer) => void,
): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handle(request, response, Buffer.concat(chunks)));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const requestTo = (baseUrl: string) =>
  build({
    ...CHAT,
    baseUrl,
    model: 'm',
    messages: [{ role: 'user', content: 'Grüße' }],
    parameters: {},
    stream: false,
    headers: { 'X-Route': 'eu' },
    keyName: 'lab',
  });

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an exchange', () => {
  it('records what the server received and what it sent, and not the secret', async () => {
    let seen: { headers: string[]; body: Buffer } | null = null;
    const packed = gzipSync(ANSWER);
    const baseUrl = await serve((request, response, body) => {
      seen = { headers: request.rawHeaders, body };
      response.sendDate = false;
      response.writeHead(200, [
        ...['Content-Type', 'application/json', 'Content-Encoding', 'gzip'],
        ...['X-Request-Id', 'a', 'x-request-id', 'b', 'Trailer', 'X-End'],
      ]);
      response.write(packed);
      response.addTrailers({ 'X-End': 'done' });
      response.end();
    });
    const events: ExchangeEvent[] = [];
    const transport = createTransport();
    const result = await transport.send(requestTo(baseUrl), {
      ...consent,
      secret: 'sk-very-secret',
      onEvent: (event) => events.push(event),
    });
    await transport.close();
    expect(result.error).toBeNull();
    const sent = seen as { headers: string[]; body: Buffer } | null;
    const recorded = result.request.headers.flat();
    expect(recorded).toContain('Bearer [REDACTED]');
    expect(recorded.map((part) => part.replace('[REDACTED]', 'sk-very-secret'))).toEqual(
      sent?.headers,
    );
    expect(Buffer.from(result.request.body ?? []).equals(sent?.body ?? Buffer.of(1))).toBe(true);
    expect(result.request.bodySha256).toBe(sha256(sent?.body ?? Buffer.of(1)));
    expect(result.response?.rawHeaders.slice(0, 4)).toEqual([
      ['Content-Type', 'application/json'],
      ['Content-Encoding', 'gzip'],
      ['X-Request-Id', 'a'],
      ['x-request-id', 'b'],
    ]);
    expect(result.response?.trailers).toEqual([['X-End', 'done']]);
    expect(result.response?.encodedSha256).toBe(sha256(packed));
    const body = decodeBody(
      result.response?.rawHeaders ?? [],
      result.response?.body ?? Buffer.of(),
    );
    expect(body.ok && Buffer.from(body.body).toString()).toBe(ANSWER);
    expect(result.net).toMatchObject({ addresses: ['127.0.0.1'], addressUsed: '127.0.0.1' });
    expect(result.times.firstByteMs).toBeLessThanOrEqual(result.times.durationMs);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(
      new Set(['resolved', 'connected', 'headers', 'bytes', 'end']),
    );
    expect(JSON.stringify(result)).not.toContain('sk-very-secret');
    expect(result).toMatchObject({ secretEchoed: false, requestSent: true, tls: null });
  });

  it('takes its times from the clock it was given', async () => {
    const baseUrl = await serve((_request, response) => response.end(ANSWER));
    let now = 0;
    const clock = { wallMs: () => Date.UTC(2030, 0, 1) + now, monotonicMs: () => now++ };
    const transport = createTransport({ clock });
    const { times } = await transport.send(requestTo(baseUrl), { ...consent, secret: 'sk-x1' });
    expect(times.startAt).toMatch(/^2030-01-01T00:00:00\.00/);
    expect(Number.isInteger(times.durationMs)).toBe(true);
  });

  it('says when a server sends the secret back', async () => {
    const baseUrl = await serve((request, response) => {
      response.end(`{"you sent":"${request.headers.authorization}"}`);
    });
    const result = await createTransport().send(requestTo(baseUrl), {
      ...consent,
      secret: 'sk-echo',
    });
    expect(result.secretEchoed).toBe(true);
  });

  it('gives each of 200 requests at once its own answer', async () => {
    const baseUrl = await serve((request, response) => {
      setImmediate(() => response.end(request.headers['x-number']));
    });
    const transport = createTransport();
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const request = requestTo(baseUrl);
        const headers = [...request.headers, ['x-number', `${index}`] as const];
        const result = await transport.send(
          { ...request, headers },
          { ...consent, secret: 'sk-x1' },
        );
        return Buffer.from(result.response?.body ?? []).toString();
      }),
    );
    expect(answers).toEqual(Array.from({ length: 200 }, (_, index) => `${index}`));
    await transport.close();
  });

  it('ends when it is cancelled, when its time is up, and when the transport closes', async () => {
    let arrived = () => {};
    const baseUrl = await serve(() => arrived());
    const transport = createTransport();
    const cancel = new AbortController();
    arrived = () => cancel.abort();
    const cancelled = await transport.send(requestTo(baseUrl), {
      ...consent,
      secret: 'sk-x1',
      signal: cancel.signal,
    });
    expect(cancelled.error?.code).toBe('CANCELLED');
    const late = await transport.send(requestTo(baseUrl), {
      ...consent,
      secret: 'sk-x1',
      timeoutMs: 80,
    });
    expect(late.error?.code).toBe('TIMEOUT_TOTAL');
    arrived = () => void transport.close();
    const closed = await transport.send(requestTo(baseUrl), { ...consent, secret: 'sk-x1' });
    expect(closed.error?.code).toBe('CANCELLED');
    const after = await transport.send(requestTo(baseUrl), { ...consent, secret: 'sk-x1' });
    expect(after).toMatchObject({ error: { code: 'CANCELLED' }, requestSent: false });
  });

  it('tries the next address when one refuses, and says so when none is left', async () => {
    const baseUrl = await serve((_request, response) => response.end(ANSWER));
    const port = new URL(baseUrl).port;
    const resolve = async () => [
      { address: '127.0.0.9', family: 4 as const },
      { address: '127.0.0.1', family: 4 as const },
    ];
    const transport = createTransport({ resolve });
    const target = requestTo(`http://two.test:${port}`);
    const result = await transport.send(target, { ...consent, secret: 'sk-x1' });
    expect(result.error).toBeNull();
    expect(result.net).toMatchObject({
      addresses: ['127.0.0.9', '127.0.0.1'],
      addressUsed: '127.0.0.1',
    });
    const none = createTransport({ resolve: async () => [{ address: '127.0.0.9', family: 4 }] });
    const refused = await none.send(target, { ...consent, secret: 'sk-x1' });
    expect(refused).toMatchObject({ error: { code: 'CONNECT_FAILED' }, requestSent: false });
  });

  it('names a resolver that fails, one without an answer, and one that is too slow', async () => {
    const codeWith = async (resolve: () => Promise<[]>) => {
      const transport = createTransport({ resolve, limits: { connectMs: 60 } });
      const request = requestTo('https://nowhere.test');
      return (await transport.send(request, { ...consent, secret: 'sk-x1' })).error?.code;
    };
    expect(await codeWith(() => Promise.reject(new Error('x')))).toBe('DNS_FAILED');
    expect(await codeWith(async () => [])).toBe('DNS_FAILED');
    expect(await codeWith(() => new Promise(() => {}))).toBe('TIMEOUT_CONNECT');
  });

  it('says that nothing was sent when a request cannot be written', async () => {
    let seen = '';
    const baseUrl = await serve((request, response) => {
      seen += request.url;
      response.end(ANSWER);
    });
    for (const header of [
      ['x-a', 'b\r\nx-c: d'],
      ['x a', 'b'],
      ['content-length', '5'],
      ['expect', '100-continue'],
    ] as const) {
      const request = { ...requestTo(baseUrl), headers: [header] };
      const result = await createTransport().send(request, { ...consent, secret: 'sk-x1' });
      expect(result).toMatchObject({ error: { code: 'HTTP_PROTOCOL' }, requestSent: false });
    }
    expect(seen).toBe('');
  });

  it('sends nothing when the named key has no secret', async () => {
    const result = await createTransport().send(requestTo('http://127.0.0.1:9/v1'), consent);
    expect(result).toMatchObject({ error: { code: 'AUTH_FAILED' }, requestSent: false, net: null });
  });
});
