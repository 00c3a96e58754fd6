import { describe, expect, it } from 'vitest';
import type { Format } from '#shared/domain/target.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import { readResponse } from '#shared/wire/read-response.ts';
import { amazonMessage, bedrock } from './dialects/bedrock.ts';
import { json, line, sse, utf8 } from './dialects/writer.ts';
import { joinBytes } from './dialects.ts';

/** One answer that is not simply a text, as a format writes it at once and in pieces. */
interface Row {
  readonly name: string;
  readonly format: Format;
  readonly plain: object;
  readonly events: readonly object[];
  readonly outcome: string;
  /** What both readings must hold. */
  readonly holds: object;
}

const chatRow = (
  name: string,
  message: object | null,
  deltas: readonly object[],
  rest: Pick<Row, 'outcome' | 'holds'> & { finish?: string; more?: object },
): Row => {
  const { finish = 'stop', more = {}, outcome, holds } = rest;
  const choice = (part: object) => ({ index: 0, ...part });
  return {
    name,
    format: 'openai-chat',
    plain: { ...more, choices: [choice({ message: message ?? {}, finish_reason: finish })] },
    events: [
      ...deltas.map((delta) => ({ ...more, choices: [choice({ delta })] })),
      { ...more, choices: [choice({ delta: {}, finish_reason: finish })] },
    ],
    outcome,
    holds,
  };
};

const CALL = { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
const ROWS: readonly Row[] = [
  chatRow(
    'a refusal',
    { content: null, refusal: 'No, I' },
    [{ refusal: 'No,' }, { refusal: ' I' }],
    {
      outcome: 'refused',
      holds: { text: '', refusal: true },
    },
  ),
  chatRow('a filter', { content: null }, [{}], {
    finish: 'content_filter',
    outcome: 'filtered',
    holds: { text: '', end: 'filter' },
  }),
  chatRow('a call of a tool', { content: null, tool_calls: [CALL] }, [{ tool_calls: [CALL] }], {
    finish: 'tool_calls',
    outcome: 'answered',
    holds: { text: '', warnings: ['tool-calls'] },
  }),
  chatRow(
    'no content, without a reason',
    { content: null, reasoning: 'hm' },
    [{ reasoning: 'hm' }],
    {
      outcome: 'malformed',
      holds: { code: 'SCHEMA' },
    },
  ),
  chatRow('an empty content', { content: '' }, [{ content: '' }], {
    outcome: 'answered',
    holds: { text: '' },
  }),
  chatRow('who answered', { content: 'ab' }, [{ content: 'a' }, { content: 'b' }], {
    more: { id: 'r-1', model: 'm', system_fingerprint: 'fp', provider: 'Host' },
    outcome: 'answered',
    holds: { model: 'm', fingerprint: 'fp', route: { upstream: 'Host', requestId: 'r-1' } },
  }),
  chatRow('thinking that is counted beside the answer', { content: 'a' }, [{ content: 'a' }], {
    more: {
      usage: {
        prompt_tokens: 3,
        completion_tokens: 2,
        total_tokens: 45,
        completion_tokens_details: { reasoning_tokens: 40 },
      },
    },
    outcome: 'answered',
    holds: { usage: { completionTokens: 42, totalTokens: 45, reasoningTokens: 40 } },
  }),
  chatRow('thinking that is counted in the answer', { content: 'a' }, [{ content: 'a' }], {
    more: {
      usage: {
        prompt_tokens: 3,
        completion_tokens: 42,
        total_tokens: 45,
        completion_tokens_details: { reasoning_tokens: 40 },
      },
    },
    outcome: 'answered',
    holds: { usage: { completionTokens: 42, totalTokens: 45, reasoningTokens: 40 } },
  }),
  chatRow('a provider that broke off', { content: 'half' }, [{ content: 'half' }], {
    finish: 'error',
    outcome: 'malformed',
    holds: { code: 'PROVIDER_ERROR' },
  }),
  {
    name: 'several choices, the first one last',
    format: 'openai-chat',
    plain: {
      choices: [
        { index: 1, message: { content: 'second' }, finish_reason: 'stop' },
        { index: 0, message: { content: 'first' }, finish_reason: 'stop' },
      ],
    },
    events: [
      { choices: [{ index: 1, delta: { content: 'second' }, finish_reason: 'stop' }] },
      { choices: [{ index: 0, delta: { content: 'first' }, finish_reason: 'stop' }] },
    ],
    outcome: 'answered',
    holds: { text: 'first', warnings: ['several-choices'] },
  },
  ...responsesRows(),
  {
    name: 'a refusal',
    format: 'anthropic-messages',
    plain: {
      id: 'a',
      model: 'm',
      content: [],
      stop_reason: 'refusal',
      usage: { input_tokens: 3, output_tokens: 1 },
    },
    events: [
      {
        type: 'message_start',
        message: { id: 'a', model: 'm', content: [], usage: { input_tokens: 3, output_tokens: 0 } },
      },
      { type: 'message_delta', delta: { stop_reason: 'refusal' }, usage: { output_tokens: 1 } },
      { type: 'message_stop' },
    ],
    outcome: 'refused',
    holds: { text: '', usage: { promptTokens: 3, completionTokens: 1 } },
  },
  {
    name: 'a call of a tool between two texts',
    format: 'anthropic-messages',
    plain: {
      content: [
        { type: 'text', text: 'a' },
        { type: 'tool_use', name: 'f' },
        { type: 'text', text: 'b' },
      ],
      stop_reason: 'tool_use',
    },
    events: [
      { type: 'message_start', message: {} },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', name: 'f' } },
      {
        type: 'content_block_delta',
        index: 1,
        delta: { type: 'input_json_delta', partial_json: '{}' },
      },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: 'b' } },
      { type: 'message_delta', delta: { stop_reason: 'tool_use' } },
    ],
    outcome: 'answered',
    holds: { text: 'ab', warnings: ['tool-calls'] },
  },
  {
    name: 'a filter in the middle',
    format: 'gemini',
    plain: { candidates: [{ content: { parts: [{ text: 'ab' }] }, finishReason: 'SAFETY' }] },
    events: [
      { candidates: [{ content: { parts: [{ text: 'a' }] } }] },
      { candidates: [{ content: { parts: [{ text: 'b' }] }, finishReason: 'SAFETY' }] },
    ],
    outcome: 'filtered',
    holds: { text: 'ab', finishReason: 'SAFETY' },
  },
  {
    name: 'thinking that is counted beside the answer',
    format: 'gemini',
    plain: {
      candidates: [{ content: { parts: [{ text: 'ab' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, thoughtsTokenCount: 40 },
    },
    events: [
      {
        candidates: [{ content: { parts: [{ text: 'a' }] } }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 1, thoughtsTokenCount: 40 },
      },
      {
        candidates: [{ content: { parts: [{ text: 'b' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2 },
      },
    ],
    outcome: 'answered',
    holds: { usage: { promptTokens: 3, completionTokens: 42, reasoningTokens: 40 } },
  },
  {
    name: 'a blocked prompt',
    format: 'gemini',
    plain: { promptFeedback: { blockReason: 'OTHER' }, modelVersion: 'g', responseId: 'r' },
    events: [{ promptFeedback: { blockReason: 'OTHER' }, modelVersion: 'g', responseId: 'r' }],
    outcome: 'filtered',
    holds: { text: '', model: 'g', route: { requestId: 'r' } },
  },
  {
    name: 'nothing said',
    format: 'ollama',
    plain: { model: 'o', message: { content: '' }, done: true, done_reason: 'stop', eval_count: 0 },
    events: [
      { model: 'o', message: { content: '' }, done: true, done_reason: 'stop', eval_count: 0 },
    ],
    outcome: 'answered',
    holds: { text: '', model: 'o', usage: { completionTokens: 0 } },
  },
  {
    name: 'a guardrail',
    format: 'bedrock-converse',
    plain: {
      output: { message: { content: [{ text: 'no' }] } },
      stopReason: 'guardrail_intervened',
    },
    events: [
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'no' } } },
      { messageStop: { stopReason: 'guardrail_intervened' } },
    ],
    outcome: 'filtered',
    holds: { text: 'no', end: 'filter' },
  },
];

function responsesRows(): Row[] {
  const logprobs = [{ token: 'a', logprob: -0.5 }];
  const summary = { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] };
  const message = { type: 'message', content: [{ type: 'output_text', text: 'a', logprobs }] };
  const whole = (output: readonly object[]) => ({
    id: 'r',
    model: 'm',
    status: 'completed',
    output,
  });
  const row = (
    name: string,
    output: readonly object[],
    pieces: readonly object[],
    rest: Pick<Row, 'outcome' | 'holds'>,
  ): Row => ({
    name,
    format: 'openai-responses',
    plain: whole(output),
    events: [...pieces, { type: 'response.completed', response: whole(output) }],
    ...rest,
  });
  const delta = {
    type: 'response.output_text.delta',
    output_index: 1,
    content_index: 0,
    delta: 'a',
  };
  const holds = { text: 'a', reasoning: 'hm', logprobs };
  return [
    row('log-probabilities and thinking that only the end tells', [summary, message], [delta], {
      outcome: 'answered',
      holds,
    }),
    row(
      'log-probabilities that the pieces tell too',
      [summary, message],
      [{ ...delta, logprobs }],
      {
        outcome: 'answered',
        holds,
      },
    ),
    row(
      'a refusal',
      [{ type: 'message', content: [{ type: 'refusal', refusal: 'no' }] }],
      [{ type: 'response.refusal.delta', output_index: 0, content_index: 0, delta: 'no' }],
      { outcome: 'refused', holds: { text: '', refusal: true } },
    ),
    row('a call of a tool', [{ type: 'function_call', name: 'f' }], [], {
      outcome: 'answered',
      holds: { text: '', warnings: ['tool-calls'] },
    }),
  ];
}

function streamed({ format, events }: Row): { type: string; body: Uint8Array } {
  if (format === 'bedrock-converse') {
    const messages = events.flatMap((event) =>
      Object.entries(event).map(([type, value]) =>
        amazonMessage({ ':message-type': 'event', ':event-type': type }, utf8(json(value))),
      ),
    );
    return { type: bedrock.streamType ?? '', body: joinBytes(messages) };
  }
  if (format === 'ollama')
    return {
      type: 'application/x-ndjson',
      body: joinBytes(events.map((event) => line(json(event)))),
    };
  return { type: 'text/event-stream', body: joinBytes(events.map((event) => sse(json(event)))) };
}

describe('an answer at once and in pieces', () => {
  it.each(ROWS)('$format: $name', (row) => {
    const { format } = row;
    const read = (type: string, body: Uint8Array, stream: boolean) =>
      readResponse(
        { status: 200, headers: [['content-type', type]], body },
        { format, stream, template: null },
      );
    const plain = read('application/json', utf8(json(row.plain)), false);
    expect(plain).toMatchObject(row.holds);
    expect(outcomeOf(plain)).toBe(row.outcome);
    const { type, body } = streamed(row);
    expect(read(type, body, true)).toEqual(plain);
  });
});
