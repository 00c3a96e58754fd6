import { expect } from 'vitest';
import { drip, flood } from '../server.ts';
import { answerJson, type HostileCase, head, http, replies } from './case.ts';

const SSE = ['content-type: text/event-stream'];
const chunk = (delta: unknown, finish: string | null = null) =>
  `data: ${JSON.stringify({ model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const json = (body: string | Buffer) => replies(http(body));
const streams = (body: string) => replies(http(body, SSE));

/** Rows 33 to 53: what stands in the body. */
export const contentCases: readonly HostileCase[] = [
  {
    number: 33,
    name: '204 without a body',
    answer: replies(head('HTTP/1.1 204 No Content')),
    expected: ['CONTENT_TYPE'],
  },
  {
    number: 34,
    name: 'a login page with 200',
    answer: replies(http('<html>sign in</html>', ['content-type: text/html; charset=utf-8'])),
    expected: ['CONTENT_TYPE'],
  },
  {
    number: 35,
    name: 'no content type',
    answer: replies(http(answerJson('x'), [])),
    expected: ['CONTENT_TYPE'],
  },
  {
    number: 36,
    name: 'invalid UTF-8',
    answer: json(Buffer.from('{"a":"\xff\xfe\xc0\x80"}', 'latin1')),
    expected: ['INVALID_UTF8'],
    check: ({ exchange }) =>
      expect(Buffer.from(exchange.response?.body ?? []).toString('latin1')).toContain(
        '\xff\xfe\xc0\x80',
      ),
  },
  {
    number: 37,
    name: 'surrogate bytes',
    answer: json(Buffer.from('{"a":"\xed\xa0\x80"}', 'latin1')),
    expected: ['INVALID_UTF8'],
  },
  {
    number: 38,
    name: 'UTF-16',
    answer: json(Buffer.from(`\ufeff${answerJson('x')}`, 'utf16le')),
    expected: ['INVALID_UTF8'],
  },
  {
    number: 38,
    name: 'UTF-16 without its mark',
    answer: json(Buffer.from(answerJson('x'), 'utf16le')),
    expected: ['INVALID_UTF8'],
  },
  {
    number: 39,
    name: 'byte order mark before the JSON',
    answer: json(`\ufeff${answerJson('marked')}`),
    expected: ['accepted'],
    check: ({ answer }) => {
      expect(answer?.text).toBe('marked');
      expect(answer?.warnings).toEqual(['bom']);
    },
  },
  {
    number: 40,
    name: 'escape of a lone surrogate',
    answer: json(answerJson('lone').replace('lone', 'lone \\ud800')),
    expected: ['accepted'],
    check: ({ answer }) => {
      expect(answer?.text).toBe('lone \ud800');
      expect(answer?.warnings).toEqual(['lone-surrogate']);
    },
  },
  {
    number: 41,
    name: 'cut JSON',
    answer: json(answerJson('cut').slice(0, -4)),
    expected: ['INVALID_JSON'],
  },
  {
    number: 42,
    name: 'NaN',
    answer: json(answerJson('x').replace('"stop"', 'NaN')),
    expected: ['INVALID_JSON'],
  },
  {
    number: 43,
    name: '100,000 nested arrays',
    answer: json(`${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    expected: ['JSON_TOO_DEEP'],
  },
  {
    number: 44,
    name: 'content is an object',
    answer: json(answerJson({ toString: 'x' })),
    expected: ['SCHEMA'],
  },
  { number: 45, name: 'null', answer: json('null'), expected: ['SCHEMA'] },
  { number: 45, name: 'content null', answer: json(answerJson(null)), expected: ['SCHEMA'] },
  {
    number: 46,
    name: 'choices as an object with a length',
    answer: json('{"choices":{"length":1000000000}}'),
    expected: ['SCHEMA'],
  },
  {
    number: 47,
    name: '__proto__ and constructor keys',
    answer: json(
      `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},${answerJson('clean').slice(1)}`,
    ),
    expected: ['accepted'],
    check: ({ answer }) => {
      expect(answer?.text).toBe('clean');
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  },
  {
    number: 47,
    name: 'choices hidden under __proto__',
    answer: json(`{"__proto__":${answerJson('hidden')}}`),
    expected: ['SCHEMA'],
  },
  {
    number: 48,
    name: 'error object with 200',
    answer: json('{"error":{"message":"overloaded","type":"server_error"}}'),
    expected: ['PROVIDER_ERROR'],
  },
  {
    number: 49,
    name: 'stream without an end or a finish_reason',
    stream: true,
    answer: streams(chunk({ content: 'half an ans' })),
    expected: ['STREAM_TRUNCATED'],
  },
  {
    number: 50,
    name: 'stream with bad JSON',
    stream: true,
    answer: streams(`${chunk({ content: 'a' })}data: {"choices":[\n\ndata: [DONE]\n\n`),
    expected: ['INVALID_JSON'],
  },
  {
    number: 51,
    name: 'error event in the middle of a stream',
    stream: true,
    answer: streams(
      `${chunk({ content: 'a' })}event: error\ndata: {"error":{"message":"x"}}\n\n${chunk({}, 'stop')}data: [DONE]\n\n`,
    ),
    expected: ['PROVIDER_ERROR'],
  },
  {
    number: 52,
    name: 'flood of one line that never ends',
    stream: true,
    answer: (socket) => {
      socket.write(`${head('HTTP/1.1 200 OK', ...SSE)}data: `);
      flood(socket, Buffer.alloc(256 * 1024, 97));
    },
    limits: { totalMs: 10_000 },
    expected: ['BODY_TOO_LARGE'],
    memoryMiB: 150,
  },
  {
    number: 52,
    name: 'an event of 2 MiB',
    stream: true,
    answer: streams(`${chunk({ content: 'a'.repeat(2 * 1024 * 1024) })}data: [DONE]\n\n`),
    expected: ['BODY_TOO_LARGE'],
  },
  {
    number: 53,
    name: 'pings for ever',
    stream: true,
    answer: (socket) => {
      socket.write(head('HTTP/1.1 200 OK', ...SSE));
      drip(socket, ': ping\n\n', 40);
    },
    expected: ['TIMEOUT_TOTAL'],
  },
];
