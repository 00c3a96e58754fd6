import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { checkTimestamp } from '#shared/evidence/timestamp.ts';
import { readCertificates } from '#shared/evidence/timestamp-certificate.ts';
import { timestampRequest } from '#shared/evidence/timestamp-request.ts';
import {
  type Authority,
  der,
  type Forgery,
  makeAuthority,
  readRequest,
  sha1,
} from '../../helpers/timestamp-authority.ts';
import { removeTempFolders } from '../../helpers/workspace.ts';

afterAll(removeTempFolders);
const data = Buffer.from('the signature bytes of a statement');
const nonce = randomBytes(16);
const query = Buffer.from(timestampRequest(data, nonce));
const trusted = (authority: Authority) => readCertificates(authority.rootPem);
const ec = makeAuthority('ec');

describe('a time stamp of a real authority', () => {
  for (const kind of ['ec', 'rsa'] as const) {
    it(`with ${kind} keys is accepted by us and by openssl`, async () => {
      const authority = kind === 'ec' ? ec : makeAuthority('rsa');
      const response = authority.reply(query);
      const facts = await checkTimestamp(response, { data, nonce, trusted: trusted(authority) });
      expect(facts).toMatchObject({
        anchor: 'trusted',
        policy: '1.2.3.4.1',
        imprintHash: 'SHA-256',
        accuracyMs: 1000,
        signer: 'O=Example, CN=Example TSA',
      });
      expect(Math.abs(Date.parse(facts.genTime) - Date.now())).toBeLessThan(60_000);
      expect(authority.opensslAccepts(response, data)).toBe(true);
      expect(authority.opensslAccepts(response, Buffer.from('other'))).toBe(false);
    });
  }

  it('is consistent, but not trusted, under a root that is not the verifier’s', async () => {
    const response = ec.reply(query);
    const copies = trusted(ec);
    expect((await checkTimestamp(response, { data, trusted: [], copies })).anchor).toBe('copy');
    expect((await checkTimestamp(response, { data, trusted: [] })).anchor).toBe('none');
    const other = trusted(makeAuthority('rsa'));
    expect((await checkTimestamp(response, { data, trusted: other })).anchor).toBe('none');
  });

  it('needs certReq and a nonce whatever its leading bits are', async () => {
    for (const first of [0x00, 0x7f, 0x80, 0xff]) {
      const odd = Uint8Array.from([first, ...nonce.subarray(1)]);
      const response = ec.reply(timestampRequest(data, odd));
      const facts = await checkTimestamp(response, { data, nonce: odd, trusted: trusted(ec) });
      expect(facts.anchor).toBe('trusted');
    }
  });

  it('with a bit flipped anywhere is refused, or says exactly the same (unsigned wrapping)', async () => {
    const response = ec.reply(query);
    const check = { data, nonce, trusted: trusted(ec) };
    const original = await checkTimestamp(response, check);
    let refused = 0;
    let places = 0;
    for (let at = 0; at < response.length; at += 5) {
      const changed = Buffer.from(response);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      places += 1;
      const facts = await checkTimestamp(changed, check).catch(() => null);
      if (facts === null || facts.anchor !== 'trusted') refused += 1;
      else expect(facts).toEqual(original);
    }
    expect(refused).toBeGreaterThan(places * 0.9);
  });
});

describe('a wrong time stamp is refused, and the message names what is wrong', () => {
  const cases: readonly (readonly [string, () => Buffer, RegExp])[] = [
    ['another nonce', forged({ nonce: der(2, Buffer.from([5, 6, 7])) }), /nonce/],
    ['no nonce', forged({ nonce: null }), /nonce/],
    ['another imprint', forged({ hash: randomBytes(32) }), /other data/],
    ['an SHA-1 imprint', forged({ sha1Imprint: sha1(data) }), /hash below SHA-256/],
    ['an SHA-1 signature', forged({ digest: 'sha1' }), /SHA-256/],
    ['another content type', forged({ contentType: '1.2.840.113549.1.7.1' }), /not a time stamp/],
    ['no ESSCertID', forged({ withoutCertificateId: true }), /ESSCertID/],
    ['another certificate than ESSCertID', () => ec.swapCertificate(ec.reply(query)), /ESSCertID/],
    ['a server certificate', forged({ signer: ec.variant('server-usage') }), /not one for time/],
    ['two usages', forged({ signer: ec.variant('two-usages') }), /more than time stamping/],
    ['a usage not critical', forged({ signer: ec.variant('not-critical') }), /not critical/],
    ['a wrong key usage', forged({ signer: ec.variant('key-usage') }), /key usage/],
    [
      'an unknown critical extension',
      forged({ signer: ec.variant('critical-unknown') }),
      /1\.2\.3\.4/,
    ],
    ['a time before the certificate', forged({ genTime: new Date('2020-01-01') }), /not valid at/],
    ['a cut answer', () => ec.reply(query).subarray(0, -20), /cut short|cannot be read/],
    [
      'bytes after the end',
      () => Buffer.concat([ec.reply(query), Buffer.from([0])]),
      /after its end/,
    ],
    ['an empty answer', () => Buffer.alloc(0), /cut short|cannot be read/],
    ['not DER', () => Buffer.from('<html>busy</html>'), /cut short|cannot be read/],
    [
      'a rejection',
      () => der(0x30, der(0x30, Buffer.from([2, 1, 2]))),
      /refused to stamp \(PKIStatus 2\)/,
    ],
    ['a status without a token', () => der(0x30, der(0x30, Buffer.from([2, 1, 0]))), /no signed/],
    ['deep nesting', () => nested(10_000), /cut short|cannot be read/],
    ['too many bytes', () => Buffer.alloc(70_000), /too large/],
  ];
  function forged(wrong: Forgery): () => Buffer {
    return () => ec.forge(query, wrong);
  }
  function nested(depth: number): Buffer {
    let value: Buffer = Buffer.alloc(0);
    for (let i = 0; i < depth; i++) value = der(0x30, value);
    return value;
  }
  for (const [name, make, message] of cases)
    it(name, async () => {
      await expect(checkTimestamp(make(), { data, nonce, trusted: trusted(ec) })).rejects.toThrow(
        message,
      );
    });

  it('but a forged one that is right in every part passes, so the refusals are about the part', async () => {
    for (const digest of ['sha256', 'sha512'] as const)
      expect(
        (await checkTimestamp(ec.forge(query, { digest }), { data, nonce, trusted: trusted(ec) }))
          .anchor,
      ).toBe('trusted');
    expect(readRequest(query).hash).toHaveLength(32);
  });
});
