import { describe, expect, it } from 'vitest';
import { buildBag } from '#shared/evidence/bag.ts';
import { verifyBag } from '#shared/evidence/verify.ts';
import { honestDocument } from '../../tamper/honest-document.ts';
import { newSigner } from '../../tamper/honest-registry.ts';

const failed = (report: ReturnType<typeof verifyBag>) =>
  report.checks
    .filter(({ status }) => status === 'failed')
    .map(({ name, detail }) => `${name}: ${detail}`);

describe('a bag built from an honest document', () => {
  it('is accepted, with every check named and the key given', async () => {
    const { document, signer } = await honestDocument();
    const report = verifyBag(await buildBag(document, signer), { publicKeyPem: signer.pem });
    expect(failed(report)).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.keyGiven).toBe(true);
    expect(report.fingerprint).toBe(signer.keyid);
    expect(new Set(report.checks.map(({ name }) => name)).size).toBe(report.checks.length);
    expect(report.results?.evaluation).toEqual(document.evaluation);
  });
  it.each([
    ['a fixed number of canaries', { rule: 'fixed' as const }],
    ['no beacon', { beacon: null }],
    ['an early stop that skips served canaries', { oneSuspect: true, drawn: 24 }],
  ])('is accepted with %s', async (_, options) => {
    const { document, signer } = await honestDocument(options);
    const report = verifyBag(await buildBag(document, signer));
    expect(failed(report)).toEqual([]);
    if ('oneSuspect' in options) {
      expect(document.undisclosed.some(({ reason }) => reason === 'stopped')).toBe(true);
      expect(document.evaluation.suspects[0]?.label).toBe('report-grade');
    }
  });
  it('is refused under another key', async () => {
    const { document, signer } = await honestDocument();
    const report = verifyBag(await buildBag(document, signer), { publicKeyPem: newSigner().pem });
    expect(failed(report)[0]).toContain('public key: the bag holds key');
  });
});
