import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** One question as it came in. */
export interface ChatQuestion {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Content of the last message. */
  readonly prompt: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly path: string;
  /** The body as it came. */
  readonly raw: string;
  /** How often this model was asked this prompt, from 1. */
  readonly time: number;
}

export interface ChatReply {
  readonly text?: string | null;
  readonly finish?: string;
  readonly refusal?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the whole body. */
  readonly body?: string;
  readonly gzip?: boolean;
  /** Sends half of the body and cuts the connection, or cuts it at once. */
  readonly cut?: 'mid-body' | 'at-once';
}

export type ChatAnswer = (
  question: ChatQuestion,
) => ChatReply | string | Promise<ChatReply | string>;

export interface ChatServer {
  readonly baseUrl: string;
  readonly host: string;
  readonly log: readonly ChatQuestion[];
  /** Resolves when `count` questions have come in. */
  seen(count: number): Promise<void>;
  /** Ends every connection and refuses new ones. */
  goDown(): Promise<void>;
  /** Listens again on the same port. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const chunk = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

function streamBody(question: ChatQuestion, reply: ChatReply): string {
  const base = { id: 'c', object: 'chat.completion.chunk', created: 1, model: question.model };
  const pieces = (reply.text ?? '').match(/[\s\S]{1,7}/g) ?? [];
  const choices = (delta: object, finish: string | null) => ({
    ...base,
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  return [
    chunk(choices({ role: 'assistant', content: '' }, null)),
    ...pieces.map((content) => chunk(choices({ content }, null))),
    chunk(choices({}, reply.finish ?? 'stop')),
    chunk({
      ...base,
      choices: [],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
    'data: [DONE]\n\n',
  ].join('');
}

function plainBody(question: ChatQuestion, reply: ChatReply): string {
  return JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: question.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.text ?? null,
          ...(reply.refusal === undefined ? {} : { refusal: reply.refusal }),
        },
        finish_reason: reply.finish ?? 'stop',
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  });
}

async function readAll(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/**
 * A chat server that shares no code with the practice lab: what a model answers is a function of the question. Every
 * question is kept.
 */
export async function chatServer(answer: ChatAnswer): Promise<ChatServer> {
  const log: ChatQuestion[] = [];
  const times = new Map<string, number>();
  let watchers: { count: number; resolve: () => void }[] = [];

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await readAll(request);
    const body = JSON.parse(raw) as Pick<ChatQuestion, 'model' | 'messages'> & { stream?: boolean };
    const prompt = body.messages.at(-1)?.content ?? '';
    const key = `${body.model}\u0000${prompt}`;
    const time = (times.get(key) ?? 0) + 1;
    times.set(key, time);
    const question: ChatQuestion = {
      model: body.model,
      messages: body.messages,
      prompt,
      stream: body.stream ?? false,
      headers: request.headers,
      path: request.url ?? '',
      raw,
      time,
    };
    log.push(question);
    watchers = watchers.filter((watcher) => {
      if (log.length < watcher.count) return true;
      watcher.resolve();
      return false;
    });
    const given = await answer(question);
    const reply = typeof given === 'string' ? { text: given } : given;
    if (reply.cut === 'at-once') {
      response.destroy();
      return;
    }
    const text =
      reply.body ?? (question.stream ? streamBody(question, reply) : plainBody(question, reply));
    const bytes = reply.gzip ? gzipSync(text) : Buffer.from(text);
    response.writeHead(reply.status ?? 200, {
      'content-type': question.stream ? 'text/event-stream' : 'application/json',
      'content-length': bytes.length,
      ...(reply.gzip ? { 'content-encoding': 'gzip' } : {}),
      ...reply.headers,
    });
    if (reply.cut === 'mid-body') {
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return;
    }
    response.end(bytes);
  };

  const server: Server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((done, fail) => {
      server.once('error', fail);
      server.listen(port, '127.0.0.1', () => {
        server.removeListener('error', fail);
        done();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const goDown = (): Promise<void> =>
    new Promise((done) => {
      if (!server.listening) return done();
      server.close(() => done());
      server.closeAllConnections();
    });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    host: `127.0.0.1:${port}`,
    log,
    seen: (count) =>
      new Promise((resolve) => {
        if (log.length >= count) resolve();
        else watchers.push({ count, resolve });
      }),
    goDown,
    comeBack: () => listen(port),
    close: goDown,
  };
}
