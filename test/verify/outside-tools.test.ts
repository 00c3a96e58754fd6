import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WARCParser } from 'warcio';
import { buildBag } from '#shared/evidence/bag.ts';
import { fromUtf8 } from '#shared/evidence/bytes.ts';
import { DATA, MANIFEST, STATEMENT } from '#shared/evidence/layout.ts';
import { PREDICATE } from '#shared/evidence/statements.ts';
import { cosign, NEW_FORMAT } from '../helpers/cosign.ts';
import { type Honest, honestDocument } from '../tamper/honest-document.ts';
import { newSigner } from '../tamper/honest-registry.ts';

// Tools of others on our files.

let honest: Honest;
let bag: Map<string, Uint8Array>;
let folder: string;

beforeAll(async () => {
  honest = await honestDocument();
  bag = await buildBag(honest.document, honest.signer);
  folder = join(mkdtempSync(join(tmpdir(), 'outside-')), 'bag');
  for (const [path, bytes] of bag) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
});
afterAll(() => rmSync(dirname(folder), { recursive: true }));

const textOf = (path: string) => fromUtf8(bag.get(path) as Uint8Array);

/** Without a transparency log and without a time stamp: the key alone decides. */
function sigstore(bundle: string, pem: string) {
  const material = toTrustMaterial(
    {
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [],
      ctlogs: [],
      certificateAuthorities: [],
      timestampAuthorities: [],
    },
    () => ({ publicKey: createPublicKey(pem), validFor: () => true }) as never,
  );
  const verifier = new Verifier(material, {
    tlogThreshold: 0,
    ctlogThreshold: 0,
    timestampThreshold: 0,
  });
  return verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle))));
}

describe('@sigstore/verify', () => {
  it('accepts every bundle of a bag under its key, and refuses another key and another payload', () => {
    const paths = [...bag.keys()].filter((path) => path.endsWith('.sigstore.json'));
    expect(paths.length).toBeGreaterThanOrEqual(5);
    for (const path of paths) {
      expect(sigstore(textOf(path), honest.signer.pem)).toBeDefined();
      expect(() => sigstore(textOf(path), newSigner().pem), path).toThrow();
      const changed = JSON.parse(textOf(path));
      const payload = Buffer.from(changed.dsseEnvelope.payload, 'base64');
      payload[payload.length - 2] = (payload[payload.length - 2] ?? 0) ^ 1;
      changed.dsseEnvelope.payload = payload.toString('base64');
      expect(() => sigstore(JSON.stringify(changed), honest.signer.pem), path).toThrow();
    }
  });
});

/** No certificate, no log: cosign would fetch those of its own service otherwise. */
const EMPTY_ROOT = '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}';

describe.skipIf(cosign === undefined)('cosign', () => {
  beforeAll(() => writeFileSync(join(folder, '../trusted-root.json'), EMPTY_ROOT));
  afterAll(() => rmSync(join(folder, '../trusted-root.json'), { force: true }));
  const ROOT = '../trusted-root.json';
  const run = (key: string, file: string) =>
    spawnSync(
      cosign ?? 'cosign',
      [
        'verify-blob-attestation',
        '--bundle',
        STATEMENT,
        '--key',
        key,
        '--insecure-ignore-tlog=true',
        ...NEW_FORMAT,
        '--trusted-root',
        ROOT,
        '--type',
        PREDICATE.report,
        file,
      ],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } },
    );

  it('verifies the statement as VERIFY.md says', () => {
    const result = run('attestation/signer.pub.pem', MANIFEST);
    expect(result.stderr).toContain('Verified OK');
    expect(result.status).toBe(0);
    expect(textOf(DATA.verify)).toContain(EMPTY_ROOT);
    expect(textOf(DATA.verify)).toContain(`--type ${PREDICATE.report} ${MANIFEST}`);
  });
  it('refuses another file and another key', () => {
    writeFileSync(join(folder, '../outside.pem'), newSigner().pem);
    expect(run('attestation/signer.pub.pem', 'bagit.txt').status).not.toBe(0);
    expect(run('../outside.pem', MANIFEST).status).not.toBe(0);
    rmSync(join(folder, '../outside.pem'));
  });
});

const base32 = (bytes: Uint8Array): string => {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
};
const digest = (bytes: Uint8Array) =>
  `sha256:${base32(createHash('sha256').update(bytes).digest())}`;

describe('transcripts.warc', () => {
  it('is read by warcio: every exchange with its bytes and right digests, and no key', async () => {
    const source = [bag.get(DATA.warc) as Uint8Array];
    const stream = (async function* () {
      yield* source;
    })();
    const kinds = new Map<string, number>();
    const bodies: string[] = [];
    for await (const record of WARCParser.iterRecords(stream)) {
      const kind = record.warcType ?? '';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      expect(record.warcHeaders.protocol).toBe('WARC/1.1');
      if (kind !== 'request' && kind !== 'response') {
        await record.readFully(false);
        continue;
      }
      const payload = await record.readFully(false);
      const claimed = record.warcHeader('WARC-Payload-Digest');
      expect(claimed).toBe(digest(payload));
      bodies.push(createHash('sha256').update(payload).digest('hex'));
      const secret = record.httpHeaders?.headers.get('authorization');
      if (kind === 'request') expect(secret).toBe('[REDACTED]');
    }
    const { attempts } = honest.document;
    const answered = attempts.filter(({ response }) => response !== null);
    expect(Object.fromEntries(kinds)).toEqual({
      warcinfo: 1,
      request: attempts.length,
      response: answered.length,
      metadata: attempts.length,
    });
    const own = attempts.flatMap(({ request, response }) => [
      ...(response === null ? [] : [response.body]),
      request.body,
    ]);
    expect(bodies).toEqual(own.map((bytes) => createHash('sha256').update(bytes).digest('hex')));
  });
});
