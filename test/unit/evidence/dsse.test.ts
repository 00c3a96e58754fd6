import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toBase64, toHex, utf8 } from '#shared/evidence/bytes.ts';
import {
  openBundle,
  PAYLOAD_TYPE,
  preAuthEncoding,
  readBundle,
  signStatement,
} from '#shared/evidence/dsse.ts';
import { flipSignature, normalizeSignature, verifySignature } from '#shared/evidence/ecdsa.ts';
import { opensshFingerprint, spkiFromPem, spkiToPem } from '#shared/evidence/spki.ts';

function newSigner() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKeySpkiDer = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  return {
    publicKeySpkiDer,
    keyid: opensshFingerprint(publicKeySpkiDer),
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: async (bytes: Uint8Array) => new Uint8Array(sign('sha256', bytes, privateKey)),
  };
}

const payload = utf8('{"a":"é"}');

describe('DSSE in a Sigstore bundle', () => {
  it('builds the pre-authentication encoding of the DSSE specification', () => {
    expect(fromUtf8(preAuthEncoding('http://example.com/HelloWorld', utf8('hello world')))).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    );
    expect(fromUtf8(preAuthEncoding(PAYLOAD_TYPE, payload))).toBe(
      'DSSEv1 28 application/vnd.in-toto+json 10 {"a":"é"}',
    );
  });
  it('signs so that Node verifies it, always with a low s', async () => {
    const signer = newSigner();
    for (let i = 0; i < 24; i++) {
      const bundle = await signStatement(payload, signer);
      const signed = readBundle(bundle);
      const key = createPublicKey(signer.pem);
      expect(verify('sha256', preAuthEncoding(PAYLOAD_TYPE, payload), key, signed.signature)).toBe(
        true,
      );
      expect(toHex(normalizeSignature(signed.signature))).toBe(toHex(signed.signature));
      expect(openBundle(bundle, signer.publicKeySpkiDer)).toEqual(payload);
    }
  });
  it('refuses another key, another payload and a key id that is not the fingerprint', async () => {
    const signer = newSigner();
    const bundle = await signStatement(payload, signer);
    expect(() => openBundle(bundle, newSigner().publicKeySpkiDer)).toThrow('key id');
    await expect(signStatement(payload, { ...signer, keyid: 'SHA256:other' })).rejects.toThrow(
      'fingerprint',
    );
    const text = fromUtf8(bundle);
    const changed = text.replace(toBase64(payload), toBase64(utf8('{"a":"b"}')));
    expect(() => openBundle(utf8(changed), signer.publicKeySpkiDer)).toThrow('does not verify');
  });
  it('refuses a signer that answers nonsense', async () => {
    const signer = newSigner();
    const wrong = { ...signer, sign: newSigner().sign };
    await expect(signStatement(payload, wrong)).rejects.toThrow('does not verify');
    await expect(
      signStatement(payload, { ...signer, sign: async () => Uint8Array.of(1, 2, 3) }),
    ).rejects.toThrow('DER');
  });
  it('refuses every spelling but its own', async () => {
    const signer = newSigner();
    const text = fromUtf8(await signStatement(payload, signer));
    const envelope = JSON.parse(text);
    const signature = envelope.dsseEnvelope.signatures[0];
    const high = toBase64(flipSignature(new Uint8Array(Buffer.from(signature.sig, 'base64'))));
    const variants: [string, string][] = [
      [` ${text}`, 'canonical form'],
      [text.trimEnd(), 'canonical form'],
      [`${JSON.stringify(envelope, null, 1)}\n`, 'canonical form'],
      [text.replace('"keyid"', '"keyid":"x","keyid"'), 'twice'],
      [text.replace(signature.sig, high), 'high s'],
      [text.replace('"tlogEntries":[]', '"tlogEntries":[{}]'), 'exactly one'],
      [text.replace('v0.3', 'v0.4'), 'exactly one'],
      [text.replace('"hint":"SHA256:', '"hint":"SHA256:x'), 'not the same'],
      [text.replace('"payload":"', '"payload":"='), 'base64'],
    ];
    for (const [variant, why] of variants) expect(() => readBundle(utf8(variant))).toThrow(why);
    envelope.dsseEnvelope.signatures.push(signature);
    expect(() => readBundle(utf8(JSON.stringify(envelope)))).toThrow('exactly one');
    envelope.dsseEnvelope.signatures = [];
    expect(() => readBundle(utf8(JSON.stringify(envelope)))).toThrow('exactly one');
  });
  it('refuses a signature with padded integers, trailing bytes or zero', () => {
    const { publicKeySpkiDer } = newSigner();
    for (const hex of [
      '3006020100020101',
      '300702020001020101',
      '3006020101020101ff',
      '3006020181020101',
    ]) {
      expect(() =>
        verifySignature(publicKeySpkiDer, payload, Uint8Array.from(Buffer.from(hex, 'hex'))),
      ).toThrow();
    }
  });
});

describe('public keys', () => {
  it('round-trips the PEM that openssl writes and refuses other keys', () => {
    const { pem, publicKeySpkiDer } = newSigner();
    expect(spkiToPem(publicKeySpkiDer)).toBe(pem);
    expect(spkiFromPem(pem.replaceAll('\n', '\r\n'))).toEqual(publicKeySpkiDer);
    for (const options of ['P-384', 'secp256k1']) {
      const other = generateKeyPairSync('ec', { namedCurve: options }).publicKey;
      expect(() => spkiFromPem(other.export({ type: 'spki', format: 'pem' }).toString())).toThrow(
        'P-256',
      );
    }
    const off = publicKeySpkiDer.slice();
    off[90] = (off[90] ?? 0) ^ 1;
    expect(() => opensshFingerprint(off)).toThrow('point');
  });
  it('computes the fingerprint that ssh-keygen prints', (context) => {
    const { pem, keyid } = newSigner();
    const folder = mkdtempSync(join(tmpdir(), 'fingerprint-'));
    try {
      writeFileSync(join(folder, 'k.pem'), pem);
      const command = 'ssh-keygen -i -m PKCS8 -f k.pem > k.pub && ssh-keygen -lf k.pub';
      let printed: string;
      try {
        printed = execFileSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
      } catch {
        context.skip('ssh-keygen is not installed');
        return;
      }
      expect(printed.split(' ')[1]).toBe(keyid);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
