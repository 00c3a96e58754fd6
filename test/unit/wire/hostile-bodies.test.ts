import { describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/statistics/seeded.ts';
import { readResponse } from '#shared/wire/read-response.ts';
import type { HeaderPair, ReadResult } from '#shared/wire/types.ts';
import type { Said, Writer } from './dialects/writer.ts';
import { joinBytes, WRITERS } from './dialects.ts';

const JSON_TYPE: readonly HeaderPair[] = [['content-type', 'application/json']];
const SAID: Said = { text: ['one ', 'two'], reasoning: [], end: 'stop' };
const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

interface Sent {
  readonly status?: number;
  readonly headers?: readonly HeaderPair[];
  readonly body: Uint8Array;
}

function plain({ target }: Writer, { status = 200, headers = JSON_TYPE, body }: Sent): ReadResult {
  return readResponse(
    { status, headers, body },
    {
      format: target.format,
      stream: false,
      template: target.template && { ...target.template, stream: 'none' },
    },
  );
}

const streamed = ({ target, streamType }: Writer, parts: readonly Uint8Array[]): ReadResult =>
  readResponse(
    { status: 200, headers: [['content-type', streamType ?? '']], body: joinBytes(parts) },
    { ...target, stream: true },
  );

const codeOf = (result: ReadResult) => (result.ok ? 'accepted' : result.code);
const documentOf = (writer: Writer) => JSON.stringify(writer.plain(SAID));

/** Rows 33 to 48 of HOSTILE section 3, by number. */
const PLAIN: readonly [number, string, (writer: Writer) => Sent, string][] = [
  [33, 'nothing', () => ({ status: 204, headers: [], body: new Uint8Array() }), 'CONTENT_TYPE'],
  [33, 'an empty document', () => ({ body: new Uint8Array() }), 'CONTENT_TYPE'],
  [
    34,
    'a login page',
    () => ({ headers: [['content-type', 'text/html']], body: utf8('<html>sign in</html>') }),
    'CONTENT_TYPE',
  ],
  [
    35,
    'no content type',
    (writer) => ({ headers: [], body: utf8(documentOf(writer)) }),
    'CONTENT_TYPE',
  ],
  [
    35,
    'two content types',
    (writer) => ({ headers: [...JSON_TYPE, ...JSON_TYPE], body: utf8(documentOf(writer)) }),
    'CONTENT_TYPE',
  ],
  [36, 'invalid UTF-8', () => ({ body: latin1('{"a":"\xff\xfe\xc0\x80"}') }), 'INVALID_UTF8'],
  [37, 'surrogate bytes', () => ({ body: latin1('{"a":"\xed\xa0\x80"}') }), 'INVALID_UTF8'],
  [
    38,
    'UTF-16',
    (writer) => ({
      body: latin1(`\xff\xfe${[...documentOf(writer)].map((one) => `${one}\0`).join('')}`),
    }),
    'INVALID_UTF8',
  ],
  [
    41,
    'a cut document',
    (writer) => ({ body: utf8(documentOf(writer).slice(0, -1)) }),
    'INVALID_JSON',
  ],
  [42, 'NaN', () => ({ body: utf8('{"a":NaN}') }), 'INVALID_JSON'],
  [43, '100 000 nested arrays', () => ({ body: utf8('['.repeat(100_000)) }), 'JSON_TOO_DEEP'],
  [
    44,
    'an object where the text should be',
    (writer) => ({ body: utf8(JSON.stringify(writer.wrongText({ a: 1 }))) }),
    'SCHEMA',
  ],
  [
    44,
    'a number where the text should be',
    (writer) => ({ body: utf8(JSON.stringify(writer.wrongText(7))) }),
    'SCHEMA',
  ],
  [45, 'null', () => ({ body: utf8('null') }), 'SCHEMA'],
  [45, 'an empty object', () => ({ body: utf8('{}') }), 'SCHEMA'],
  [45, 'a list', () => ({ body: utf8('[]') }), 'SCHEMA'],
  [
    46,
    'something else where the list should be',
    (writer) => ({ body: utf8(JSON.stringify(writer.wrongList ?? { text: { length: 1e9 } })) }),
    'SCHEMA',
  ],
  [
    48,
    'an error with 200',
    () => ({ body: utf8('{"error":{"message":"overloaded","type":"server_error"}}') }),
    'PROVIDER_ERROR',
  ],
  [
    48,
    'a rate limit with 200',
    () => ({ body: utf8('{"error":{"code":429,"message":"slow down"}}') }),
    'RATE_LIMITED',
  ],
];

describe.each(WRITERS)('$name', (writer) => {
  it.each(PLAIN)('%i: %s', (_number, _name, sent, expected) => {
    expect(codeOf(plain(writer, sent(writer)))).toBe(expected);
  });

  it('39: takes a byte order mark and notes it', () => {
    const body = utf8(`\ufeff${documentOf(writer)}`);
    expect(plain(writer, { body })).toMatchObject({ text: 'one two', warnings: ['bom'] });
  });

  it('40: takes half a surrogate pair and notes it', () => {
    const body = utf8(JSON.stringify(writer.wrongText('a\ud800')));
    expect(plain(writer, { body })).toMatchObject({ ok: true, text: 'a\ud800' });
    expect(plain(writer, { body })).toMatchObject({
      warnings: expect.arrayContaining(['lone-surrogate']),
    });
  });

  it('47: keys of prototypes are only keys', () => {
    const keys =
      '"__proto__":{"polluted":1,"text":"x","choices":[]},"constructor":{"prototype":{"polluted":1}},';
    const body = utf8(`{${keys}${documentOf(writer).slice(1)}`);
    expect(plain(writer, { body })).toMatchObject({ ok: true, text: 'one two' });
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(codeOf(plain(writer, { body: utf8(`{${keys.slice(0, -1)}}`) }))).toBe('SCHEMA');
  });

  it('takes a list of a million entries in its stride', () => {
    const list = `[${'{},'.repeat(999_999)}{}]`;
    const texts = JSON.stringify(writer.plain({ ...SAID, text: [] }));
    const body = utf8(`{"more":${list},${texts.slice(1)}`);
    expect(plain(writer, { body }).ok).toBe(true);
  });

  it('gives each status its code, whatever the body', () => {
    const codes = [206, 301, 307, 400, 401, 403, 404, 429, 500, 529].map((status) =>
      codeOf(plain(writer, { status, body: utf8('{"error":{"type":"api_error"}}') })),
    );
    expect(codes).toEqual([
      'HTTP_STATUS',
      'REDIRECT_REFUSED',
      'REDIRECT_REFUSED',
      'HTTP_STATUS',
      'AUTH_FAILED',
      'AUTH_FAILED',
      'HTTP_STATUS',
      'RATE_LIMITED',
      'HTTP_STATUS',
      'RATE_LIMITED',
    ]);
  });

  it('gives a reading or a code for any damage, and no text of the answer with a code', () => {
    const random = seededRandom(writer.name.length);
    const secret = 'the-canary-answer';
    const said: Said = { text: [secret], reasoning: [secret], end: 'stop' };
    const whole = [utf8(JSON.stringify(writer.plain(said))), joinBytes(writer.events(said))];
    for (const [index, original] of whole.entries()) {
      for (let round = 0; round < 300 && original.length > 0; round++) {
        const body = Uint8Array.from(original);
        for (let hits = 0; hits < 1 + random() * 3; hits++)
          body[Math.floor(random() * body.length)] = Math.floor(random() * 256);
        const result = index === 0 ? plain(writer, { body }) : streamed(writer, [body]);
        if (!result.ok) expect(JSON.stringify(result)).not.toContain(secret);
      }
    }
  });
});

describe.each(WRITERS.filter(({ streamType }) => streamType !== null))(
  '$name, streamed',
  (writer) => {
    const events = writer.events(SAID);

    it('49: a stream that does not say that it is whole was cut', () => {
      expect(codeOf(streamed(writer, events.slice(0, 1)))).toBe('STREAM_TRUNCATED');
    });

    it('50: an event that is no JSON', () => {
      const parts = [...events.slice(0, 1), writer.event('{"a":'), ...events.slice(1)];
      expect(codeOf(streamed(writer, parts))).toBe('INVALID_JSON');
    });

    it('43: an event that is nested too deep', () => {
      const deep = writer.event('['.repeat(1_000));
      expect(codeOf(streamed(writer, [deep, ...events]))).toBe('JSON_TOO_DEEP');
    });

    it('51: an error in the middle', () => {
      const parts = [...events.slice(0, 2), writer.errorEvent, ...events.slice(2)];
      expect(codeOf(streamed(writer, parts))).toBe('PROVIDER_ERROR');
    });

    it('52: an event above 1 MiB', () => {
      const flood = writer.event(JSON.stringify({ a: 'x'.repeat(1024 * 1024) }));
      expect(codeOf(streamed(writer, [flood, ...events]))).toBe('BODY_TOO_LARGE');
    });

    it('36: invalid UTF-8', () => {
      const bad = writer.target.format === 'bedrock-converse' ? 'ENCODING_CORRUPT' : 'INVALID_UTF8';
      const parts = [...events.slice(0, 1), latin1('data: "\xff"\n\n'), ...events.slice(1)];
      expect(codeOf(streamed(writer, parts))).toBe(bad);
    });

    it('takes one document for a stream, with a warning', () => {
      const result = readResponse(
        { status: 200, headers: JSON_TYPE, body: utf8(documentOf(writer)) },
        { ...writer.target, stream: true },
      );
      expect(result).toMatchObject({ text: 'one two', warnings: ['not-streamed'] });
    });
  },
);
