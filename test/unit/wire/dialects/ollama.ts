import { json, line, logprobOf, MODEL, target, type Writer, whole } from './writer.ts';

export const ollama: Writer = {
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
