import { describe, expect, it } from 'vitest';
import type { Format } from '#shared/domain/target.ts';
import { eventMessages } from '#shared/wire/event-stream.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import { readResponse } from '#shared/wire/read-response.ts';
import type { HeaderPair, ReadResult } from '#shared/wire/types.ts';
import { amazonMessage } from './dialects/bedrock.ts';
import { joinBytes } from './dialects.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

function read(format: Format, document: unknown, headers: readonly HeaderPair[] = []): ReadResult {
  return readResponse(
    {
      status: 200,
      headers: [['content-type', 'application/json'], ...headers],
      body: utf8(JSON.stringify(document)),
    },
    { format, stream: false, template: null },
  );
}
const outcome = (format: Format, document: unknown) => outcomeOf(read(format, document));

describe('what an answer means', () => {
  it('in openai-chat, where a gateway breaks off', () => {
    const of = (finish_reason: string, error?: object) =>
      read('openai-chat', { choices: [{ message: { content: 'half' }, finish_reason, error }] });
    expect(of('error')).toMatchObject({ code: 'PROVIDER_ERROR' });
    expect(of('error', { code: 429 })).toMatchObject({ code: 'RATE_LIMITED' });
    expect(of('insufficient_system_resource')).toMatchObject({ code: 'PROVIDER_ERROR' });
    expect(of('stop')).toMatchObject({ ok: true, text: 'half' });
  });

  it('in openai-responses', () => {
    const message = (content: unknown[]) => [{ type: 'message', content }];
    const text = [{ type: 'output_text', text: 'x' }];
    const of = (more: object) => outcome('openai-responses', { status: 'completed', ...more });
    expect(of({ output: message(text) })).toBe('answered');
    expect(of({ output: message([{ type: 'output_text', text: '' }]) })).toBe('answered');
    expect(of({ output: message([{ type: 'refusal', refusal: 'no' }]) })).toBe('refused');
    expect(of({ output: [] })).toBe('malformed');
    expect(of({ status: 'failed', output: message(text) })).toBe('malformed');
    expect(of({ error: { code: 'server_error' }, output: message(text) })).toBe('malformed');
    expect(of({ error: { code: 'rate_limit_exceeded' }, output: [] })).toBe('rate-limited');
    const cut = (reason: string) => ({
      status: 'incomplete',
      incomplete_details: { reason },
      output: message(text),
    });
    expect(of(cut('max_output_tokens'))).toBe('truncated');
    expect(of(cut('content_filter'))).toBe('filtered');
    expect(of({ output: [{ type: 'function_call', name: 'f' }] })).toBe('answered');
  });

  it('in anthropic-messages', () => {
    const of = (stop_reason: unknown, content: unknown = [{ type: 'text', text: 'x' }]) =>
      outcome('anthropic-messages', { content, stop_reason });
    expect(of('end_turn')).toBe('answered');
    expect(of('end_turn', [])).toBe('answered');
    expect(of('stop_sequence')).toBe('answered');
    expect(of('max_tokens')).toBe('truncated');
    expect(of('model_context_window_exceeded')).toBe('truncated');
    expect(of('refusal')).toBe('refused');
    expect(of(7)).toBe('malformed');
    expect(of('end_turn', [{ type: 'text' }])).toBe('malformed');
    expect(of('end_turn', [{ type: 'something_new', text: 'x' }])).toBe('answered');
    expect(outcome('anthropic-messages', { type: 'error', error: { type: 'api_error' } })).toBe(
      'malformed',
    );
  });

  it('in gemini', () => {
    const of = (finishReason: string | undefined) =>
      outcome('gemini', { candidates: [{ content: { parts: [{ text: 'x' }] }, finishReason }] });
    expect(of('STOP')).toBe('answered');
    expect(of('MAX_TOKENS')).toBe('truncated');
    for (const filter of ['SAFETY', 'RECITATION', 'PROHIBITED_CONTENT', 'SPII', 'BLOCKLIST'])
      expect(of(filter)).toBe('filtered');
    expect(of(undefined)).toBe('answered');
    expect(outcome('gemini', { promptFeedback: { blockReason: 'SAFETY' } })).toBe('filtered');
    expect(outcome('gemini', { candidates: [{ finishReason: 'SAFETY' }] })).toBe('filtered');
    expect(outcome('gemini', { candidates: [] })).toBe('malformed');
    expect(outcome('gemini', { error: { status: 'RESOURCE_EXHAUSTED' } })).toBe('rate-limited');
  });

  it('in bedrock-converse', () => {
    const of = (stopReason: string | null) =>
      outcome('bedrock-converse', {
        output: { message: { content: [{ text: 'x' }] } },
        stopReason,
      });
    expect(of('end_turn')).toBe('answered');
    expect(of('max_tokens')).toBe('truncated');
    expect(of('guardrail_intervened')).toBe('filtered');
    expect(of('content_filtered')).toBe('filtered');
    expect(of(null)).toBe('answered');
    expect(outcome('bedrock-converse', { message: 'x' })).toBe('malformed');
  });

  it('in ollama', () => {
    const of = (more: object) =>
      outcome('ollama', { message: { content: 'x' }, done: true, ...more });
    expect(of({ done_reason: 'stop' })).toBe('answered');
    expect(of({ done_reason: 'length' })).toBe('truncated');
    expect(of({})).toBe('answered');
    expect(of({ error: 'model not found' })).toBe('malformed');
    expect(of({ message: 'x' })).toBe('malformed');
  });

  it('in a pasted text', () => {
    const paste = (text: string, type: string) =>
      readResponse(
        { status: 200, headers: [['content-type', type]], body: utf8(text) },
        { format: 'paste', stream: false, template: null },
      );
    expect(paste('\ufeffodo\n', 'text/plain; charset=utf-8')).toMatchObject({
      text: 'odo\n',
      model: null,
      end: 'unknown',
      warnings: ['bom'],
    });
    expect(paste('{"text":"odo","model":"chat-1"}', 'application/json')).toMatchObject({
      text: 'odo',
      model: 'chat-1',
    });
    expect(paste('', 'text/plain')).toMatchObject({ code: 'CONTENT_TYPE' });
    expect(paste('<p>odo</p>', 'text/html')).toMatchObject({ code: 'CONTENT_TYPE' });
  });
});

describe('who answered', () => {
  const chat = {
    id: 'chatcmpl-1',
    choices: [{ message: { content: 'x' }, finish_reason: 'stop' }],
  };

  it('is named by headers before the body', () => {
    const routeOf = (headers: readonly HeaderPair[], more: object = {}) => {
      const result = read('openai-chat', { ...chat, ...more }, headers);
      return result.ok ? result.route : null;
    };
    expect(routeOf([])).toEqual({ upstream: null, region: null, requestId: 'chatcmpl-1' });
    expect(
      routeOf([
        ['Apim-Request-Id', 'a'],
        ['X-Request-ID', 'b'],
      ])?.requestId,
    ).toBe('b');
    expect(routeOf([['x-ms-region', 'West Europe']])?.region).toBe('West Europe');
    expect(routeOf([['x-ms-region', 'westeurope']], { provider: 'Groq' })).toEqual({
      upstream: 'Groq',
      region: 'westeurope',
      requestId: 'chatcmpl-1',
    });
    expect(routeOf([['x-request-id', `${'a'.repeat(201)}`]])?.requestId).toBe('chatcmpl-1');
  });

  it('is named by each provider its own way', () => {
    const ok = (result: ReadResult) => (result.ok ? result : null);
    const anthropic = ok(
      read('anthropic-messages', { id: 'msg_1', content: [], stop_reason: 'end_turn' }, [
        ['request-id', 'req_1'],
      ]),
    );
    expect(anthropic?.route.requestId).toBe('req_1');
    const gemini = ok(read('gemini', { responseId: 'r1', candidates: [{ finishReason: 'STOP' }] }));
    expect(gemini?.route.requestId).toBe('r1');
  });

  it('leaves out log-probabilities when one of them is none', () => {
    const content = (logprob: unknown) => ({
      choices: [
        {
          message: { content: 'x' },
          finish_reason: 'stop',
          logprobs: {
            content: [
              { token: 'x', logprob: -1 },
              { token: 'y', logprob },
            ],
          },
        },
      ],
    });
    const of = (logprob: unknown) => read('openai-chat', content(logprob));
    expect(of(-0.5)).toMatchObject({ logprobs: [{ token: 'x' }, { token: 'y' }], warnings: [] });
    for (const bad of [0.5, '-1', null, undefined])
      expect(of(bad)).toMatchObject({ logprobs: null, warnings: ['bad-logprobs'] });
  });

  it('says what an error status is about, in known words only', () => {
    const of = (document: unknown) => {
      const body = utf8(JSON.stringify(document));
      const target = { format: 'openai-chat', stream: false, template: null } as const;
      const result = readResponse({ status: 429, headers: [], body }, target);
      return result.ok ? null : result.detail;
    };
    expect(of({ error: { code: 'insufficient_quota', message: 'x' } })).toBe(
      'status 429, insufficient_quota',
    );
    expect(of({ __type: 'ThrottlingException' })).toBe('status 429, ThrottlingException');
    expect(of({ error: { code: 'the canary' } })).toBe('status 429');
  });
});

describe('streams that end oddly', () => {
  const responses = (events: readonly object[]) =>
    readResponse(
      {
        status: 200,
        headers: [['content-type', 'text/event-stream']],
        body: utf8(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')),
      },
      { format: 'openai-responses', stream: true, template: null },
    );
  const completed = (text: string) => ({
    type: 'response.completed',
    response: {
      status: 'completed',
      output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
    },
  });
  const delta = {
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    delta: 'a',
  };

  it('in openai-responses: the pieces count, and a different whole is noted', () => {
    expect(responses([delta, completed('a')])).toMatchObject({ text: 'a', warnings: [] });
    expect(responses([delta, completed('b')])).toMatchObject({
      text: 'a',
      warnings: ['stream-disagrees'],
    });
    expect(responses([completed('b')])).toMatchObject({ text: 'b', warnings: [] });
    const failed = { type: 'response.failed', response: { error: { code: 'server_error' } } };
    expect(responses([delta, failed])).toMatchObject({ code: 'PROVIDER_ERROR' });
    expect(responses([delta])).toMatchObject({ code: 'STREAM_TRUNCATED' });
  });

  it('puts the parts of openai-responses in their places, in whatever order they come', () => {
    const at = (output_index: number, content_index: number, text: string) => ({
      ...delta,
      output_index,
      content_index,
      delta: text,
    });
    const end = { type: 'response.completed', response: { status: 'completed' } };
    expect(
      responses([at(10, 0, 'd'), at(2, 1, 'b'), at(2, 0, 'a'), at(2, 1, 'c'), end]),
    ).toMatchObject({ text: 'abcd' });
  });
});

/** All messages and how the body ended. */
function split(body: Uint8Array) {
  const messages: string[] = [];
  const source = eventMessages(body);
  for (;;) {
    const next = source.next();
    if (next.done) return { messages, end: next.value };
    messages.push(new TextDecoder().decode(next.value.payload));
  }
}

describe('eventMessages', () => {
  const headers = { ':message-type': 'event', ':event-type': 'x' };
  const message = amazonMessage(headers, utf8('{"a":1}'));

  it('reads messages and says when one is cut', () => {
    const both = joinBytes([message, message]);
    expect(split(both)).toEqual({ messages: ['{"a":1}', '{"a":1}'], end: 'whole' });
    for (let length = message.length + 1; length < both.length; length++)
      expect(split(both.subarray(0, length))).toMatchObject({
        messages: ['{"a":1}'],
        end: 'unfinished',
      });
  });

  it('refuses a message when any one bit of it is other', () => {
    for (let bit = 0; bit < message.length * 8; bit++) {
      const damaged = Uint8Array.from(message);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(split(damaged)).toMatchObject({ messages: [], end: { code: 'ENCODING_CORRUPT' } });
    }
  });

  it('gives a result for any bytes, also far into a buffer', () => {
    const room = new Uint8Array(message.length + 7);
    room.set(message, 7);
    expect(split(room.subarray(7))).toMatchObject({ messages: ['{"a":1}'], end: 'whole' });
    expect(split(new Uint8Array())).toEqual({ messages: [], end: 'whole' });
  });
});
