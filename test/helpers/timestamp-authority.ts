import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempFolder } from './workspace.ts';

/** A DER value. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const n = body.length;
  const length = n < 128 ? [n] : n < 256 ? [0x81, n] : [0x82, n >> 8, n & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}
const SHA256_ID = Buffer.from('300d06096086480165030402010500', 'hex');
const SHA1_ID = Buffer.from('300906052b0e03021a0500', 'hex');
const GRANTED = der(0x30, Buffer.from([2, 1, 0]));

/** The hash and nonce of a request of ours, by their fixed places. */
export function readRequest(query: Buffer): { hash: Buffer; nonce: Buffer } {
  const at = query.indexOf(SHA256_ID) + SHA256_ID.length + 2;
  const nonceAt = at + 32;
  return {
    hash: query.subarray(at, at + 32),
    nonce: query.subarray(nonceAt, nonceAt + 2 + (query[nonceAt + 1] ?? 0)),
  };
}

export interface Forgery {
  readonly hash?: Buffer;
  readonly nonce?: Buffer | null;
  readonly genTime?: Date;
  readonly sha1Imprint?: Buffer;
  /** Which certificate signs: one that `variant` made. */
  readonly signer?: string;
  readonly digest?: 'sha256' | 'sha1' | 'sha512';
  readonly contentType?: string;
  /** Leaves out the attribute that names the certificate. */
  readonly withoutCertificateId?: boolean;
}

const EXTENSIONS = {
  tsa: 'critical,timeStamping',
  'not-critical': 'timeStamping',
  'server-usage': 'critical,serverAuth',
  'two-usages': 'critical,timeStamping,emailProtection',
} as const;
export type Variant = keyof typeof EXTENSIONS | 'key-usage' | 'critical-unknown';

/** A certification authority with a time stamping certificate, made by openssl. */
export function makeAuthority(kind: 'ec' | 'rsa' = 'ec', { days = 3650, ca: caDays = 3650 } = {}) {
  const folder = tempFolder();
  const at = (name: string) => join(folder, name);
  const openssl = (args: readonly string[], input?: Uint8Array): Buffer =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'], input });
  const newKey =
    kind === 'ec'
      ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
      : ['-newkey', 'rsa:2048'];
  // The CA is RSA always: its signatures have one length, so certificates can be swapped in place.
  openssl([
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem'],
    ...['-subj', `/O=Example/CN=Example root ${randomBytes(4).toString('hex')}`],
    ...['-days', String(caDays), '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  openssl([
    'req',
    ...newKey,
    '-nodes',
    '-keyout',
    'tsa.key',
    '-out',
    'tsa.csr',
    '-subj',
    '/O=Example/CN=Example TSA',
  ]);
  const issue = (name: string, extensions: string, serial: number, lasts: number): void => {
    writeFileSync(at(`${name}.ext`), extensions);
    openssl([
      ...[
        'x509',
        '-req',
        '-in',
        'tsa.csr',
        '-CA',
        'ca.pem',
        '-CAkey',
        'ca.key',
        '-out',
        `${name}.pem`,
      ],
      ...['-set_serial', String(serial), '-days', String(lasts), '-extfile', `${name}.ext`],
    ]);
  };
  const made = new Set<string>();
  let serial = 100;
  /** A certificate for the same key that is wrong in one way. */
  const variant = (name: Variant): string => {
    if (!made.has(name)) {
      made.add(name);
      serial += 1;
      const usage =
        name === 'key-usage'
          ? 'keyUsage=critical,keyEncipherment,digitalSignature\nextendedKeyUsage=critical,timeStamping'
          : name === 'critical-unknown'
            ? 'extendedKeyUsage=critical,timeStamping\n1.2.3.4=critical,ASN1:UTF8String:what'
            : `keyUsage=critical,digitalSignature\nextendedKeyUsage=${EXTENSIONS[name]}`;
      issue(name, `basicConstraints=CA:false\n${usage}\n`, serial, days);
    }
    return name;
  };
  made.add('tsa');
  issue(
    'tsa',
    'basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n',
    42,
    days,
  );
  writeFileSync(
    at('tsa.cnf'),
    `[tsa]\nserial=${at('serial')}\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256,sha512\naccuracy=secs:1\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n`,
  );
  writeFileSync(at('serial'), '01\n');

  /** What a real authority answers: `openssl ts -reply`. */
  const reply = (query: Uint8Array): Buffer => {
    writeFileSync(at('query.tsq'), query);
    return openssl([
      ...['ts', '-reply', '-config', 'tsa.cnf', '-section', 'tsa', '-queryfile', 'query.tsq'],
      ...['-signer', 'tsa.pem', '-inkey', 'tsa.key'],
    ]);
  };

  /** A signed answer whose every part can be wrong: our own TSTInfo under `openssl cms`. */
  const forge = (query: Buffer, wrong: Forgery = {}): Buffer => {
    const asked = readRequest(query);
    const nonce = wrong.nonce === undefined ? asked.nonce : wrong.nonce;
    const time = (wrong.genTime ?? new Date()).toISOString().replace(/[-:T]|\.\d+/g, '');
    const imprint = wrong.sha1Imprint
      ? der(0x30, SHA1_ID, der(4, wrong.sha1Imprint))
      : der(0x30, SHA256_ID, der(4, wrong.hash ?? asked.hash));
    const info = der(
      0x30,
      Buffer.from([2, 1, 1]),
      Buffer.from('06042a030401', 'hex'),
      imprint,
      Buffer.from([2, 1, 7]),
      der(0x18, Buffer.from(time)),
      nonce ?? Buffer.alloc(0),
    );
    writeFileSync(at('info.der'), info);
    const token = openssl([
      ...['cms', '-sign', '-binary', '-nodetach', '-outform', 'DER', '-in', 'info.der'],
      ...['-signer', `${wrong.signer ?? 'tsa'}.pem`, '-inkey', 'tsa.key', '-nosmimecap'],
      ...[
        '-md',
        wrong.digest ?? 'sha256',
        '-econtent_type',
        wrong.contentType ?? '1.2.840.113549.1.9.16.1.4',
      ],
      ...(wrong.withoutCertificateId === true ? [] : ['-cades']),
    ]);
    return der(0x30, GRANTED, token);
  };

  /** The same answer with another certificate of the same key, issuer and serial number beside it. */
  const swapCertificate = (response: Buffer): Buffer => {
    const toDer = (name: string) => openssl(['x509', '-in', `${name}.pem`, '-outform', 'DER']);
    const before = toDer('tsa');
    issue(
      'twin',
      'basicConstraints=CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n',
      42,
      days + 1,
    );
    const after = toDer('twin');
    const place = response.indexOf(before);
    if (place < 0 || after.length !== before.length) throw new Error('the twin does not fit');
    const changed = Buffer.from(response);
    after.copy(changed, place);
    return changed;
  };

  /** Whether `openssl ts -verify` accepts the answer over the data. */
  const opensslAccepts = (response: Uint8Array, data: Uint8Array): boolean => {
    writeFileSync(at('check.tsr'), response);
    writeFileSync(at('check.data'), data);
    try {
      return openssl([
        ...['ts', '-verify', '-in', 'check.tsr', '-data', 'check.data', '-CAfile', 'ca.pem'],
      ])
        .toString()
        .includes('Verification: OK');
    } catch {
      return false;
    }
  };

  return {
    rootPem: readFileSync(at('ca.pem'), 'utf8'),
    /** Signer's certificate and root, DER. */
    chain: ['tsa', 'ca'].map((name) => openssl(['x509', '-in', `${name}.pem`, '-outform', 'DER'])),
    variant,
    reply,
    forge,
    swapCertificate,
    opensslAccepts,
  };
}
export type Authority = ReturnType<typeof makeAuthority>;

export type Answer = (query: Buffer, response: ServerResponse) => void;

/** Serves answers on loopback; without one of its own, a real authority's. */
export async function serveAuthority(authority: Authority, first?: Answer) {
  let answer = first;
  let requests = 0;
  const seen: { contentType: string | undefined; query: Buffer }[] = [];
  const server = createServer((request, response) => {
    requests += 1;
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const query = Buffer.concat(parts);
      seen.push({ contentType: request.headers['content-type'], query });
      if (answer) answer(query, response);
      else send(response, authority.reply(query));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tsa`,
    requests: () => requests,
    seen,
    /** Answers otherwise from now on; `null`: as a real authority. */
    answerWith: (next: Answer | null) => {
      answer = next ?? undefined;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function send(
  response: ServerResponse,
  body: Uint8Array,
  contentType = 'application/timestamp-reply',
): void {
  response.writeHead(200, { 'content-type': contentType });
  response.end(body);
}

export const sha1 = (bytes: Uint8Array): Buffer => createHash('sha1').update(bytes).digest();
