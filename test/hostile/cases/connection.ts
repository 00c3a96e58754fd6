import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { drip, flood } from '../server.ts';
import { answerJson, type HostileCase, head, http, JSON_HEAD, replies } from './case.ts';

const GZIP = ['content-type: application/json', 'content-encoding: gzip'];
const packed = gzipSync(answerJson('a promised answer '.repeat(30)));

/** Rows 1 to 28: time, size, encoding, framing. */
export const connectionCases: readonly HostileCase[] = [
  { number: 1, name: 'accepts and says nothing', answer: () => {}, expected: ['TIMEOUT_HEADERS'] },
  {
    number: 2,
    name: 'headers one byte at a time',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-a: ');
      drip(socket, 'a', 50);
    },
    expected: ['TIMEOUT_HEADERS'],
  },
  {
    number: 3,
    name: 'body one byte at a time for ever',
    answer: (socket) => {
      socket.write(head(...JSON_HEAD));
      drip(socket, ' ', 50);
    },
    expected: ['TIMEOUT_TOTAL'],
  },
  {
    number: 4,
    name: 'body stalls after five bytes',
    answer: (socket) => socket.write(`${head(...JSON_HEAD, 'content-length: 100')}{"cho`),
    expected: ['TIMEOUT_IDLE'],
    check: ({ exchange }) => {
      expect(Buffer.from(exchange.response?.body ?? []).toString()).toBe('{"cho');
      expect(exchange.response?.complete).toBe(false);
    },
  },
  {
    number: 5,
    name: 'endless body at full speed',
    answer: (socket) => {
      socket.write(head(...JSON_HEAD));
      flood(socket, Buffer.alloc(256 * 1024, 32));
    },
    limits: { totalMs: 10_000 },
    expected: ['BODY_TOO_LARGE'],
    memoryMiB: 150,
  },
  {
    number: 6,
    name: 'declares 99,999,999,999 bytes',
    answer: (socket) => {
      socket.write(head(...JSON_HEAD, 'content-length: 99999999999'));
      flood(socket, Buffer.alloc(256 * 1024, 32));
    },
    expected: ['BODY_TOO_LARGE'],
    memoryMiB: 50,
    check: ({ exchange }) => expect(exchange.response?.body.length).toBe(0),
  },
  {
    number: 7,
    name: 'gzip bomb of 64 KiB to 64 MiB',
    answer: replies(http(gzipSync(Buffer.alloc(64 * 1024 * 1024)), GZIP)),
    expected: ['DECODED_TOO_LARGE', 'DECOMPRESSION_BOMB'],
    memoryMiB: 100,
  },
  {
    number: 8,
    name: 'gzip cut',
    answer: replies(http(packed.subarray(0, packed.length - 12), GZIP)),
    expected: ['ENCODING_CORRUPT'],
  },
  {
    number: 9,
    name: 'gzip label on a plain body',
    answer: replies(http(answerJson('plain'), GZIP)),
    expected: ['ENCODING_CORRUPT'],
  },
  {
    number: 10,
    name: 'gzip and garbage after it',
    answer: replies(http(Buffer.concat([packed, Buffer.from('garbage')]), GZIP)),
    expected: ['ENCODING_CORRUPT'],
  },
  {
    number: 11,
    name: 'brotli that nobody asked for',
    answer: replies(http('x', ['content-type: application/json', 'content-encoding: br'])),
    expected: ['ENCODING_UNSUPPORTED'],
  },
  {
    number: 12,
    name: 'gzip, gzip',
    answer: replies(
      http(gzipSync(packed), ['content-type: application/json', 'content-encoding: gzip, gzip']),
    ),
    expected: ['ENCODING_UNSUPPORTED'],
  },
  {
    number: 13,
    name: '5,000 headers',
    answer: replies(
      http(
        answerJson('x'),
        Array.from({ length: 5_000 }, (_, i) => `x-header-${i}: ${i}`),
      ),
    ),
    expected: ['HEADERS_TOO_LARGE'],
  },
  {
    number: 14,
    name: 'one header of 100 KB',
    answer: replies(http(answerJson('x'), [`x-long: ${'a'.repeat(100_000)}`])),
    expected: ['HEADERS_TOO_LARGE'],
  },
  {
    number: 15,
    name: 'a status that is none',
    answer: replies(http(answerJson('x'), undefined, '099 Odd')),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 15,
    name: 'an SSH banner',
    answer: () => {},
    greet: (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 16,
    name: 'bare HTML (HTTP/0.9)',
    answer: replies('<html><body>hello</body></html>'),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 17,
    name: 'two content lengths',
    answer: replies(`${head(...JSON_HEAD, 'content-length: 5', 'content-length: 50')}12345`),
    expected: ['LENGTH_MISMATCH', 'HTTP_PROTOCOL'],
  },
  {
    number: 18,
    name: 'content length and transfer encoding together',
    answer: replies(
      `${head(...JSON_HEAD, 'content-length: 5', 'transfer-encoding: chunked')}0\r\n\r\n`,
    ),
    expected: ['LENGTH_MISMATCH'],
  },
  {
    number: 19,
    name: 'negative length',
    answer: replies(`${head(...JSON_HEAD, 'content-length: -5')}12345`),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 20,
    name: 'NUL in a header',
    answer: replies(http(answerJson('x'), ['content-type: application/json', 'x-a: a\0b'])),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 21,
    name: 'bad chunk size',
    answer: replies(`${head(...JSON_HEAD, 'transfer-encoding: chunked')}zz\r\nxx\r\n0\r\n\r\n`),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 22,
    name: 'endless chunk extension',
    answer: (socket) => {
      socket.write(`${head(...JSON_HEAD, 'transfer-encoding: chunked')}5;`);
      flood(socket, Buffer.alloc(64 * 1024, 97));
    },
    limits: { totalMs: 5_000 },
    expected: ['TIMEOUT_IDLE'],
    memoryMiB: 150,
  },
  {
    number: 23,
    name: 'reset in the body',
    answer: (socket) => {
      socket.write(`${head(...JSON_HEAD, 'content-length: 100')}{"cho`, () =>
        setImmediate(() => socket.resetAndDestroy()),
      );
    },
    expected: ['LENGTH_MISMATCH', 'CONNECTION_LOST'],
  },
  {
    number: 23,
    name: 'reset in a body that ends with the connection',
    answer: (socket) => {
      socket.write(`${head(...JSON_HEAD)}${answerJson('whole, yet reset')}`, () =>
        setTimeout(() => socket.resetAndDestroy(), 50),
      );
    },
    expected: ['CONNECTION_LOST'],
  },
  {
    number: 24,
    name: 'end before the promised length',
    answer: replies(`${head(...JSON_HEAD, 'content-length: 500')}${answerJson('short')}`),
    expected: ['LENGTH_MISMATCH'],
    check: ({ exchange }) => expect(exchange.response?.complete).toBe(false),
  },
  {
    number: 24,
    name: 'end before the last chunk',
    answer: replies(
      `${head(...JSON_HEAD, 'transfer-encoding: chunked')}${answerJson('x').length.toString(16)}\r\n${answerJson('x')}\r\n`,
    ),
    expected: ['LENGTH_MISMATCH'],
  },
  {
    number: 24,
    name: 'end before the last chunk, announced as closing',
    answer: replies(
      `${head(...JSON_HEAD, 'connection: close', 'transfer-encoding: chunked')}5\r\n12345\r\n`,
    ),
    expected: ['LENGTH_MISMATCH'],
  },
  {
    number: 25,
    name: 'end without an answer',
    answer: (socket) => {
      socket.end();
    },
    expected: ['CONNECTION_LOST'],
  },
  {
    number: 26,
    name: 'extra bytes after the body',
    answer: (socket) => {
      socket.write(Buffer.concat([http(answerJson('the answer')), http(answerJson('smuggled'))]));
    },
    expected: ['accepted'],
    check: ({ answer }) => expect(answer?.text).toBe('the answer'),
  },
  {
    number: 27,
    name: 'endless 103 Early Hints',
    answer: (socket) => drip(socket, head('HTTP/1.1 103 Early Hints', 'link: </a>'), 40),
    expected: ['TIMEOUT_TOTAL'],
  },
  {
    number: 28,
    name: '101 Switching Protocols',
    answer: replies(head('HTTP/1.1 101 Switching Protocols', 'connection: upgrade', 'upgrade: x')),
    expected: ['CONNECTION_LOST'],
  },
];
