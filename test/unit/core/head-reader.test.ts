import { describe, expect, it } from 'vitest';
import { ExchangeFailure } from '#core/endpoints/failure.ts';
import { HeadReader } from '#core/endpoints/head-reader.ts';

const INTERIM = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n';
const HEAD = 'HTTP/1.1 200 Tr\xe8s bien\r\nX-A: b\r\nx-a: \xff\r\ncontent-length: 4\r\n\r\n';
const BODY = '\r\n\n\0';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** What comes out when the text comes in these pieces, and how many interim answers were told. */
function read(pieces: readonly string[], mostBytes = 1_000) {
  let interims = 0;
  const reader = new HeadReader(mostBytes, () => {
    interims++;
  });
  let out: string | null = null;
  const rest = [...pieces];
  while (out === null && rest.length > 0)
    out = reader.take(bytes(rest.shift() ?? ''))?.toString('latin1') ?? null;
  return { out: out === null ? null : out + rest.join(''), interims, reason: reader.reason };
}

const codeOf = (pieces: readonly string[], mostBytes?: number): string | null => {
  try {
    read(pieces, mostBytes);
    return null;
  } catch (error) {
    return error instanceof ExchangeFailure ? error.code : 'another error';
  }
};

describe('the reader of heads', () => {
  it('lets the same bytes through however they come', () => {
    const text = INTERIM + HEAD + BODY;
    const expected = { out: HEAD + BODY, interims: 2, reason: 'Tr\xe8s bien' };
    for (let cut = 0; cut <= text.length; cut++)
      expect(read([text.slice(0, cut), text.slice(cut)])).toEqual(expected);
    expect(read([...text])).toEqual(expected);
  });

  it('holds back a head that is not whole', () => {
    for (let cut = 0; cut < HEAD.length; cut++)
      expect(read([HEAD.slice(0, cut)])).toMatchObject({ out: null, interims: 0 });
  });

  it('counts every byte of each head, and none of what follows it', () => {
    expect(codeOf([HEAD + BODY.repeat(500)], HEAD.length)).toBeNull();
    expect(codeOf([HEAD], HEAD.length - 1)).toBe('HEADERS_TOO_LARGE');
    expect(codeOf([INTERIM.repeat(50) + HEAD], HEAD.length)).toBeNull();
    expect(codeOf(['HTTP/1.1 200 ', 'a'.repeat(2_000)])).toBe('HEADERS_TOO_LARGE');
  });

  it('refuses what cannot become a head as soon as that is clear', () => {
    for (const text of ['<', 'HTTP/2', 'http', ' H', '\n', '\r\r', 'HTTP/1.1 200 OK\rX'])
      expect(codeOf([text])).toBe('HTTP_PROTOCOL');
    for (const line of ['HTTP/1.1 099 x', 'HTTP/1.1 20', 'HTTP/1.1 2000 x', 'HTTP/1.1  200 x'])
      expect(codeOf([`${line}\r\n`])).toBe('HTTP_PROTOCOL');
    for (const line of [' x: y', 'x', ': y', 'x y: z', 'x : y', 'x: \0', 'x: \x7f', '\xe9: x'])
      expect(codeOf([`HTTP/1.1 200 OK\r\n${line}\r\n`])).toBe('HTTP_PROTOCOL');
  });

  it('tells two lengths and another protocol apart from that', () => {
    const lengths = ['content-length: 1', 'Content-Length: 1', 'Transfer-Encoding: chunked'];
    for (const [first, second] of [
      [0, 1],
      [0, 2],
      [2, 1],
    ] as const)
      expect(codeOf([`HTTP/1.1 200 OK\r\n${lengths[first]}\r\n${lengths[second]}\r\n\r\n`])).toBe(
        'LENGTH_MISMATCH',
      );
    expect(codeOf(['HTTP/1.1 101 x\r\n'])).toBe('CONNECTION_LOST');
  });

  it('takes blanks from behind a length and from nothing else', () => {
    const { out } = read(['HTTP/1.1 200 OK\r\nx: a \r\ncontent-length: 5 \t\r\n\r\n5 \r\n']);
    expect(out).toBe('HTTP/1.1 200 OK\r\nx: a \r\ncontent-length: 5\r\n\r\n5 \r\n');
  });
});
