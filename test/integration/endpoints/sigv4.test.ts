import { createHash, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BedrockRuntimeClient, ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '#core/endpoints/transport.ts';
import type { ExchangeResult, SendOptions } from '#core/endpoints/types.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';

const ID = 'AKIDEXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const TOKEN = 'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW';
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const PATH = '/model/anthropic.claude-3-5-sonnet-20240620-v1%3A0/converse';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

async function serve(answer: (seen: Seen) => string): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const one: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(parts),
    };
    seen.push(one);
    response.setHeader('content-type', 'application/json').end(answer(one));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();

/** The signature as AWS documents it, written from its steps and without the library under test. */
function signatureOf({ method, path, headers, body }: Seen): string {
  const parts =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), /.exec(
      headers.authorization ?? '',
    );
  const [, day = '', region = '', service = '', names = ''] = parts ?? [];
  const encode = (part: string) =>
    encodeURIComponent(part).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  const canonical = [
    method,
    path.split('/').map(encode).join('/'),
    '',
    ...names.split(';').map((name) => `${name}:${headers[name]}`),
    '',
    names,
    sha256(body),
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Buffer>(
    (last, part) => hmac(last, part),
    hmac(`AWS4${SECRET}`, day),
  );
  return hmac(key, toSign).toString('hex');
}

const signatureIn = (seen: Seen | undefined) =>
  /Signature=([0-9a-f]{64})$/.exec(seen?.headers.authorization ?? '')?.[1];

const request = (url: string): OutboundRequest => ({
  method: 'POST',
  url: `${url}${PATH}`,
  headers: [
    ['content-type', 'application/json'],
    ['accept', 'application/json'],
    ['x-route', 'eu'],
  ],
  auth: { kind: 'sigv4', region: 'us-east-1', service: 'bedrock', keyName: 'aws' },
  body: Buffer.from('{"messages":[{"role":"user","content":[{"text":"Grüße"}]}]}'),
});

const send = (one: OutboundRequest, secret: string, more: Partial<SendOptions> = {}) =>
  createTransport({ clock: { wallMs: () => NOW, monotonicMs: () => performance.now() } }).send(
    one,
    {
      reason: 'test',
      timeoutMs: 5_000,
      allowPrivate: true,
      allowHttp: true,
      secret,
      ...more,
    },
  );

const recorded = (result: ExchangeResult) => new Map(result.request.headers);

describe('Signature Version 4', () => {
  it('is computed here as AWS publishes it: get-vanilla of its test suite', () => {
    const vanilla: Seen = {
      method: 'GET',
      path: '/',
      headers: {
        host: 'example.amazonaws.com',
        'x-amz-date': '20150830T123600Z',
        authorization: `AWS4-HMAC-SHA256 Credential=${ID}/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=`,
      },
      body: Buffer.of(),
    };
    expect(signatureOf(vanilla)).toBe(
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    );
  });

  for (const token of [null, TOKEN]) {
    it(`is what a server computes ${token === null ? 'without' : 'with'} a session token; no secret is recorded`, async () => {
      const { url, seen } = await serve(() => '{}');
      const result = await send(
        request(url),
        [ID, SECRET, ...(token === null ? [] : [token])].join(':'),
      );
      expect(result.error).toBeNull();
      const [one] = seen;
      expect(one?.path).toBe(PATH);
      expect(signatureIn(one)).toBe(one && signatureOf(one));
      expect(one?.headers.authorization).toContain(
        `Credential=${ID}/20150830/us-east-1/bedrock/aws4_request`,
      );
      expect(one?.headers['x-amz-security-token']).toBe(token ?? undefined);
      const kept = recorded(result);
      expect(kept.get('authorization')).toBe('[REDACTED]');
      expect(kept.get('x-amz-security-token')).toBe(token === null ? undefined : '[REDACTED]');
      expect(kept.get('x-amz-date')).toBe('20150830T123600Z');
      expect(kept.get('x-amz-content-sha256')).toBe(sha256(one?.body ?? ''));
      const text = JSON.stringify(result);
      for (const secret of [SECRET, TOKEN, signatureIn(one) ?? ''])
        expect(text).not.toContain(secret);
    });
  }

  it('signs as the vendor’s own client does', async () => {
    const seen: Seen[] = [];
    const client = new BedrockRuntimeClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:1',
      credentials: { accessKeyId: ID, secretAccessKey: SECRET },
      maxAttempts: 1,
      requestHandler: {
        handle: async ({ method, path, headers, body }: Seen) => {
          seen.push({ method, path, headers, body: Buffer.from(body) });
          throw new Error('seen');
        },
      },
    });
    const question = new ConverseCommand({
      modelId: 'anthropic.claude-3-5-sonnet-20240620-v1:0',
      messages: [{ role: 'user', content: [{ text: 'hi' }] }],
    });
    await expect(client.send(question)).rejects.toThrow('seen');
    const [theirs] = seen;
    expect(theirs?.path).toBe(PATH);
    // The same independent computation accepts the vendor's client and ours.
    expect(signatureIn(theirs)).toBe(theirs && signatureOf(theirs));
  });

  it('needs ID:SECRET or ID:SECRET:TOKEN', async () => {
    const { url, seen } = await serve(() => '{}');
    for (const secret of [
      SECRET,
      `${ID}:`,
      `:${SECRET}`,
      `${ID}:${SECRET}:`,
      `${ID}:${SECRET}:t:x`,
    ]) {
      const result = await send(request(url), secret);
      expect(result.error).toMatchObject({ code: 'AUTH_FAILED' });
      expect(JSON.stringify(result)).not.toContain(SECRET);
    }
    expect(seen).toEqual([]);
  });

  it('is guarded in its parts: the secret or the token alone in an answer is enough', async () => {
    for (const leak of [SECRET, TOKEN]) {
      const { url } = await serve(() => JSON.stringify({ leak }));
      const result = await send(request(url), `${ID}:${SECRET}:${TOKEN}`);
      expect(result.error?.code).toBe('SECRET_ECHOED');
      expect(result.response?.body).toHaveLength(0);
    }
  });
});
