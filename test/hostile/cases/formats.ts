import { gzipSync } from 'node:zlib';
import type { ReadOk } from '#shared/wire/types.ts';
import { amazonMessage } from '../../unit/wire/dialects/bedrock.ts';
import { line, type Said, sse, type Writer } from '../../unit/wire/dialects/writer.ts';
import { joinBytes } from '../../unit/wire/dialects.ts';
import type { Answer } from '../server.ts';
import { head, http, replies } from './case.ts';

/** One row: what a server sends for one wire format, and what must come of it. */
export interface FormatCase {
  readonly name: string;
  readonly stream: boolean;
  readonly answer: Answer;
  readonly expected: readonly string[];
  /** Of an answer that is accepted. */
  readonly reads?: Partial<ReadOk>;
}

export const SAID: Said = { text: ['one ', 'two'], reasoning: ['hm'], end: 'stop' };
const WHOLE = { text: 'one two', reasoning: 'hm' };
const ACCEPTED = ['accepted'];
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Buffer.from(text, 'latin1');

const typeOf = ({ streamType }: Writer) => `content-type: ${streamType ?? ''}`;
const isBinary = ({ streamType }: Writer) => streamType === 'application/vnd.amazon.eventstream';
const isSse = ({ streamType }: Writer) => streamType === 'text/event-stream';

/** A stream with a length, as proxies that buffer send it. */
const sent = (writer: Writer, parts: readonly Uint8Array[], type = typeOf(writer)): Answer =>
  replies(http(Buffer.from(joinBytes(parts)), [type]));

const chunkHead = (writer: Writer) =>
  head('HTTP/1.1 200 OK', typeOf(writer), 'transfer-encoding: chunked');

const chunkOf = (part: Uint8Array) =>
  Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);

/** Event by event in chunks, as providers do; `isWhole`: with the chunk that ends the body. */
const chunked =
  (writer: Writer, parts: readonly Uint8Array[], isWhole: boolean): Answer =>
  (socket) => {
    socket.write(chunkHead(writer));
    for (const part of parts) socket.write(chunkOf(part));
    socket.end(isWhole ? '0\r\n\r\n' : '');
  };

/** Events behind the one that says how the answer ends: a stream that lacks them is whole all the same. */
const BEHIND_END: Readonly<Record<string, number>> = {
  'openai-chat': 2,
  'anthropic-messages': 1,
  'bedrock-converse': 1,
};

function cuts(writer: Writer): FormatCase[] {
  const events = writer.events(SAID);
  const least = events.length - (BEHIND_END[writer.name] ?? 0);
  return events.flatMap((_event, count): FormatCase[] => {
    const parts = events.slice(0, count);
    const code = count === 0 ? 'CONTENT_TYPE' : count < least ? 'STREAM_TRUNCATED' : 'accepted';
    const clean = {
      name: `cut behind event ${count} of ${events.length}, the body ended well`,
      stream: true,
      expected: [code],
      ...(code === 'accepted' ? { reads: WHOLE } : {}),
    };
    const inside = [...parts, (events[count] ?? new Uint8Array()).slice(0, 9)];
    return [
      { ...clean, answer: chunked(writer, parts, true) },
      {
        name: `cut behind event ${count}, no last chunk`,
        stream: true,
        expected: ['LENGTH_MISMATCH', 'CONNECTION_LOST'],
        answer: chunked(writer, parts, false),
      },
      {
        ...clean,
        name: `cut inside event ${count + 1} of ${events.length}, the body ended well`,
        // Nine bytes of a binary message, of a line or of an event are none of it.
        expected: [count === 0 ? 'STREAM_TRUNCATED' : code],
        answer: sent(writer, inside),
      },
    ];
  });
}

function errors(writer: Writer): FormatCase[] {
  const events = writer.events(SAID);
  const least = events.length - (BEHIND_END[writer.name] ?? 0);
  return events.slice(0, least).map((_event, at) => ({
    name: `an error in the place of event ${at + 1}, and the rest behind it`,
    stream: true,
    expected: ['PROVIDER_ERROR'],
    answer: chunked(writer, [...events.slice(0, at), writer.errorEvent, ...events.slice(at)], true),
  }));
}

function types(writer: Writer): FormatCase[] {
  const events = writer.events(SAID);
  const document = utf8(JSON.stringify(writer.plain(SAID)));
  const wrong = ['text/html', 'text/plain', 'application/octet-stream'].map((type) => ({
    name: `a stream that says it is ${type}`,
    stream: true,
    expected: ['CONTENT_TYPE'],
    answer: sent(writer, events, `content-type: ${type}`),
  }));
  return [
    ...wrong,
    {
      name: 'a stream without a content type',
      stream: true,
      expected: ['CONTENT_TYPE'],
      answer: replies(http(Buffer.from(joinBytes(events)), [])),
    },
    {
      name: 'a stream that says it is one document',
      stream: true,
      expected: ['INVALID_JSON', 'INVALID_UTF8'],
      answer: sent(writer, events, 'content-type: application/json'),
    },
    {
      name: 'a stream where one document was asked for',
      stream: false,
      // A template alone says whether the answer is a stream, so that format takes it.
      expected: writer.name.startsWith('custom') ? ACCEPTED : ['CONTENT_TYPE'],
      answer: sent(writer, events),
    },
    {
      name: 'one document that says it is a stream',
      stream: true,
      // A document on one line is a stream of one line, and says that it is whole.
      expected: isBinary(writer)
        ? ['ENCODING_CORRUPT']
        : isSse(writer)
          ? ['STREAM_TRUNCATED']
          : ACCEPTED,
      ...(isBinary(writer) || isSse(writer) ? {} : { reads: WHOLE }),
      answer: sent(writer, [document]),
    },
    {
      name: 'one document where a stream was asked for',
      stream: true,
      expected: ACCEPTED,
      reads: { ...WHOLE, warnings: ['not-streamed'] },
      answer: sent(writer, [document], 'content-type: application/json'),
    },
    {
      name: 'one document and then a stream',
      stream: true,
      expected: ['INVALID_JSON', 'INVALID_UTF8'],
      answer: sent(writer, [document, ...events], 'content-type: application/json'),
    },
    {
      name: 'a stream and then one document',
      stream: true,
      expected: isBinary(writer) ? ['ENCODING_CORRUPT'] : ACCEPTED,
      // Where nothing marks the end of the stream a document on a line is one more line.
      ...(isBinary(writer) || writer.name === 'custom, jsonl' ? {} : { reads: WHOLE }),
      answer: sent(writer, [...events, document]),
    },
  ];
}

function damage(writer: Writer): FormatCase[] {
  const events = writer.events(SAID);
  const [first = new Uint8Array(), ...rest] = events;
  const within = (name: string, part: Uint8Array, expected: readonly string[]): FormatCase => ({
    name,
    stream: true,
    expected,
    answer: chunked(writer, [first, part, ...rest], true),
  });
  const packed = gzipSync(joinBytes(events));
  const gzip = (bytes: Buffer): Answer =>
    replies(http(bytes, [typeOf(writer), 'content-encoding: gzip']));
  return [
    within('an event that is no JSON', writer.event('{"a":'), ['INVALID_JSON']),
    within('NaN in an event', writer.event('{"a":NaN}'), ['INVALID_JSON']),
    within('an event that is null', writer.event('null'), ['SCHEMA']),
    within('an event that is a list', writer.event('[{}]'), ['SCHEMA']),
    within('an event nested 100,000 deep', writer.event('['.repeat(100_000)), ['JSON_TOO_DEEP']),
    within('an event of 2 MiB', writer.event(`{"a":"${'x'.repeat(2 ** 21)}"}`), ['BODY_TOO_LARGE']),
    within(
      'an event that is invalid UTF-8',
      isBinary(writer)
        ? amazonMessage(
            { ':message-type': 'event', ':event-type': 'contentBlockDelta' },
            latin1('{"a":"\xff\xfe"}'),
          )
        : latin1('data: {"a":"\xff\xfe"}\n\n'),
      ['INVALID_UTF8'],
    ),
    within(
      'an event with the bytes of a surrogate',
      isBinary(writer)
        ? amazonMessage(
            { ':message-type': 'event', ':event-type': 'contentBlockDelta' },
            latin1('{"a":"\xed\xa0\x80"}'),
          )
        : latin1('data: {"a":"\xed\xa0\x80"}\n\n'),
      ['INVALID_UTF8'],
    ),
    {
      name: 'a gzip stream, cut',
      stream: true,
      expected: ['ENCODING_CORRUPT'],
      answer: gzip(packed.subarray(0, -5)),
    },
    {
      name: 'a gzip stream and something behind it',
      stream: true,
      expected: ['ENCODING_CORRUPT'],
      answer: gzip(Buffer.concat([packed, Buffer.from('more')])),
    },
    {
      name: 'a gzip stream that is whole',
      stream: true,
      expected: ACCEPTED,
      reads: WHOLE,
      answer: gzip(packed),
    },
    {
      name: 'every byte in a chunk of its own',
      stream: true,
      expected: ACCEPTED,
      reads: WHOLE,
      answer: chunked(
        writer,
        [...joinBytes(events)].map((byte) => Uint8Array.of(byte)),
        true,
      ),
    },
    {
      name: 'silence in the middle',
      stream: true,
      expected: ['TIMEOUT_IDLE'],
      answer: (socket) => {
        socket.write(chunkHead(writer));
        socket.write(chunkOf(first));
      },
    },
  ];
}

const surprise = '{"type":"vendor.surprise","event":"surprise","value":[1]}';

function strange(writer: Writer): FormatCase[] {
  const events = writer.events(SAID);
  const between = (part: Uint8Array) => events.flatMap((event) => [part, event]);
  const unknown = isBinary(writer)
    ? amazonMessage({ ':message-type': 'event', ':event-type': 'surprise' }, utf8(surprise))
    : writer.event(surprise);
  const quiet = isSse(writer)
    ? [utf8(': ping\n\nid: 7\nretry: 1\n\nsurprise\n\nevent: surprise\n\n')]
    : isBinary(writer)
      ? []
      : [utf8('\n \r\n\n')];
  return [
    {
      name: 'events of no known type between all others',
      stream: true,
      // Each line of this format is a message: one that holds none is not of it.
      expected: writer.name === 'ollama' ? ['SCHEMA'] : ACCEPTED,
      ...(writer.name === 'ollama' ? {} : { reads: { ...WHOLE, end: 'stop' as const } }),
      answer: chunked(writer, between(unknown), true),
    },
    ...quiet.map((part) => ({
      name: 'pings, ids and blank lines between all events',
      stream: true,
      expected: ACCEPTED,
      reads: { ...WHOLE, warnings: [] },
      answer: chunked(writer, between(part), true),
    })),
    {
      name: 'the last event twice',
      stream: true,
      expected: ACCEPTED,
      reads: { ...WHOLE, end: 'stop' },
      answer: chunked(writer, [...events, ...events.slice(-1)], true),
    },
    {
      name: 'the whole answer twice',
      stream: true,
      expected: ACCEPTED,
      // Gemini and templates have no mark of the end, so both answers are one.
      ...(writer.name === 'gemini' || writer.name.startsWith('custom')
        ? {}
        : { reads: { ...WHOLE, warnings: ['after-done'] } }),
      answer: chunked(writer, [...events, ...events], true),
    },
  ];
}

/** Answers in one document, over the socket. */
function documents(writer: Writer): FormatCase[] {
  const document = JSON.stringify(writer.plain(SAID));
  const stream = false;
  const of = (name: string, body: string | Buffer, ...expected: string[]): FormatCase => ({
    name,
    stream,
    expected,
    answer: replies(http(body)),
  });
  return [
    of('a cut document', document.slice(0, -3), 'INVALID_JSON'),
    of('a document with more behind it', `${document}{}`, 'INVALID_JSON'),
    of('null', 'null', 'SCHEMA'),
    of('an empty object', '{}', 'SCHEMA'),
    of('a text that is an object', JSON.stringify(writer.wrongText({ toString: 'x' })), 'SCHEMA'),
    of('a text that is a number', JSON.stringify(writer.wrongText(7)), 'SCHEMA'),
    of('a list with a length and no entries', JSON.stringify(writer.wrongList), 'SCHEMA'),
    of(
      'an error with status 200',
      '{"error":{"message":"x","type":"server_error"}}',
      'PROVIDER_ERROR',
    ),
    of('100,000 open lists', '['.repeat(100_000), 'JSON_TOO_DEEP'),
    of('three million empty objects', `[${'{},'.repeat(3_000_000)}0]`, 'BODY_TOO_LARGE'),
    of('invalid UTF-8', latin1(`{"a":"\xff\xfe",${document.slice(1)}`), 'INVALID_UTF8'),
    of('UTF-16', Buffer.from(document, 'utf16le'), 'INVALID_UTF8'),
    {
      name: 'keys of prototypes',
      stream,
      expected: ACCEPTED,
      reads: { text: 'one two' },
      answer: replies(http(`{"__proto__":{"text":"x"},"constructor":{"a":1},${document.slice(1)}`)),
    },
  ];
}

/** Events that a text-based format frames as it does its own. */
export const framed = (writer: Writer, value: unknown): Uint8Array =>
  (isSse(writer) ? sse : line)(JSON.stringify(value));

/** The rows that every format has. */
export const casesOf = (writer: Writer): FormatCase[] => [
  ...cuts(writer),
  ...errors(writer),
  ...types(writer),
  ...damage(writer),
  ...strange(writer),
  ...documents(writer),
];

/** A stream of these events. */
export const streamOf = (
  writer: Writer,
  name: string,
  parts: readonly Uint8Array[],
  expected: readonly string[],
  reads?: Partial<ReadOk>,
): FormatCase => ({
  name,
  stream: true,
  expected,
  ...(reads === undefined ? {} : { reads }),
  answer: chunked(writer, parts, true),
});
