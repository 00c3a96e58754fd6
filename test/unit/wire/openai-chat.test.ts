import { describe, expect, it } from 'vitest';
import { build, read } from '#shared/wire/openai-chat.ts';
import { outcomeOf } from '#shared/wire/outcome.ts';
import type { BuildInput, HeaderPair, ReadResult } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const textOf = (body: Uint8Array | null) => new TextDecoder().decode(body ?? undefined);

const input: BuildInput = {
  ...CHAT,
  baseUrl: 'https://api.example.org/v1/',
  model: 'suspect-1',
  messages: [
    { role: 'system', content: 'Answer in one word.' },
    { role: 'user', content: 'Wie heißt der „graue“ Hund? 🐕' },
  ],
  parameters: {},
  stream: false,
  headers: {},
  keyName: 'lab-key',
};

describe('build', () => {
  it('makes exactly these bytes', () => {
    const request = build({
      ...input,
      // Given in another order than they are sent in.
      parameters: {
        stop: ['\n'],
        seed: 7,
        presence_penalty: -1,
        max_tokens: 20,
        top_p: 0.9,
        temperature: 0,
        frequency_penalty: 0.5,
        max_completion_tokens: 30,
      },
      headers: { 'X-Route': 'eu' },
    });
    expect({ ...request, body: textOf(request.body) }).toEqual({
      method: 'POST',
      url: 'https://api.example.org/v1/chat/completions',
      headers: [
        ['content-type', 'application/json'],
        ['accept', 'application/json'],
        ['accept-encoding', 'gzip'],
        ['X-Route', 'eu'],
      ],
      auth: { kind: 'header', header: 'authorization', prefix: 'Bearer ', keyName: 'lab-key' },
      body: '{"model":"suspect-1","messages":[{"role":"system","content":"Answer in one word."},{"role":"user","content":"Wie heißt der „graue“ Hund? 🐕"}],"temperature":0,"top_p":0.9,"max_tokens":20,"max_completion_tokens":30,"seed":7,"frequency_penalty":0.5,"presence_penalty":-1,"stop":["\\n"]}',
    });
  });

  it('asks for a stream with its usage', () => {
    const request = build({ ...input, messages: [], stream: true, keyName: null });
    expect(textOf(request.body)).toBe(
      '{"model":"suspect-1","messages":[],"stream":true,"stream_options":{"include_usage":true}}',
    );
    expect(request.headers[1]).toEqual(['accept', 'text/event-stream']);
    expect(request.auth).toBeNull();
  });

  it('appends the path before a query and after any number of slashes', () => {
    const url = (baseUrl: string) => build({ ...input, baseUrl }).url;
    expect(url('https://a.test')).toBe('https://a.test/chat/completions');
    expect(url('https://a.test/v1//')).toBe('https://a.test/v1/chat/completions');
    expect(url('https://a.test/d?api-version=2')).toBe(
      'https://a.test/d/chat/completions?api-version=2',
    );
  });
});

const JSON_TYPE: HeaderPair[] = [['Content-Type', 'application/json; charset=utf-8']];
const SSE_TYPE: HeaderPair[] = [['content-type', 'text/event-stream']];

function plain(message: unknown, finish: unknown = 'stop', more: object = {}): ReadResult {
  const document = {
    model: 'suspect-1-0613',
    system_fingerprint: 'fp_1',
    choices: [{ index: 0, message, finish_reason: finish }],
    ...more,
  };
  return read({
    status: 200,
    headers: JSON_TYPE,
    body: bytes(JSON.stringify(document)),
    stream: false,
  });
}

const streamText = (text: string): ReadResult =>
  read({ status: 200, headers: SSE_TYPE, body: bytes(text), stream: true });

function chunk(delta: unknown, finish: string | null = null): string {
  const document = {
    model: 'suspect-1-0613',
    system_fingerprint: 'fp_1',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
  return `data: ${JSON.stringify(document)}\n\n`;
}

const usage = {
  prompt_tokens: 9,
  completion_tokens: 4,
  total_tokens: 13,
  completion_tokens_details: { reasoning_tokens: 2 },
};

describe('read', () => {
  it('gives the same reading of the same answer, plain and streamed', () => {
    const whole = plain(
      { role: 'assistant', content: 'Der Hund 🐕 heißt Odo.', reasoning_content: 'Hm, Odo.' },
      'stop',
      { usage },
    );
    const pieces = streamText(
      [
        ': ping\n\n',
        chunk({ role: 'assistant', content: '' }),
        chunk({ reasoning_content: 'Hm, ' }),
        chunk({ reasoning_content: 'Odo.' }),
        chunk({ content: 'Der Hund \ud83d' }),
        chunk({ content: '\udc15 heißt' }),
        chunk({ content: ' Odo.' }),
        chunk({}, 'stop'),
        `data: ${JSON.stringify({ model: 'suspect-1-0613', choices: [], usage })}\n\n`,
        'data: [DONE]\n\n',
      ].join(''),
    );
    expect(pieces).toEqual(whole);
    expect(whole).toEqual({
      ok: true,
      text: 'Der Hund 🐕 heißt Odo.',
      reasoning: 'Hm, Odo.',
      finishReason: 'stop',
      end: 'stop',
      refusal: false,
      model: 'suspect-1-0613',
      fingerprint: 'fp_1',
      usage: {
        promptTokens: 9,
        completionTokens: 4,
        totalTokens: 13,
        reasoningTokens: 2,
        cachedTokens: null,
      },
      logprobs: null,
      route: { upstream: null, region: null, requestId: null },
      warnings: [],
    });
  });

  it('reads events with every line end, several data lines and a carriage return before the end', () => {
    const data = chunk({ content: 'yes' }, 'stop')
      .trimEnd()
      .replace('"choices"', '\ndata:"choices"');
    for (const end of ['\n', '\r', '\r\n']) {
      const result = streamText(
        `${data.replaceAll('\n', end)}${end}${end}data: [DONE]${end}${end}`,
      );
      expect(result).toMatchObject({ ok: true, text: 'yes', warnings: [] });
    }
  });

  it('takes [DONE] or a finish_reason as the end of a stream, and nothing else', () => {
    expect(streamText(`${chunk({ content: 'a' })}data: [DONE]\n\n`)).toMatchObject({
      ok: true,
      warnings: ['no-finish-reason'],
    });
    expect(streamText(chunk({ content: 'a' }, 'stop'))).toMatchObject({ ok: true, warnings: [] });
    for (const cut of [
      chunk({ content: 'a' }),
      `${chunk({ content: 'a' })}data: [DONE]`,
      '\n',
      ': x\n\n',
    ]) {
      expect(streamText(cut)).toMatchObject({ ok: false, code: 'STREAM_TRUNCATED' });
    }
  });

  it('refuses every cut of a stream or reads it with its finish_reason', () => {
    const text = `${chunk({ content: 'ab' })}${chunk({}, 'length')}data: [DONE]\n\n`;
    for (let length = 1; length < text.length; length++) {
      const result = streamText(text.slice(0, length));
      if (result.ok) expect(result.finishReason).toBe('length');
      else expect(result.code).toBe('STREAM_TRUNCATED');
    }
  });

  it('accepts one JSON document for a stream, with a warning, but no stream for a document', () => {
    const body = bytes('{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}');
    expect(read({ status: 200, headers: JSON_TYPE, body, stream: true })).toMatchObject({
      ok: true,
      text: 'x',
      warnings: ['not-streamed'],
    });
    expect(read({ status: 200, headers: SSE_TYPE, body, stream: false })).toMatchObject({
      code: 'CONTENT_TYPE',
    });
  });

  it('gives each status its code', () => {
    const codes = [200, 204, 206, 301, 307, 400, 401, 403, 404, 429, 500, 529].map((status) => {
      const result = read({ status, headers: JSON_TYPE, body: bytes(''), stream: false });
      return result.ok ? 'accepted' : result.code;
    });
    expect(codes).toEqual([
      'CONTENT_TYPE',
      'CONTENT_TYPE',
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

  it('never carries response text into a failure', () => {
    const secret = 'the-canary-answer';
    const bodies = [
      `{"error":{"code":"${secret}","type":"${secret}","message":"${secret}"}}`,
      `{"choices":[{"message":{"content":{"${secret}":1}}}]}`,
      `{"${secret}`,
      `"${secret}"`,
    ];
    for (const body of bodies) {
      const result = read({ status: 200, headers: JSON_TYPE, body: bytes(body), stream: false });
      expect(result.ok).toBe(false);
      expect(JSON.stringify(result)).not.toContain(secret);
    }
    const known = '{"error":{"type":"server_error","message":"x"}}';
    expect(
      read({ status: 200, headers: JSON_TYPE, body: bytes(known), stream: false }),
    ).toMatchObject({
      detail: 'server_error',
    });
  });

  it('notes repeated keys, also spelt with escapes, and not equal keys of different objects', () => {
    const of = (body: string) =>
      read({ status: 200, headers: JSON_TYPE, body: bytes(body), stream: false });
    const answer = '"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]';
    expect(of(`{"id":1,"\\u0069d":2,${answer}}`)).toMatchObject({ warnings: ['duplicate-key'] });
    expect(of(`{"a":{"id":"{\\"id\\":1"},"b":{"id":2},${answer}}`)).toMatchObject({ warnings: [] });
  });

  it('refuses 65 levels and takes 64, brackets in texts not counted', () => {
    const of = (depth: number) =>
      read({
        status: 200,
        headers: JSON_TYPE,
        body: bytes(
          `{"x":${'['.repeat(depth - 1)}"[[[[{{{{"${']'.repeat(depth - 1)},"choices":[{"message":{"content":"x"}}]}`,
        ),
        stream: false,
      });
    expect(of(64).ok).toBe(true);
    expect(of(65)).toMatchObject({ code: 'JSON_TOO_DEEP' });
  });

  it('costs next to nothing for ten million nested arrays', () => {
    const body = new Uint8Array(10_000_000).fill(0x5b);
    const start = performance.now();
    expect(read({ status: 200, headers: JSON_TYPE, body, stream: false })).toMatchObject({
      code: 'JSON_TOO_DEEP',
    });
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('outcomeOf', () => {
  it('follows METHOD 5.2, an empty answer being an answer', () => {
    const outcomes = [
      plain({ content: 'x' }),
      plain({ content: '' }),
      plain({ content: 'x' }, 'length'),
      plain({ content: null }, 'length'),
      plain({ content: null }, 'content_filter'),
      plain({ content: null, refusal: 'I cannot.' }),
      plain({ content: 'x', refusal: null }),
      plain({ content: null }),
      plain({ content: [] }),
    ].map(outcomeOf);
    expect(outcomes).toEqual([
      'answered',
      'answered',
      'truncated',
      'truncated',
      'filtered',
      'refused',
      'answered',
      'malformed',
      'malformed',
    ]);
    const refused = streamText(
      `${chunk({ refusal: 'I ' })}${chunk({ refusal: 'cannot.' }, 'stop')}`,
    );
    expect(outcomeOf(refused)).toBe('refused');
    expect(outcomeOf({ ok: false, code: 'RATE_LIMITED' })).toBe('rate-limited');
  });
});
