import { expect } from 'vitest';
import { flood } from '../server.ts';
import { answerJson, type HostileCase, head, http, JSON_HEAD, replies } from './case.ts';

const ANSWER = answerJson('the answer');
const whole = http(ANSWER).toString('latin1');
const LENGTH = `content-length: ${ANSWER.length}`;

/** A good answer but for one line that stands after the length. */
const withLine = (line: string) =>
  replies(Buffer.from(`${head(...JSON_HEAD, LENGTH, line)}${ANSWER}`, 'latin1'));

/** The status line that is given, before a good answer. */
const withStatus = (line: string) => replies(whole.replace('HTTP/1.1 200 OK', line));

const isAnswered: NonNullable<HostileCase['check']> = ({ answer }) =>
  expect(answer?.text).toBe('the answer');

const badLine = (name: string, line: string): HostileCase => ({
  number: 20,
  name: `${name}, after the length`,
  answer: withLine(line),
  expected: ['HTTP_PROTOCOL'],
});

/** Further forms of rows 13 to 20 and 27 to 28: the head of an answer, before anything of its body. */
export const headCases: readonly HostileCase[] = [
  {
    number: 13,
    name: 'ten thousand headers that are nearly nothing',
    answer: replies(`${head(...JSON_HEAD, ...Array<string>(10_000).fill('x:'), LENGTH)}${ANSWER}`),
    expected: ['HEADERS_TOO_LARGE'],
  },
  {
    number: 13,
    name: 'empty lines without end',
    answer: (socket) => flood(socket, Buffer.from('\r\n'.repeat(10_000))),
    expected: ['HEADERS_TOO_LARGE'],
    memoryMiB: 100,
  },
  {
    number: 14,
    name: 'a reason without end',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 ');
      flood(socket, Buffer.alloc(64 * 1024, 97));
    },
    expected: ['HEADERS_TOO_LARGE'],
    memoryMiB: 100,
  },
  {
    number: 14,
    name: 'blanks without end after a name',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx:');
      flood(socket, Buffer.alloc(64 * 1024, 32));
    },
    expected: ['HEADERS_TOO_LARGE'],
    memoryMiB: 100,
  },
  ...['HTTP/2.0 200 OK', 'HTTP/2 200', 'RTSP/1.0 200 OK', 'ICY 200 OK', 'http/1.1 200 OK'].map(
    (line): HostileCase => ({
      number: 15,
      name: `the status line ${line}`,
      answer: withStatus(line),
      expected: ['HTTP_PROTOCOL'],
    }),
  ),
  {
    number: 16,
    name: 'lines that end with a line feed alone',
    answer: replies(whole.replaceAll('\r\n', '\n')),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 16,
    name: 'lines that end with a carriage return alone, and no end',
    answer: (socket) => socket.write(whole.replaceAll('\r\n', '\r')),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 18,
    name: 'transfer encoding and content length together',
    answer: replies(
      `${head(...JSON_HEAD, 'transfer-encoding: chunked', 'content-length: 5')}0\r\n\r\n`,
    ),
    expected: ['LENGTH_MISMATCH'],
  },
  {
    number: 26,
    name: 'blanks behind the content length',
    answer: replies(`${head(...JSON_HEAD, `${LENGTH}  \t`)}${ANSWER}`),
    expected: ['accepted'],
    check: isAnswered,
  },
  ...['gzip, chunked', 'gzip', 'chunked, chunked', 'identity', 'xchunked', ''].map(
    (coding): HostileCase => ({
      number: 18,
      name: `the transfer encoding "${coding}"`,
      answer: replies(
        `${head(...JSON_HEAD, `transfer-encoding: ${coding}`)}${ANSWER.length.toString(16)}\r\n${ANSWER}\r\n0\r\n\r\n`,
      ),
      expected: ['HTTP_PROTOCOL'],
    }),
  ),
  badLine('NUL in a header', 'x: a\0b'),
  badLine('a control character in a header', 'x: a\x1b[31mb'),
  badLine('a carriage return in a header', 'x: a\rb'),
  badLine('a folded line', ' folded'),
  badLine('a blank before the colon', 'x : a'),
  badLine('a blank in a name', 'x y: a'),
  badLine('no name', ': a'),
  badLine('no colon', 'nothing'),
  badLine('a byte above ASCII in a name', 'x\xe9: a'),
  {
    number: 20,
    name: 'a line that is no header, and no end of the head',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\n{"model":"m"}\r\n'),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 26,
    name: 'a reason in pieces and not in UTF-8',
    answer: (socket) => {
      const [first, ...rest] = [
        Buffer.from('HTTP/1.1 200 Al'),
        Buffer.from('l c'),
        Buffer.from(whole.replace('HTTP/1.1 200 OK', 'af\xe9'), 'latin1'),
      ];
      socket.write(first ?? '');
      const next = () => {
        const piece = rest.shift();
        if (piece === undefined) socket.end();
        else socket.write(piece, () => setTimeout(next, 10));
      };
      setTimeout(next, 10);
    },
    expected: ['accepted'],
    check: ({ exchange }) => expect(exchange.response?.statusText).toBe('All caf\xe9'),
  },
  {
    number: 27,
    name: 'an interim 100 that was not asked for, and other interim answers',
    answer: replies(
      `${head('HTTP/1.1 100 Continue')}${head('HTTP/1.1 103 Early Hints', 'link: </a>')}${head('HTTP/1.1 199 x')}${whole}`,
    ),
    expected: ['accepted'],
    check: isAnswered,
  },
  {
    number: 27,
    name: 'an interim answer that is above the limit',
    answer: replies(`${head('HTTP/1.1 103 Early Hints', `link: ${'a'.repeat(40_000)}`)}${whole}`),
    expected: ['HEADERS_TOO_LARGE'],
  },
  {
    number: 27,
    name: 'an interim answer with a body',
    answer: replies(`${head('HTTP/1.1 103 Early Hints', 'content-length: 5')}12345${whole}`),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 27,
    name: 'an interim answer with a line that is no header',
    answer: replies(`${head('HTTP/1.1 103 Early Hints', '{"not":"a header"}')}${whole}`),
    expected: ['HTTP_PROTOCOL'],
  },
  {
    number: 27,
    name: 'interim answers at full speed',
    answer: (socket) => flood(socket, Buffer.from(head('HTTP/1.1 103 Early Hints').repeat(1_000))),
    expected: ['TIMEOUT_TOTAL'],
    memoryMiB: 100,
  },
  {
    number: 28,
    name: '101 without an upgrade, and an answer behind it',
    answer: replies(`${head('HTTP/1.1 101 Switching Protocols')}${whole}`),
    expected: ['CONNECTION_LOST'],
  },
];
