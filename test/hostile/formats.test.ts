import { afterAll, describe, expect, it } from 'vitest';
import { createTransport } from '#core/endpoints/transport.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { readResponse } from '#shared/wire/read-response.ts';
import type { ReadResult } from '#shared/wire/types.ts';
import type { Writer } from '../unit/wire/dialects/writer.ts';
import { WRITERS } from '../unit/wire/dialects.ts';
import { casesOf, type FormatCase } from './cases/formats.ts';
import { ownCases } from './cases/formats-own.ts';
import { PATIENT, SHORT } from './client.ts';
import { hostileServer } from './server.ts';
import { tally } from './tally.ts';

const short = createTransport({ limits: { ...SHORT, totalMs: 8_000 } });
const patient = createTransport({ limits: PATIENT });

/** The whole way of the product for any format: build, send, decode, read. */
async function ask({ target }: Writer, { stream, answer, expected }: FormatCase) {
  const transport = expected.some((code) => code.startsWith('TIMEOUT_')) ? short : patient;
  const server = await hostileServer(answer);
  try {
    const asked = { ...target, stream, baseUrl: `http://127.0.0.1:${server.port}/v1` };
    const request = buildRequest(asked, {
      messages: [{ role: 'user', content: 'the canary travels here' }],
      parameters: { max_tokens: 16 },
      keyName: null,
    });
    const exchange = await transport.send(request, {
      timeoutMs: 60_000,
      allowPrivate: true,
      allowHttp: true,
      reason: 'test',
    });
    expect(server.connections()).toBe(1);
    if (exchange.error) return { code: exchange.error.code, read: null };
    if (exchange.response === null) throw new Error('neither a response nor an error');
    const { statusCode: status, rawHeaders: headers, body } = exchange.response;
    const read: ReadResult = readResponse({ status, headers, body }, asked);
    return { code: read.ok ? 'accepted' : read.code, read };
  } finally {
    await server.close();
  }
}

const FORMATS = WRITERS.filter(({ streamType }) => streamType !== null);

describe.each(FORMATS)('$name', (writer) => {
  it.each([...casesOf(writer), ...ownCases(writer)])('$name -> $expected', async (row) => {
    const { code, read } = await ask(writer, row);
    tally.count(row.expected.includes(code));
    expect(row.expected).toContain(code);
    if (row.reads !== undefined) expect(read).toMatchObject(row.reads);
    // No code carries text of the answer.
    if (read !== null && !read.ok)
      expect(JSON.stringify(read)).not.toMatch(/one two|three|I cannot/);
  });
});

afterAll(async () => {
  await Promise.all([short.close(), patient.close()]);
  tally.print();
});
