import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Identity {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  readonly ca: string;
  /** For 127.0.0.1 and localhost, by the root. */
  readonly good: Identity;
  /** For other.test, by the root. */
  readonly wrongName: Identity;
  /** For clients, by the root. */
  readonly client: Identity;
  /** Like `good` with another key, and a client certificate, by a second root. */
  readonly second: { readonly ca: string; readonly good: Identity; readonly client: Identity };
  /** The key of `client` with a passphrase. */
  readonly encryptedKey: string;
}

/** A root and two server certificates, made by openssl in a folder that is gone afterwards. */
export function makeCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const openssl = (...args: string[]) => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const root = (file: string) => {
    openssl(
      ...['req', '-x509', ...curve, '-keyout', `${file}.key`, '-out', `${file}.pem`, '-days', '2'],
      ...['-subj', '/CN=Test root', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    );
    return readFileSync(join(folder, `${file}.pem`), 'utf8');
  };
  const issue = (name: string, names: string, ca = 'ca'): Identity => {
    writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${names}\n`);
    openssl(
      'req',
      ...curve,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', `${ca}.pem`, '-CAkey', `${ca}.key`],
      ...['-CAcreateserial', '-days', '2', '-out', `${name}.pem`, '-extfile', `${name}.ext`],
    );
    return {
      key: readFileSync(join(folder, `${name}.key`), 'utf8'),
      cert: readFileSync(join(folder, `${name}.pem`), 'utf8'),
    };
  };
  const encrypted = (name: string): string => {
    openssl(
      ...['pkcs8', '-topk8', '-in', `${name}.key`, '-out', `${name}.enc`],
      ...['-passout', 'pass:abcd'],
    );
    return readFileSync(join(folder, `${name}.enc`), 'utf8');
  };
  try {
    return {
      ca: root('ca'),
      good: issue('good', 'IP:127.0.0.1,DNS:localhost'),
      wrongName: issue('wrong', 'DNS:other.test'),
      client: issue('client', 'DNS:client.test'),
      second: {
        ca: root('ca2'),
        good: issue('good2', 'IP:127.0.0.1,DNS:localhost', 'ca2'),
        client: issue('client2', 'DNS:client.test', 'ca2'),
      },
      encryptedKey: encrypted('client'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
