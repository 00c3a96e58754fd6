import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { afterAll, describe, expect, it } from 'vitest';
import { answerJson, http } from './cases/case.ts';
import { makeCertificates } from './certificates.ts';
import { ask, PATIENT } from './client.ts';
import { hostileServer } from './server.ts';
import { tally } from './tally.ts';

const certificates = makeCertificates();
const ALERT = 21;
const DATA = 23;

const record = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 0xff]), body]);

const fatal = (alert: number): Buffer => record(ALERT, Buffer.from([2, alert]));

describe('a TLS server', () => {
  const alerts = [
    [40, 'handshake_failure', 'TLS_PROTOCOL'],
    [10, 'unexpected_message', 'TLS_PROTOCOL'],
    [70, 'protocol_version', 'TLS_PROTOCOL'],
    [80, 'internal_error', 'TLS_PROTOCOL'],
    [42, 'bad_certificate', 'TLS_CERT'],
    [46, 'certificate_unknown', 'TLS_CERT'],
    [48, 'unknown_ca', 'TLS_CERT'],
  ] as const;
  for (const [alert, name, code] of alerts) {
    it(`that answers the handshake with ${name} -> ${code}`, async () => {
      const server = await hostileServer(() => {}, {
        greet: (socket) => socket.once('data', () => socket.end(fatal(alert))),
      });
      const asked = await ask({ baseUrl: `https://127.0.0.1:${server.port}/v1` });
      tally.count(asked.code === code);
      expect(asked.code).toBe(code);
      expect(asked.exchange.requestSent).toBe(false);
      await server.close();
    });
  }

  const answer = http(answerJson('over TLS'));
  const places = [
    ['before the answer', 0],
    ['within the head', 30],
    ['within the body', answer.length - 10],
  ] as const;
  for (const [place, sent] of places) {
    it(`whose connection gets a record of somebody else ${place} -> TLS_PROTOCOL, at once`, async () => {
      const wires = new Set<Socket>();
      const server = createServer((wire) => {
        wires.add(wire.on('error', () => {}));
        const socket = new TLSSocket(wire, { isServer: true, ...certificates.good });
        socket.on('error', () => {});
        socket.once('data', () => {
          const forge = () => wire.write(record(DATA, Buffer.alloc(60, 1)));
          if (sent === 0) forge();
          else socket.write(answer.subarray(0, sent), () => setImmediate(forge));
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      const { port } = server.address() as { port: number };
      const asked = await ask({
        baseUrl: `https://127.0.0.1:${port}/v1`,
        send: { extraCa: certificates.ca },
        transport: { limits: PATIENT },
      });
      tally.count(asked.code === 'TLS_PROTOCOL');
      expect(asked.code).toBe('TLS_PROTOCOL');
      expect(asked.tookMs).toBeLessThan(10_000);
      expect(asked.exchange.response?.complete ?? false).toBe(false);
      for (const wire of wires) wire.destroy();
      await new Promise((done) => server.close(done));
    });
  }
});

afterAll(() => tally.print());
