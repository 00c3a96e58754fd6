import { X509Certificate } from 'node:crypto';
import {
  createServer,
  getCACertificates,
  setDefaultCACertificates,
  type TlsOptions,
} from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { SendOptions } from '#core/endpoints/types.ts';
import { answerJson, http, replies } from './cases/case.ts';
import { makeCertificates } from './certificates.ts';
import { type Asked, ask } from './client.ts';
import { hostileServer } from './server.ts';
import { tally } from './tally.ts';

const certificates = makeCertificates();
const fingerprint = new X509Certificate(certificates.good.cert).fingerprint256
  .replaceAll(':', '')
  .toLowerCase();

async function askTls(
  tls: TlsOptions,
  send: Partial<SendOptions>,
  host = '127.0.0.1',
): Promise<{ asked: Asked; received: string }> {
  const server = await hostileServer(replies(http(answerJson('over TLS'))), {
    server: createServer(tls),
  });
  try {
    const asked = await ask({ baseUrl: `https://${host}:${server.port}/v1`, send });
    return { asked, received: server.received() };
  } finally {
    await server.close();
  }
}

afterEach(() => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
});

describe('TLS', () => {
  for (const disabled of [false, true]) {
    const suffix = disabled ? ', with NODE_TLS_REJECT_UNAUTHORIZED=0' : '';
    const prepare = () => {
      if (disabled) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    };

    it(`65: an untrusted root is refused and nothing is sent${suffix}`, async () => {
      prepare();
      const { asked, received } = await askTls(certificates.good, {});
      tally.count(asked.code === 'TLS_CERT');
      expect(asked.code).toBe('TLS_CERT');
      expect(received).toBe('');
      expect(asked.exchange.requestSent).toBe(false);
    });

    it(`66: a certificate for another name is refused${suffix}`, async () => {
      prepare();
      const { asked, received } = await askTls(certificates.wrongName, {
        extraCa: certificates.ca,
      });
      tally.count(asked.code === 'TLS_CERT');
      expect(asked.code).toBe('TLS_CERT');
      expect(received).toBe('');
    });

    it(`67: TLS 1.1 only is refused${suffix}`, async () => {
      prepare();
      const { asked } = await askTls(
        {
          ...certificates.good,
          minVersion: 'TLSv1.1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        },
        { extraCa: certificates.ca },
      );
      tally.count(asked.code === 'TLS_PROTOCOL');
      expect(asked.code).toBe('TLS_PROTOCOL');
    });
  }

  it('does not trust a root that only the environment of the process adds', async () => {
    const before = getCACertificates('default');
    // What NODE_EXTRA_CA_CERTS does when the process starts.
    setDefaultCACertificates([...before, certificates.ca]);
    try {
      const { asked, received } = await askTls(certificates.good, {});
      tally.count(asked.code === 'TLS_CERT');
      expect(asked.code).toBe('TLS_CERT');
      expect(received).toBe('');
    } finally {
      setDefaultCACertificates(before);
    }
  });

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`68: a good connection to ${host} leaves fingerprint, protocol and chain`, async () => {
      const { asked } = await askTls(
        { ...certificates.good, cert: certificates.good.cert + certificates.ca },
        { extraCa: certificates.ca },
        host,
      );
      tally.count(asked.code === 'accepted');
      expect(asked.answer?.text).toBe('over TLS');
      const { tls } = asked.exchange;
      expect(tls).toMatchObject({
        protocol: 'TLSv1.3',
        fingerprint256: fingerprint,
        authorized: true,
      });
      expect(tls?.cipher).toMatch(/^TLS_/);
      expect(tls?.chain.map((der) => new X509Certificate(der).subject)).toEqual([
        'CN=good',
        'CN=Test root',
      ]);
    });
  }

  it('takes the pinned certificate and no other', async () => {
    const pinned = { extraCa: certificates.ca, pinSha256: fingerprint };
    expect((await askTls(certificates.good, pinned)).asked.code).toBe('accepted');
    const other = { extraCa: certificates.ca, pinSha256: '0'.repeat(64) };
    const { asked, received } = await askTls(certificates.good, other);
    tally.count(asked.code === 'TLS_CERT');
    expect(asked.code).toBe('TLS_CERT');
    expect(received).toBe('');
  });

  it('calls a server that does not speak TLS a protocol failure', async () => {
    const server = await hostileServer(() => {}, {
      greet: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    });
    const asked = await ask({ baseUrl: `https://127.0.0.1:${server.port}/v1` });
    tally.count(asked.code === 'TLS_PROTOCOL');
    expect(asked.code).toBe('TLS_PROTOCOL');
    await server.close();
  });
});

afterAll(() => tally.print());
