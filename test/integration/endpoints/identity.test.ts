import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, rootCertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import type { SendOptions } from '#core/endpoints/types.ts';
import { answerJson, http, replies } from '../../hostile/cases/case.ts';
import { makeCertificates } from '../../hostile/certificates.ts';
import { ask, PATIENT } from '../../hostile/client.ts';
import { type HostileServer, hostileServer } from '../../hostile/server.ts';

const certificates = makeCertificates();
const servers: HostileServer[] = [];
const both = (identity: { key: string; cert: string }) => `${identity.cert}\n${identity.key}`;

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server that demands a client certificate of the first root. */
async function demanding(maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<HostileServer> {
  const server = await hostileServer(replies(http(answerJson('welcome'))), {
    server: createServer({
      ...certificates.good,
      ca: certificates.ca,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion,
    }),
  });
  servers.push(server);
  return server;
}

/** The same by another implementation, which sends alerts. */
async function opensslServer(version: 'TLSv1.2' | 'TLSv1.3') {
  const folder = mkdtempSync(join(tmpdir(), 's-server-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const child = spawn('openssl', [
    ...['s_server', '-accept', '127.0.0.1:0', '-www', '-Verify', '1', '-verify_return_error'],
    ...['-CAfile', file('ca.pem', certificates.ca)],
    ...['-cert', file('cert.pem', certificates.good.cert)],
    ...['-key', file('key.pem', certificates.good.key)],
    version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3',
  ]);
  const port = await new Promise<number>((done, fail) => {
    let text = '';
    child.on('exit', () => fail(new Error(text)));
    child.stderr.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      const found = /ACCEPT \S*:(\d+)/.exec(text)?.[1];
      if (found !== undefined) done(Number(found));
    });
  });
  return {
    port,
    close: () => {
      child.removeAllListeners('exit');
      child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

const askAs = (server: HostileServer, send: Partial<SendOptions>) =>
  ask({
    baseUrl: `https://127.0.0.1:${server.port}/v1`,
    send: { extraCa: certificates.ca, ...send },
    transport: { limits: PATIENT },
  });

describe('a client certificate', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    it(`opens the door of a server that demands one (${version}), and no other does`, async () => {
      const server = await demanding(version);
      const good = await askAs(server, { clientCertificate: both(certificates.client) });
      expect(good.code).toBe('accepted');
      const without = await askAs(server, {});
      const foreign = await askAs(server, { clientCertificate: both(certificates.second.client) });
      // This server hangs up without a word.
      for (const { code } of [without, foreign])
        expect(['TLS_CERT', 'CONNECT_FAILED', 'CONNECTION_LOST']).toContain(code);
      expect(server.received().match(/POST /g)).toHaveLength(1);
    });

    it(`is called TLS_CERT when a server says why (${version})`, async () => {
      const server = await opensslServer(version);
      try {
        for (const send of [{}, { clientCertificate: both(certificates.second.client) }]) {
          const asked = await ask({
            baseUrl: `https://127.0.0.1:${server.port}/v1`,
            send: { extraCa: certificates.ca, ...send },
          });
          expect(asked.exchange.error).toMatchObject({ code: 'TLS_CERT' });
        }
      } finally {
        server.close();
      }
    });
  }

  it('that cannot be used is refused before a connection, without a word of the key', async () => {
    const server = await demanding('TLSv1.3');
    const { client, second, encryptedKey } = certificates;
    const rows: [string, RegExp][] = [
      [`${client.cert}\n${encryptedKey}`, /encrypted: store it without a passphrase/],
      [`${client.cert}\n${second.client.key}`, /does not belong to the certificate/],
      [client.cert, /lacks a certificate or a private key/],
      [client.key, /lacks a certificate or a private key/],
      [`${client.cert}\n${client.key.replace(/[A-Za-z]{8}/, 'AAAAAAAA')}`, /cannot be read|belong/],
    ];
    for (const [clientCertificate, words] of rows) {
      const { code, exchange } = await askAs(server, { clientCertificate });
      expect(code).toBe('AUTH_FAILED');
      expect(exchange.error?.detail).toMatch(words);
      for (const line of client.key.split('\n').filter((one) => one.length > 20))
        expect(JSON.stringify(exchange)).not.toContain(line);
    }
    expect(server.connections()).toBe(0);
  });

  it('is guarded: an answer that holds a line of its key is not stored', async () => {
    const line = certificates.client.key.split('\n')[1] ?? '';
    expect(line.length).toBeGreaterThan(60);
    const server = await hostileServer(replies(http(answerJson(line))), {
      server: createServer(certificates.good),
    });
    servers.push(server);
    const asked = await askAs(server, { clientCertificate: both(certificates.client) });
    expect(asked.code).toBe('SECRET_ECHOED');
    expect(JSON.stringify(asked.exchange)).not.toContain(line);
  });
});

describe('trusted roots', () => {
  it('are those of Node, of the system where asked, and the given ones; bad PEM is told', async () => {
    const server = await hostileServer(replies(http(answerJson('x'))), {
      server: createServer(certificates.good),
    });
    servers.push(server);
    expect(rootCertificates.length).toBeGreaterThan(50);
    expect((await askAs(server, { systemRoots: true })).code).toBe('accepted');
    const url = `https://127.0.0.1:${server.port}/v1`;
    const system = await ask({ baseUrl: url, send: { systemRoots: true } });
    expect(system.code).toBe('TLS_CERT');
    const other = await ask({ baseUrl: url, send: { extraCa: certificates.second.ca } });
    expect(other.code).toBe('TLS_CERT');
    const bad = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    expect((await ask({ baseUrl: url, send: { extraCa: bad } })).code).toBe('TLS_CERT');
  });
});
