import type { Template } from '#shared/domain/target.ts';
import { json, line, MODEL, sse, target, utf8, type Writer, whole } from './writer.ts';

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

export const customWriter = (stream: 'sse' | 'jsonl'): Writer => {
  const frame = (data: string) => (stream === 'sse' ? sse(data) : line(data));
  return {
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
      ].map(frame),
    event: frame,
    errorEvent: frame(json({ error: { type: 'server_error' } })),
    wrongText: (text) => ({ say: [text], why: 'stop' }),
    wrongList: { say: { length: 1e9 } },
  };
};

export const paste: Writer = {
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
