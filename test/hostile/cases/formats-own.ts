import { crc32 } from '#shared/wire/decode-body.ts';
import type { ReadOk } from '#shared/wire/types.ts';
import { amazonMessage } from '../../unit/wire/dialects/bedrock.ts';
import type { Writer } from '../../unit/wire/dialects/writer.ts';
import { type FormatCase, framed, SAID, streamOf } from './formats.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const FILTERED: Partial<ReadOk> = { end: 'filter' };
const REFUSED: Partial<ReadOk> = { refusal: true };
const UNNAMED: Partial<ReadOk> = {
  text: 'one two',
  finishReason: null,
  end: 'unknown',
  warnings: ['no-finish-reason'],
};

/** A row from events that are written as JSON. */
type Row = (
  name: string,
  values: readonly unknown[],
  reads: Partial<ReadOk> | null,
  code?: string,
) => FormatCase;

const rowsOf =
  (writer: Writer): Row =>
  (name, values, reads, code = 'accepted') =>
    streamOf(
      writer,
      name,
      values.map((value) => (value instanceof Uint8Array ? value : framed(writer, value))),
      [code],
      ...(reads === null ? [] : ([reads] as const)),
    );

const DONE = utf8('data: [DONE]\n\n');

function chat(row: Row): FormatCase[] {
  const chunk = (delta: unknown, finish_reason: unknown = null) => ({
    choices: [{ index: 0, delta, finish_reason }],
  });
  const said = [chunk({ content: 'one ' }), chunk({ content: 'two' })];
  return [
    row('no finish reason', [...said, DONE], UNNAMED),
    row('a filter', [chunk({ content: 'one ' }), chunk({}, 'content_filter'), DONE], {
      ...FILTERED,
      text: 'one ',
    }),
    row('a refusal', [chunk({ refusal: 'I cannot' }), chunk({}, 'stop'), DONE], {
      ...REFUSED,
      text: '',
    }),
    row('nothing but the mark', [DONE], null, 'SCHEMA'),
    row('a provider that breaks off', [...said, chunk({}, 'error'), DONE], null, 'PROVIDER_ERROR'),
    row('a finish reason that is an object', [...said, chunk({}, {})], null, 'SCHEMA'),
    row('a delta that is a text', [chunk('one two'), DONE], null, 'SCHEMA'),
    row('choices without a list', [{ choices: { length: 1e9 } }, DONE], null, 'SCHEMA'),
  ];
}

function responses(row: Row): FormatCase[] {
  const delta = (text: string) => ({
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    delta: text,
  });
  const last = (type: string, response: object) => ({ type: `response.${type}`, response });
  const said = [delta('one '), delta('two')];
  return [
    row('no status at the end', [...said, last('completed', {})], UNNAMED),
    row(
      'a filter',
      [
        ...said,
        last('incomplete', {
          status: 'incomplete',
          incomplete_details: { reason: 'content_filter' },
        }),
      ],
      { ...FILTERED, text: 'one two' },
    ),
    row(
      'a refusal',
      [
        { type: 'response.refusal.delta', output_index: 0, delta: 'I cannot' },
        last('completed', { status: 'completed' }),
      ],
      { ...REFUSED, text: '' },
    ),
    row('a failure', [...said, last('failed', { status: 'failed' })], null, 'PROVIDER_ERROR'),
    row(
      'a last event without its response',
      [...said, { type: 'response.completed' }],
      null,
      'SCHEMA',
    ),
    row('a status of no answer', [last('completed', { status: 'cancelled' })], null, 'SCHEMA'),
    row('a delta that is no text', [delta(7 as unknown as string)], null, 'SCHEMA'),
    row('the mark of another format alone', [...said, DONE], null, 'STREAM_TRUNCATED'),
    row(
      'another text at the end',
      [
        ...said,
        last('completed', {
          status: 'completed',
          output: [{ type: 'message', content: [{ type: 'output_text', text: 'three' }] }],
        }),
      ],
      { text: 'one two', warnings: ['stream-disagrees'] },
    ),
  ];
}

function anthropic(row: Row): FormatCase[] {
  const start = { type: 'message_start', message: { model: 'm', content: [] } };
  const delta = (text: unknown) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  });
  const stop = { type: 'message_stop' };
  const reason = (stop_reason: unknown) => ({ type: 'message_delta', delta: { stop_reason } });
  const said = [start, delta('one '), delta('two')];
  return [
    row('no stop reason', [...said, stop], UNNAMED),
    row('a refusal', [...said, reason('refusal'), stop], REFUSED),
    row('no beginning', [delta('one two'), reason('end_turn'), stop], null, 'STREAM_TRUNCATED'),
    row('a text that is an object', [start, delta({}), stop], null, 'SCHEMA'),
    row('a stop reason that is an object', [...said, reason({}), stop], null, 'SCHEMA'),
    row('a beginning without its message', [{ type: 'message_start' }, stop], null, 'SCHEMA'),
    row(
      'an overload in the middle',
      [...said, { type: 'error', error: { type: 'overloaded_error' } }],
      null,
      'RATE_LIMITED',
    ),
  ];
}

function gemini(row: Row): FormatCase[] {
  const chunk = (text: unknown, finishReason?: unknown) => ({
    candidates: [{ content: { parts: [{ text }] }, finishReason }],
  });
  const said = [chunk('one '), chunk('two')];
  return [
    row('no finish reason', said, null, 'STREAM_TRUNCATED'),
    row('a blocked question', [{ promptFeedback: { blockReason: 'SAFETY' } }], {
      ...FILTERED,
      text: '',
    }),
    row('a filter', [...said, { candidates: [{ finishReason: 'RECITATION' }] }], FILTERED),
    row('text behind the finish reason', [...said, chunk('', 'STOP'), chunk('three')], {
      text: 'one two',
      warnings: ['after-done'],
    }),
    row('a text that is an object', [chunk({}), chunk('', 'STOP')], null, 'SCHEMA'),
    row('a finish reason that is a list', [chunk('one', [])], null, 'SCHEMA'),
    row('candidates without a list', [{ candidates: { length: 1e9 } }], null, 'SCHEMA'),
    row(
      'a quota in the middle',
      [...said, { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }],
      null,
      'RATE_LIMITED',
    ),
  ];
}

/** A copy with other bytes from a place on, and both checksums put right again where asked. */
function changed(message: Uint8Array, at: number, bytes: readonly number[], sums: boolean) {
  const copy = Uint8Array.from(message);
  copy.set(bytes, at);
  if (!sums) return copy;
  const view = new DataView(copy.buffer);
  view.setUint32(8, crc32(copy.subarray(0, 8)));
  view.setUint32(copy.length - 4, crc32(copy.subarray(0, copy.length - 4)));
  return copy;
}

function bedrock(row: Row, writer: Writer): FormatCase[] {
  const event = (type: string, value: unknown) =>
    amazonMessage({ ':message-type': 'event', ':event-type': type }, utf8(JSON.stringify(value)));
  const delta = (text: unknown) =>
    event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } });
  const said = [delta('one '), delta('two')];
  const stop = (stopReason: unknown) => event('messageStop', { stopReason });
  const message = delta('two');
  const events = writer.events(SAID);
  const corrupt = (name: string, bad: Uint8Array, code = 'ENCODING_CORRUPT') =>
    row(name, [...events.slice(0, 2), bad, ...events.slice(2)], null, code);
  const kind = (headers: Readonly<Record<string, string>>) => amazonMessage(headers, utf8('{}'));
  return [
    corrupt('a wrong checksum of a prelude', changed(message, 8, [0, 0, 0, 0], false)),
    corrupt(
      'a wrong checksum of a message',
      changed(message, message.length - 4, [0, 0, 0, 0], false),
    ),
    corrupt('another byte in the text', changed(message, message.length - 9, [0x7a], false)),
    corrupt('another byte in a header', changed(message, 13, [0x7a], false)),
    corrupt('another length', changed(message, 0, [0, 0, 0, 99], false)),
    corrupt('a length of 15 with right checksums', changed(message, 0, [0, 0, 0, 15], true)),
    corrupt('headers longer than their message', changed(message, 4, [0, 0, 255, 255], true)),
    corrupt('headers that do not add up', changed(message, 12, [200], true)),
    corrupt(
      'a message of 2 MiB announced',
      changed(message, 0, [0, 32, 0, 0], true),
      'BODY_TOO_LARGE',
    ),
    corrupt(
      'a message of 4 GiB announced',
      changed(message, 0, [255, 255, 255, 255], true),
      'BODY_TOO_LARGE',
    ),
    corrupt('bytes between two messages', utf8('and so on it goes')),
    corrupt('a message without a type', kind({ ':event-type': 'contentBlockDelta' }), 'SCHEMA'),
    row('no stop reason', [...said, event('messageStop', {})], null, 'STREAM_TRUNCATED'),
    row('a guardrail', [...said, stop('guardrail_intervened')], FILTERED),
    row('a filter', [...said, stop('content_filtered')], FILTERED),
    row('text behind the stop', [...said, stop('end_turn'), delta('three')], {
      text: 'one two',
      warnings: ['after-done'],
    }),
    row('a text that is an object', [delta({}), stop('end_turn')], null, 'SCHEMA'),
    row(
      'a throttle in the middle',
      [...said, kind({ ':message-type': 'exception', ':exception-type': 'throttlingException' })],
      null,
      'RATE_LIMITED',
    ),
    row(
      'an unmodelled error',
      [kind({ ':message-type': 'error', ':error-code': 'x' })],
      null,
      'PROVIDER_ERROR',
    ),
  ];
}

function ollama(row: Row): FormatCase[] {
  const piece = (content: unknown, more: object = {}) => ({
    message: { content },
    done: false,
    ...more,
  });
  const said = [piece('one '), piece('two')];
  const end = { done: true, done_reason: 'stop' };
  return [
    row('no done reason', [...said, piece('', { done: true })], UNNAMED),
    row(
      'a reason and no end',
      [...said, piece('', { done_reason: 'stop' })],
      null,
      'STREAM_TRUNCATED',
    ),
    row(
      'an end that is the text "true"',
      [...said, piece('', { done: 'true' })],
      null,
      'STREAM_TRUNCATED',
    ),
    row('text behind the end', [...said, piece('', end), piece('three')], {
      text: 'one two',
      warnings: ['after-done'],
    }),
    row('a text that is an object', [piece({}), piece('', end)], null, 'SCHEMA'),
    row(
      'a reason that is a list',
      [...said, piece('', { done: true, done_reason: [] })],
      null,
      'SCHEMA',
    ),
    row('an error that is a text', [...said, { error: 'out of memory' }], null, 'PROVIDER_ERROR'),
  ];
}

function custom(row: Row): FormatCase[] {
  const said = [{ say: ['one '] }, { say: ['two'] }];
  return [
    row('no finish value', said, null, 'STREAM_TRUNCATED'),
    row('a filter', [...said, { why: 'blocked' }], FILTERED),
    row('a filter and no text', [{ why: 'blocked' }], { ...FILTERED, text: '' }),
    row('a finish value and no text', [{ why: 'stop' }], null, 'SCHEMA'),
    row('a text that is an object', [{ say: [{}] }, { why: 'stop' }], null, 'SCHEMA'),
    row('a finish value that is a number', [...said, { why: 7 }], null, 'STREAM_TRUNCATED'),
    row('an error that is a text', [...said, { error: 'x' }], null, 'PROVIDER_ERROR'),
  ];
}

/** The rows that only this format has: its own ways to end, to refuse, to filter and to be damaged. */
export function ownCases(writer: Writer): FormatCase[] {
  const row = rowsOf(writer);
  switch (writer.target.format) {
    case 'openai-chat':
      return chat(row);
    case 'openai-responses':
      return responses(row);
    case 'anthropic-messages':
      return anthropic(row);
    case 'gemini':
      return gemini(row);
    case 'bedrock-converse':
      return bedrock(row, writer);
    case 'ollama':
      return ollama(row);
    default:
      return custom(row);
  }
}
