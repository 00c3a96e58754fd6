import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Input } from '#shared/contract/index.ts';
import { type ChatQuestion, type ChatReply, type ChatServer, chatServer } from './chat-server.ts';
import { newWorkspace, type OpenCore, removeTempFolders } from './workspace.ts';

type Answer = (question: ChatQuestion, body: Record<string, unknown>) => ChatReply;
export type Draft = Input<'target.add'>['target'];

/** Three answers of two sentences; none begins as another does. */
export const TEXTS = [
  'The sea is wide. It is blue.',
  'Waves come in. They go out.',
  'Salt is in it. It is deep.',
];

/** A workspace and a model on loopback for all tests of a file, and what the model says to the next questions. */
export interface AskedModel {
  readonly core: OpenCore;
  readonly server: ChatServer;
  answer: Answer;
  draft(name: string, fields?: Partial<Draft>): Draft;
  /** Adds the target, in place of one of that name. */
  add(name: string, fields?: Partial<Draft>): Promise<unknown>;
  /** Obeys what it is asked, varies by itself, repeats itself with a seed, and refuses log-probabilities. */
  readonly obedient: Answer;
}

export function askedModel(): AskedModel {
  let core: OpenCore;
  let server: ChatServer;
  let count = 0;
  const model: AskedModel = {
    get core() {
      return core;
    },
    get server() {
      return server;
    },
    answer: () => ({ text: 'ready' }),
    draft: (name, fields = {}) => ({
      name,
      baseUrl: server.baseUrl,
      model: 'm-1',
      allowPrivate: true,
      allowHttp: true,
      ...fields,
    }),
    add: (name, fields) =>
      core.client.call('target.add', { target: model.draft(name, fields), replace: true }),
    obedient: (_question, body) => {
      if (body.logprobs !== undefined)
        return { status: 400, body: '{"error":{"message":"logprobs is not supported"}}' };
      const isFixed = body.seed !== undefined || body.temperature === 0;
      const text = TEXTS[isFixed ? 0 : count++ % TEXTS.length] ?? '';
      if (body.max_tokens === 1) return { text: 'The', finish: 'length' };
      if (Array.isArray(body.stop)) return { text: text.split('.')[0] ?? '' };
      return { text };
    },
  };
  beforeAll(async () => {
    server = await chatServer((question) => model.answer(question, JSON.parse(question.raw)));
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
  return model;
}
