import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a model of the server does with a question: a text is an answer, a number a status, null a cut connection. */
export type Answer = string | number | null;

export interface ChatServer {
  readonly baseUrl: string;
  readonly asked: readonly { readonly model: string; readonly prompt: string }[];
  readonly complaints: readonly string[];
  /** Resolves when the given number of questions has arrived in all. */
  arrived(count: number): Promise<void>;
  /** From now on questions wait until `release`. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

interface Asked {
  readonly model: string;
  readonly prompt: string;
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

function completion(model: string, content: string, id: number): string {
  return JSON.stringify({
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: 1_760_000_000,
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content }, finish_reason: 'stop', logprobs: null },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 },
  });
}

/** A server of the OpenAI chat format written from its documentation; it shares nothing with the practice lab. */
export async function startChatServer(
  answer: (model: string, prompt: string) => Answer,
  key: string | null = null,
): Promise<ChatServer> {
  const asked: Asked[] = [];
  const complaints: string[] = [];
  let waiting: { readonly count: number; readonly done: () => void }[] = [];
  let gate: { readonly opened: Promise<void>; readonly open: () => void } | null = null;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await readBody(request);
    const wrong =
      request.method !== 'POST' || request.url !== '/v1/chat/completions'
        ? `${request.method} ${request.url}`
        : !request.headers['content-type']?.startsWith('application/json')
          ? 'content-type'
          : null;
    if (wrong !== null) {
      complaints.push(wrong);
      response.writeHead(404).end();
      return;
    }
    if (key !== null && request.headers.authorization !== `Bearer ${key}`) {
      response.writeHead(401, { 'content-type': 'application/json' });
      response.end(
        '{"error":{"message":"Incorrect API key provided","type":"invalid_request_error"}}',
      );
      return;
    }
    const body = JSON.parse(text) as {
      readonly model: string;
      readonly messages: readonly { readonly role: string; readonly content: string }[];
    };
    const prompt = body.messages.findLast((message) => message.role === 'user')?.content ?? '';
    asked.push({ model: body.model, prompt });
    waiting = waiting.filter(({ count, done }) => {
      if (asked.length < count) return true;
      done();
      return false;
    });
    await gate?.opened;
    const said = answer(body.model, prompt);
    if (said === null) {
      response.destroy();
      return;
    }
    const status = typeof said === 'number' ? said : 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      typeof said === 'number'
        ? '{"error":{"message":"no","type":"server_error"}}'
        : completion(body.model, said, asked.length),
    );
  };

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const release = (): void => {
    gate?.open();
    gate = null;
  };
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    complaints,
    arrived: (count) =>
      new Promise((done) => {
        if (asked.length >= count) done();
        else waiting.push({ count, done });
      }),
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = { opened: promise, open: resolve };
    },
    release,
    close: () =>
      new Promise((done) => {
        release();
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
