import { json, MODEL, sse, target, type Writer, whole } from './writer.ts';

export const anthropic: Writer = {
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
