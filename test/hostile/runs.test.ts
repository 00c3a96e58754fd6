import { createServer, type TlsOptions } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { createTransport } from '#core/endpoints/transport.ts';
import { answerJson, http, replies } from './cases/case.ts';
import { makeCertificates } from './certificates.ts';
import { ask } from './client.ts';
import { hostileServer } from './server.ts';
import { tally } from './tally.ts';

const certificates = makeCertificates();

describe('answers under concurrency', () => {
  it('85: an answer that is pushed along with another’s never becomes an answer', async () => {
    // Every answer is followed on its connection by a complete answer meant for somebody else.
    let served = 0;
    const server = await hostileServer((socket) => {
      served += 1;
      const own = http(answerJson(`own ${served}`));
      socket.end(Buffer.concat([own, http(answerJson('somebody else’s'))]));
    });
    const transport = createTransport();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        transport.send(
          {
            method: 'POST',
            url: `http://127.0.0.1:${server.port}/v1`,
            headers: [['content-type', 'application/json']],
            auth: null,
            body: Buffer.from('{}'),
          },
          { reason: 'test', timeoutMs: 5_000, allowPrivate: true, allowHttp: true },
        ),
      ),
    );
    const texts = answers.map(({ response }) => Buffer.from(response?.body ?? []).toString());
    tally.count(texts.every((text) => text.includes('own ')));
    expect(texts.filter((text) => !text.includes('own '))).toEqual([]);
    expect(new Set(texts).size).toBe(60);
    expect(server.connections()).toBe(60);
    await transport.close();
    await server.close();
  });
});

describe('things that change during a run', () => {
  it('91: each exchange records the certificate of its own connection', async () => {
    const identities: TlsOptions[] = [certificates.good, certificates.second.good];
    const tls = createServer(certificates.good);
    const server = await hostileServer(replies(http(answerJson('x'))), { server: tls });
    const fingerprints: (string | undefined)[] = [];
    for (const identity of identities) {
      tls.setSecureContext(identity);
      const asked = await ask({
        baseUrl: `https://127.0.0.1:${server.port}/v1`,
        send: { extraCa: `${certificates.ca}\n${certificates.second.ca}` },
      });
      expect(asked.code).toBe('accepted');
      fingerprints.push(asked.exchange.tls?.fingerprint256);
    }
    tally.count(fingerprints[0] !== fingerprints[1]);
    expect(new Set(fingerprints).size).toBe(2);
    const pinned = await ask({
      baseUrl: `https://127.0.0.1:${server.port}/v1`,
      send: {
        extraCa: `${certificates.ca}\n${certificates.second.ca}`,
        ...(fingerprints[0] === undefined ? {} : { pinSha256: fingerprints[0] }),
      },
    });
    tally.count(pinned.code === 'TLS_CERT');
    expect(pinned.code).toBe('TLS_CERT');
    await server.close();
  });

  it('87: a clock that steps back changes no duration and no limit; the server’s own date is kept', async () => {
    const server = await hostileServer(
      replies(
        http(answerJson('x'), [
          'content-type: application/json',
          'date: Tue, 01 Jan 2036 00:00:00 GMT',
        ]),
      ),
    );
    let wall = Date.UTC(2026, 0, 1);
    const asked = await ask({
      baseUrl: `http://127.0.0.1:${server.port}/v1`,
      transport: {
        clock: {
          wallMs: () => {
            wall -= 86_400_000;
            return wall;
          },
          monotonicMs: () => performance.now(),
        },
      },
    });
    const { times, response } = asked.exchange;
    tally.count(asked.code === 'accepted' && times.durationMs >= 0 && times.durationMs < 2_000);
    expect(asked.code).toBe('accepted');
    expect(times.durationMs).toBeGreaterThan(0);
    expect(times.durationMs).toBeLessThan(2_000);
    expect(Date.parse(times.firstByteAt ?? '')).toBeGreaterThanOrEqual(Date.parse(times.startAt));
    const date = response?.rawHeaders.find(([name]) => name === 'date')?.[1];
    tally.count(date === 'Tue, 01 Jan 2036 00:00:00 GMT');
    expect(date).toBe('Tue, 01 Jan 2036 00:00:00 GMT');
    await server.close();
  });
});

afterAll(() => tally.print());
