import { describe, expect, it } from 'vitest';
import { readResponse } from '#shared/wire/read-response.ts';
import type { ReadResult } from '#shared/wire/types.ts';
import { amazonMessage } from './dialects/bedrock.ts';
import { customWriter } from './dialects/custom.ts';
import type { Said, Writer } from './dialects/writer.ts';
import { joinBytes, WRITERS } from './dialects.ts';

const SAID: Said = { text: ['one ', 'two'], reasoning: ['hm'], end: 'stop' };
const LATER: Said = { text: ['three'], reasoning: ['more'], end: 'length' };
const utf8 = (text: string) => new TextEncoder().encode(text);

const streamed = ({ target, streamType }: Writer, parts: readonly Uint8Array[]): ReadResult =>
  readResponse(
    { status: 200, headers: [['content-type', streamType ?? '']], body: joinBytes(parts) },
    { ...target, stream: true },
  );

/** The template names a mark of the end, as those of the chat formats do. */
function withMark(kind: 'sse' | 'jsonl'): Writer {
  const writer = customWriter(kind);
  const { template } = writer.target;
  return {
    ...writer,
    target: { ...writer.target, template: template && { ...template, done: '[DONE]' } },
    events: (said) => [...writer.events(said), writer.event('[DONE]')],
  };
}

const NAMED = (name: string): Writer => {
  const found = WRITERS.find((writer) => writer.name === name);
  if (found === undefined) throw new Error(name);
  return found;
};

const ENDED: readonly Writer[] = [
  ...['openai-chat', 'openai-responses', 'anthropic-messages', 'bedrock-converse', 'ollama'].map(
    NAMED,
  ),
  withMark('sse'),
  withMark('jsonl'),
];

describe.each(ENDED)('what follows the end of a stream: $name', (writer) => {
  const events = writer.events(SAID);
  const whole = streamed(writer, events);

  it.each([
    ['another answer', writer.events(LATER)],
    ['the same end again', events.slice(-1)],
    ['an error', [writer.errorEvent]],
    ['an object of no known kind', [writer.event('{"type":"surprise","text":"three"}')]],
    ['what is no JSON', [writer.event('{"a":')]],
    ['what is nested too deep', [writer.event('['.repeat(1_000))]],
    ['an event of 2 MiB', [writer.event('['), writer.event(`"${'x'.repeat(2 ** 21)}"`)]],
  ])('%s is no part of the answer, and a warning says that it is there', (_what, after) => {
    expect(whole).toMatchObject({ ok: true, text: 'one two', reasoning: 'hm', warnings: [] });
    expect(streamed(writer, [...events, ...after])).toEqual({ ...whole, warnings: ['after-done'] });
  });

  it('pings and blank lines are nothing', () => {
    if (writer.streamType === 'application/vnd.amazon.eventstream') return;
    const blank = writer.streamType === 'text/event-stream' ? ': ping\n\n: ping\n\n' : '\n \n\n';
    expect(streamed(writer, [...events, utf8(blank)])).toEqual(whole);
  });
});

describe('the end of each format', () => {
  it('openai-responses: the mark of the chat format may stand behind the last event, once', () => {
    const writer = NAMED('openai-responses');
    const mark = utf8('data: [DONE]\n\n');
    const events = writer.events(SAID);
    expect(streamed(writer, [...events, mark])).toMatchObject({ warnings: [] });
    expect(streamed(writer, [...events, mark, mark])).toMatchObject({ warnings: ['after-done'] });
  });

  it('bedrock: text behind messageStop is none, also before the metadata; an error there still counts', () => {
    const writer = NAMED('bedrock-converse');
    const events = writer.events(SAID);
    const [stop, metadata] = [events.slice(0, -1), events.slice(-1)];
    const text = writer.event('{"contentBlockIndex":1,"delta":{"text":"three"}}');
    expect(streamed(writer, [...stop, text, ...metadata])).toMatchObject({
      text: 'one two',
      warnings: ['after-done'],
    });
    expect(streamed(writer, [...stop, writer.errorEvent])).toMatchObject({
      code: 'PROVIDER_ERROR',
    });
    const broken = amazonMessage({ ':message-type': 'event' }, utf8('{}')).map((byte) => byte ^ 1);
    expect(streamed(writer, [...events, broken])).toMatchObject({ code: 'ENCODING_CORRUPT' });
  });

  it('gemini: the last event with a finish reason ends it, wherever others give one as well', () => {
    const writer = NAMED('gemini');
    const chunk = (text: string, finishReason?: string) =>
      writer.event(
        JSON.stringify({ candidates: [{ content: { parts: [{ text }] }, finishReason }] }),
      );
    const read = (...parts: Uint8Array[]) => streamed(writer, parts);
    expect(read(chunk('a', 'STOP'), chunk('b', 'STOP'), chunk('c', 'MAX_TOKENS'))).toMatchObject({
      text: 'abc',
      end: 'length',
      finishReason: 'MAX_TOKENS',
      warnings: [],
    });
    expect(read(chunk('', 'STOP'), chunk('a'), chunk('b'), chunk('', 'STOP'))).toMatchObject({
      text: 'ab',
      warnings: [],
    });
    const after = writer.event('{"usageMetadata":{"totalTokenCount":9}}');
    expect(read(chunk('a'), chunk('b', 'STOP'), chunk('c'), after)).toMatchObject({
      text: 'ab',
      usage: { totalTokens: 9 },
      warnings: ['after-done'],
    });
    expect(read(chunk('a', 'STOP'), writer.errorEvent)).toMatchObject({ code: 'PROVIDER_ERROR' });
  });

  it('gemini: candidates without an index are told apart by their places', () => {
    const body = utf8(
      JSON.stringify({
        candidates: ['a', 'b'].map((text) => ({
          content: { parts: [{ text }] },
          finishReason: 'STOP',
        })),
      }),
    );
    const read = readResponse(
      { status: 200, headers: [['content-type', 'application/json']], body },
      { ...NAMED('gemini').target, stream: false },
    );
    expect(read).toMatchObject({ text: 'a', warnings: ['several-choices'] });
  });
});
