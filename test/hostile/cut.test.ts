import type { Socket } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { answerJson, head, http, JSON_HEAD } from './cases/case.ts';
import { type Asked, ask, PATIENT } from './client.ts';
import { hostileServer } from './server.ts';
import { tally } from './tally.ts';

const ANSWER = answerJson('yes');
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const SSE = `: hello\n\ndata: ${JSON.stringify({
  model: 'm',
  choices: [{ index: 0, delta: { content: 'yes' }, finish_reason: 'stop' }],
})}\n\ndata: [DONE]\n\n`;

/** Answers that say where they end. */
const framings: readonly (readonly [name: string, bytes: string, stream?: boolean])[] = [
  ['a length', http(ANSWER).toString('latin1')],
  [
    'a length and the end announced',
    head(...JSON_HEAD, 'connection: close', `content-length: ${ANSWER.length}`) + ANSWER,
  ],
  [
    'chunks and a trailer',
    `${head(...JSON_HEAD, 'transfer-encoding: chunked')}${chunk(ANSWER.slice(0, 40))}${chunk(ANSWER.slice(40))}0\r\nx-end: done\r\n\r\n`,
  ],
  ['interim answers before it', head('HTTP/1.1 103 Early Hints') + http(ANSWER).toString('latin1')],
  [
    'a stream in chunks',
    `${head('HTTP/1.1 200 OK', 'content-type: text/event-stream', 'transfer-encoding: chunked')}${chunk(SSE)}0\r\n\r\n`,
    true,
  ],
];

const endings: readonly (readonly [name: string, end: (socket: Socket) => void])[] = [
  ['closed', (socket) => socket.end()],
  ['reset', (socket) => setImmediate(() => socket.resetAndDestroy())],
];

const AT_ONCE = 8;

/** What became of the first bytes of an answer, by their count. */
async function cutEverywhere(
  bytes: string,
  stream: boolean,
  end: (socket: Socket) => void,
): Promise<Map<number, Asked>> {
  const results = new Map<number, Asked>();
  const everyNth = async (first: number) => {
    let cut = first;
    const server = await hostileServer((socket) =>
      socket.write(bytes.slice(0, cut), () => end(socket)),
    );
    for (; cut <= bytes.length; cut += AT_ONCE)
      results.set(
        cut,
        await ask({
          baseUrl: `http://127.0.0.1:${server.port}/v1`,
          stream,
          transport: { limits: PATIENT },
        }),
      );
    await server.close();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, (_, first) => everyNth(first)));
  return results;
}

describe('an answer that breaks off', () => {
  for (const [framing, bytes, stream = false] of framings) {
    for (const [ending, end] of endings) {
      it(`is taken only when it is whole: ${framing}, ${ending} after every byte`, async () => {
        const results = await cutEverywhere(bytes, stream, end);
        const whole = results.get(bytes.length);
        results.delete(bytes.length);
        const wrong = [...results].filter(
          ([, { code, exchange }]) =>
            !/^(?:CONNECTION_LOST|LENGTH_MISMATCH)$/.test(code) || exchange.response?.complete,
        );
        tally.count(wrong.length === 0);
        expect(wrong.map(([cut, { code }]) => [cut, code])).toEqual([]);
        expect(results.size).toBe(bytes.length);
        if (ending === 'closed') expect(whole?.code).toBe('accepted');
      });
    }
  }
});

afterAll(() => tally.print());
