import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBundle, withStamps } from '#shared/evidence/dsse.ts';
import { ATTACHED, DATA, STATEMENT } from '#shared/evidence/layout.ts';
import { verifyStamps } from '#shared/evidence/verify-time.ts';
import { removeTempFolders } from '../helpers/workspace.ts';
import { type StampedBag, stampedBag } from './stamped-bag.ts';

// Stamps alone: what the signature and the manifest would catch as well is not looked at here.

let bag: StampedBag;
let tried = 0;
beforeAll(async () => {
  bag = await stampedBag({ drawn: 4, n: 8 });
});
afterAll(removeTempFolders);

const bytesOf = (path: string) => bag.files.get(path) ?? new Uint8Array();

async function failedWith(path: string, bytes: Uint8Array): Promise<string[]> {
  tried++;
  const files = new Map(bag.files).set(path, bytes);
  const checks = await verifyStamps(files, { tsaRootsPem: bag.authority.rootPem });
  return checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

const STAMPED = [
  [STATEMENT, 'report stamp'],
  [DATA.planSeal, 'plan seal stamp'],
  [DATA.checkpoint, 'checkpoint stamp'],
  ['data/registrations/0001/registration.sigstore.json', 'registration 1 stamp'],
] as const;

describe('stamps that were changed', { timeout: 60_000 }, () => {
  it.each(STAMPED)(
    'of %s: cut, flipped and taken from elsewhere are refused',
    async (path, name) => {
      const [stamp = new Uint8Array()] = readBundle(bytesOf(path)).stamps;
      const elsewhere = STAMPED.find(([other]) => other !== path)?.[0] ?? '';
      const [foreign = new Uint8Array()] = readBundle(bytesOf(elsewhere)).stamps;
      const flips = [60, stamp.length >> 1, stamp.length - 20].map((at) => {
        const copy = stamp.slice();
        copy[at] = (copy[at] ?? 0) ^ 1;
        return copy;
      });
      for (const other of [foreign, stamp.slice(0, -1), ...flips])
        expect(await failedWith(path, withStamps(bytesOf(path), [other]))).toContain(name);
    },
  );
  it('a report without its stamp is refused once roots are given', async () => {
    expect(await failedWith(STATEMENT, withStamps(bytesOf(STATEMENT), []))).toEqual([
      'report stamp',
    ]);
  });
  it('a renewal over another stamp, or none, is refused', async () => {
    const text = Buffer.from(bytesOf(ATTACHED.renewals)).toString('utf8');
    for (const changed of [
      text.replace(/"over_sha256":"..../, '"over_sha256":"0000'),
      text.replace(/"tsr":"[^"]{40}/, '"tsr":"'),
      '{}\n',
    ])
      expect(await failedWith(ATTACHED.renewals, Buffer.from(changed))).toEqual(['stamp renewals']);
  });
  it('was tried', () => {
    process.stdout.write(`tamper: ${tried} changed stamps refused\n`);
    expect(tried).toBeGreaterThan(20);
  });
});
