import type { Format, Template } from '#shared/domain/target.ts';
import { crc32 } from '#shared/wire/decode-body.ts';
import type { ReadOk, WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';

/** What a made-up provider says, in pieces; every format writes the same one its own way, plain and streamed. */
export interface Said {
  readonly text: readonly string[];
  readonly reasoning: readonly string[];
  readonly end: 'stop' | 'length';
}

/** How one format writes an answer. A stream is a list of events, so that a test can cut it or slip something in. */
export interface Writer {
  readonly name: string;
  readonly target: WireTarget;
  readonly plain: (said: Said) => object;
  readonly streamType: string | null;
  readonly events: (said: Said) => readonly Uint8Array[];
  /** An event of this JSON text, well framed. */
  readonly event: (data: string) => Uint8Array;
  readonly errorEvent: Uint8Array;
  readonly logprobs: boolean;
  readonly reasoning: boolean;
  readonly model: boolean;
  /** The plain document whose text is this value instead of a text. */
  readonly wrongText: (value: unknown) => object;
  /** The plain document with something else in the place of its list. */
  readonly wrongList: object | null;
}

export const MODEL = 'served-1';
const utf8 = (text: string) => new TextEncoder().encode(text);
const whole = (pieces: readonly string[]) => pieces.join('');
const json = (value: unknown) => JSON.stringify(value);
const sse = (data: string, event?: string) =>
  utf8(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
const line = (data: string) => utf8(`${data}\n`);
const target = (format: Format, more: Partial<WireTarget> = {}): WireTarget => ({
  ...CHAT,
  format,
  ...more,
});
/** Tokens are whole characters, also where a piece is cut inside one. */
const tokenOf = (piece: string) => piece.toWellFormed();
const logprobOf = (piece: string) => ({
  token: tokenOf(piece),
  logprob: -0.25,
  bytes: null,
  top_logprobs: [],
});

const chat: Writer = {
  name: 'openai-chat',
  target: target('openai-chat'),
  logprobs: true,
  reasoning: true,
  model: true,
  plain: ({ text, reasoning, end }) => ({
    id: 'answer-1',
    model: MODEL,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: whole(text),
          ...(reasoning.length > 0 ? { reasoning_content: whole(reasoning) } : {}),
        },
        logprobs: { content: text.map(logprobOf) },
        finish_reason: end,
      },
    ],
    usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
  }),
  streamType: 'text/event-stream',
  events: ({ text, reasoning, end }) => {
    const chunk = (delta: object, more: object = {}) =>
      sse(json({ id: 'answer-1', model: MODEL, choices: [{ index: 0, delta, ...more }] }));
    return [
      chunk({ role: 'assistant' }),
      ...reasoning.map((piece) => chunk({ reasoning_content: piece })),
      ...text.map((content) => chunk({ content }, { logprobs: { content: [logprobOf(content)] } })),
      chunk({ content: '' }, { finish_reason: end }),
      sse(
        json({
          choices: [],
          usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
        }),
      ),
      sse('[DONE]'),
    ];
  },
  event: (data) => sse(data),
  errorEvent: sse(json({ error: { message: 'x', type: 'server_error' } })),
  wrongText: (content) => ({ choices: [{ message: { content }, finish_reason: 'stop' }] }),
  wrongList: { choices: { length: 1e9 } },
};

const responses: Writer = {
  name: 'openai-responses',
  target: target('openai-responses'),
  logprobs: true,
  reasoning: true,
  model: true,
  plain: (said) => responseObject(said),
  streamType: 'text/event-stream',
  events: (said) => {
    const event = (type: string, more: object) => sse(json({ type, ...more }), type);
    const { text, reasoning, end } = said;
    const at = reasoning.length > 0 ? 1 : 0;
    return [
      event('response.created', {
        response: { id: 'answer-1', model: MODEL, status: 'in_progress' },
      }),
      ...reasoning.map((delta) =>
        event('response.reasoning_text.delta', { output_index: 0, content_index: 0, delta }),
      ),
      ...text.map((delta) =>
        event('response.output_text.delta', {
          output_index: at,
          content_index: 0,
          delta,
          logprobs: [logprobOf(delta)],
        }),
      ),
      event(end === 'stop' ? 'response.completed' : 'response.incomplete', {
        response: responseObject(said),
      }),
    ];
  },
  event: (data) => sse(data),
  errorEvent: sse(json({ type: 'error', code: 'server_error', message: 'x' }), 'error'),
  wrongText: (text) => ({
    status: 'completed',
    output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
  }),
  wrongList: { status: 'completed', output: { length: 1e9 } },
};

function responseObject({ text, reasoning, end }: Said): object {
  return {
    id: 'answer-1',
    object: 'response',
    model: MODEL,
    status: end === 'stop' ? 'completed' : 'incomplete',
    error: null,
    incomplete_details: end === 'stop' ? null : { reason: 'max_output_tokens' },
    output: [
      ...(reasoning.length > 0
        ? [
            {
              type: 'reasoning',
              summary: [],
              content: [{ type: 'reasoning_text', text: whole(reasoning) }],
            },
          ]
        : []),
      {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: whole(text), logprobs: text.map(logprobOf) }],
      },
    ],
    usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
  };
}

const anthropic: Writer = {
  name: 'anthropic-messages',
  target: target('anthropic-messages'),
  logprobs: false,
  reasoning: true,
  model: true,
  plain: ({ text, reasoning, end }) => ({
    id: 'answer-1',
    type: 'message',
    role: 'assistant',
    model: MODEL,
    content: [
      ...(reasoning.length > 0 ? [{ type: 'thinking', thinking: whole(reasoning) }] : []),
      { type: 'text', text: whole(text) },
    ],
    stop_reason: end === 'stop' ? 'end_turn' : 'max_tokens',
    usage: { input_tokens: 3, output_tokens: 4 },
  }),
  streamType: 'text/event-stream',
  events: ({ text, reasoning, end }) => {
    const event = (type: string, more: object = {}) => sse(json({ type, ...more }), type);
    const at = reasoning.length > 0 ? 1 : 0;
    const delta = (index: number, value: object) =>
      event('content_block_delta', { index, delta: value });
    return [
      event('message_start', {
        message: {
          id: 'answer-1',
          model: MODEL,
          content: [],
          stop_reason: null,
          usage: { input_tokens: 3, output_tokens: 1 },
        },
      }),
      event('ping'),
      ...(reasoning.length > 0
        ? [
            event('content_block_start', {
              index: 0,
              content_block: { type: 'thinking', thinking: '' },
            }),
            ...reasoning.map((thinking) => delta(0, { type: 'thinking_delta', thinking })),
            delta(0, { type: 'signature_delta', signature: 'c2ln' }),
            event('content_block_stop', { index: 0 }),
          ]
        : []),
      event('content_block_start', { index: at, content_block: { type: 'text', text: '' } }),
      ...text.map((piece) => delta(at, { type: 'text_delta', text: piece })),
      event('content_block_stop', { index: at }),
      event('message_delta', {
        delta: { stop_reason: end === 'stop' ? 'end_turn' : 'max_tokens' },
        usage: { output_tokens: 4 },
      }),
      event('message_stop'),
    ];
  },
  event: (data) => sse(data),
  errorEvent: sse(json({ type: 'error', error: { type: 'api_error', message: 'x' } }), 'error'),
  wrongText: (text) => ({ content: [{ type: 'text', text }], stop_reason: 'end_turn' }),
  wrongList: { content: { length: 1e9 }, stop_reason: 'end_turn' },
};

const gemini: Writer = {
  name: 'gemini',
  target: target('gemini'),
  logprobs: true,
  reasoning: true,
  model: true,
  plain: ({ text, reasoning, end }) =>
    geminiAnswer(
      [
        ...(reasoning.length > 0 ? [{ text: whole(reasoning), thought: true }] : []),
        { text: whole(text) },
      ],
      {
        finishReason: end === 'stop' ? 'STOP' : 'MAX_TOKENS',
        logprobsResult: { chosenCandidates: text.map(geminiLogprob) },
      },
    ),
  streamType: 'text/event-stream',
  events: ({ text, reasoning, end }) => [
    ...reasoning.map((piece) => sse(json(geminiAnswer([{ text: piece, thought: true }])))),
    ...text.map((piece) =>
      sse(
        json(
          geminiAnswer([{ text: piece }], {
            logprobsResult: { chosenCandidates: [geminiLogprob(piece)] },
          }),
        ),
      ),
    ),
    sse(
      json(geminiAnswer([{ text: '' }], { finishReason: end === 'stop' ? 'STOP' : 'MAX_TOKENS' })),
    ),
  ],
  event: (data) => sse(data),
  errorEvent: sse(json({ error: { code: 500, status: 'INTERNAL', message: 'x' } })),
  wrongText: (text) => ({ candidates: [{ content: { parts: [{ text }] }, finishReason: 'STOP' }] }),
  wrongList: { candidates: { length: 1e9 } },
};

const geminiLogprob = (piece: string) => ({
  token: tokenOf(piece),
  tokenId: 7,
  logProbability: -0.25,
});
const geminiAnswer = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
  modelVersion: MODEL,
  responseId: 'answer-1',
  usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
});

/** A message of Amazon's event stream, written from its description. */
export function amazonMessage(headers: Readonly<Record<string, string>>, payload: Uint8Array) {
  const head = Object.entries(headers).flatMap(([name, value]) => [
    name.length,
    ...utf8(name),
    7,
    utf8(value).length >> 8,
    utf8(value).length & 0xff,
    ...utf8(value),
  ]);
  const bytes = new Uint8Array(16 + head.length + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length);
  view.setUint32(4, head.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(head, 12);
  bytes.set(payload, 12 + head.length);
  view.setUint32(bytes.length - 4, crc32(bytes.subarray(0, bytes.length - 4)));
  return bytes;
}
const amazonEvent = (type: string, data: string) =>
  amazonMessage(
    { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' },
    utf8(data),
  );

const bedrock: Writer = {
  name: 'bedrock-converse',
  target: target('bedrock-converse'),
  logprobs: false,
  reasoning: true,
  model: false,
  plain: ({ text, reasoning, end }) => ({
    output: {
      message: {
        role: 'assistant',
        content: [
          ...(reasoning.length > 0
            ? [{ reasoningContent: { reasoningText: { text: whole(reasoning) } } }]
            : []),
          { text: whole(text) },
        ],
      },
    },
    stopReason: end === 'stop' ? 'end_turn' : 'max_tokens',
    usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 },
    metrics: { latencyMs: 9 },
  }),
  streamType: 'application/vnd.amazon.eventstream',
  events: ({ text, reasoning, end }) => {
    const delta = (contentBlockIndex: number, value: object) =>
      amazonEvent('contentBlockDelta', json({ contentBlockIndex, delta: value }));
    const at = reasoning.length > 0 ? 1 : 0;
    return [
      amazonEvent('messageStart', json({ role: 'assistant' })),
      ...reasoning.map((piece) => delta(0, { reasoningContent: { text: piece } })),
      ...text.map((piece) => delta(at, { text: piece })),
      amazonEvent('contentBlockStop', json({ contentBlockIndex: at })),
      amazonEvent('messageStop', json({ stopReason: end === 'stop' ? 'end_turn' : 'max_tokens' })),
      amazonEvent('metadata', json({ usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7 } })),
    ];
  },
  event: (data) => amazonEvent('contentBlockDelta', data),
  errorEvent: amazonMessage(
    { ':message-type': 'exception', ':exception-type': 'modelStreamErrorException' },
    utf8('{"message":"x"}'),
  ),
  wrongText: (text) => ({
    output: { message: { content: [{ text }] } },
    stopReason: 'end_turn',
  }),
  wrongList: { output: { message: { content: { length: 1e9 } } }, stopReason: 'end_turn' },
};

const ollama: Writer = {
  name: 'ollama',
  target: target('ollama', { baseUrl: 'http://127.0.0.1:11434' }),
  logprobs: true,
  reasoning: true,
  model: true,
  plain: ({ text, reasoning, end }) => ({
    model: MODEL,
    message: {
      role: 'assistant',
      content: whole(text),
      ...(reasoning.length > 0 ? { thinking: whole(reasoning) } : {}),
    },
    logprobs: text.map(logprobOf),
    done: true,
    done_reason: end,
    prompt_eval_count: 3,
    eval_count: 4,
  }),
  streamType: 'application/x-ndjson',
  events: ({ text, reasoning, end }) => [
    ...reasoning.map((thinking) =>
      line(
        json({ model: MODEL, message: { role: 'assistant', content: '', thinking }, done: false }),
      ),
    ),
    ...text.map((content) =>
      line(
        json({
          model: MODEL,
          message: { role: 'assistant', content },
          logprobs: [logprobOf(content)],
          done: false,
        }),
      ),
    ),
    line(
      json({
        model: MODEL,
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: end,
        prompt_eval_count: 3,
        eval_count: 4,
      }),
    ),
  ],
  event: (data) => line(data),
  errorEvent: line(json({ error: 'something broke' })),
  wrongText: (content) => ({ message: { content }, done: true, done_reason: 'stop' }),
  wrongList: { message: [], done: true },
};

const template: Template = {
  method: 'POST',
  path: '/ask',
  body: { question: '{{prompt}}' },
  stream: 'none',
  read: {
    text: '$.say[*]',
    reasoning: '$.hm',
    finish: '$.why',
    model: '$.who',
    error: '$.error',
    promptTokens: '$.in',
    completionTokens: '$.out',
  },
  done: null,
  lengthValues: ['length'],
  filterValues: ['blocked'],
};

const customWriter = (stream: 'sse' | 'jsonl'): Writer => ({
  name: `custom, ${stream}`,
  target: target('custom', { template: { ...template, stream } }),
  logprobs: false,
  reasoning: true,
  model: true,
  plain: ({ text, reasoning, end }) => ({
    say: [whole(text)],
    ...(reasoning.length > 0 ? { hm: whole(reasoning) } : {}),
    why: end,
    who: MODEL,
    in: 3,
    out: 4,
  }),
  streamType: stream === 'sse' ? 'text/event-stream' : 'application/x-ndjson',
  events: ({ text, reasoning, end }) =>
    [
      ...reasoning.map((hm) => json({ hm })),
      ...text.map((piece) => json({ say: [piece] })),
      json({ say: [''], why: end, who: MODEL, in: 3, out: 4 }),
    ].map((data) => (stream === 'sse' ? sse(data) : line(data))),
  event: (data) => (stream === 'sse' ? sse(data) : line(data)),
  errorEvent: (stream === 'sse' ? sse : line)(json({ error: { type: 'server_error' } })),
  wrongText: (text) => ({ say: [text], why: 'stop' }),
  wrongList: { say: { length: 1e9 } },
});

const paste: Writer = {
  name: 'paste',
  target: target('paste'),
  logprobs: false,
  reasoning: false,
  model: true,
  plain: ({ text }) => ({ text: whole(text), model: MODEL }),
  streamType: null,
  events: () => [],
  event: utf8,
  errorEvent: new Uint8Array(),
  wrongText: (text) => ({ text }),
  wrongList: null,
};

export const WRITERS: readonly Writer[] = [
  chat,
  responses,
  anthropic,
  gemini,
  bedrock,
  ollama,
  customWriter('sse'),
  customWriter('jsonl'),
  paste,
];

/** What every reading of a `Said` must hold, as far as the format carries it. */
export function expectedOf(writer: Writer, { text, reasoning }: Said): Partial<ReadOk> {
  return {
    text: whole(text),
    reasoning: writer.reasoning ? whole(reasoning) || null : null,
    model: writer.model ? MODEL : null,
    refusal: false,
    logprobs:
      writer.logprobs && text.length > 0
        ? text.map((piece) => ({ token: tokenOf(piece), logprob: -0.25 }))
        : null,
  };
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
