import { json, logprobOf, MODEL, type Said, sse, target, type Writer, whole } from './writer.ts';

export const chat: Writer = {
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

export const responses: Writer = {
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
