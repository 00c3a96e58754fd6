import { beforeAll, describe, expect, it } from 'vitest';
import { buildBag, sealBag, tagFiles } from '#shared/evidence/bag.ts';
import { concat, equalBytes, fromUtf8, toBase64, utf8 } from '#shared/evidence/bytes.ts';
import { contentFor } from '#shared/evidence/content.ts';
import { flipSignature } from '#shared/evidence/ecdsa.ts';
import {
  ATTACHED,
  ATTACHMENTS,
  MANIFEST,
  STATEMENT,
  TAG_MANIFEST,
} from '#shared/evidence/layout.ts';
import { manifestBytes } from '#shared/evidence/manifest.ts';
import { type VerifyReport, verifyBag } from '#shared/evidence/verify.ts';
import { honestDocument } from './honest-document.ts';

type Bag = Map<string, Uint8Array>;

let honest: Bag;
/** The same run as a public bag. */
let withheld: Bag;

/** What stands beside the data: other bytes of the same kinds, since only the signature speaks for them. */
const ATTACHED_FILES: ReadonlyMap<string, Uint8Array> = new Map([
  [ATTACHED.page, utf8('<!doctype html><title>Verify</title>')],
  [ATTACHED.pdf, utf8('%PDF-1.7 not a real one')],
  [ATTACHED.sbom, utf8('{"bomFormat":"CycloneDX"}')],
]);
let tried = 0;

/** Whoever changes a file can write the unsigned manifests again. */
function rewriteManifests(bag: Bag): Bag {
  const data = new Map([...bag].filter(([path]) => path.startsWith('data/')));
  bag.set(MANIFEST, manifestBytes(data));
  bag.set(TAG_MANIFEST, manifestBytes(tagFiles(bag)));
  return bag;
}

function refused(bag: Bag, what = 'a changed bag'): VerifyReport {
  tried++;
  const report = verifyBag(bag);
  expect(report.ok, what).toBe(false);
  const failed = report.checks.filter(({ status }) => status === 'failed');
  expect(failed.length).toBeGreaterThan(0);
  for (const check of failed) expect(check.detail).not.toBe('');
  return report;
}

function failedNames(report: VerifyReport): string[] {
  return report.checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

function changed(path: string, bytes: Uint8Array): Bag {
  return new Map(honest).set(path, bytes);
}

function flipped(bytes: Uint8Array, position: number, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[position] = (copy[position] ?? 0) ^ bit;
  return copy;
}

/** Changes a file alone, and with both manifests written again: only the signature is left to catch the second. */
function refusedBothWays(path: string, bag: Bag): void {
  if (equalBytes(bag.get(path) as Uint8Array, honest.get(path) as Uint8Array)) return;
  const alone = failedNames(refused(bag, path));
  if (path === MANIFEST || path === TAG_MANIFEST) {
    expect(alone).toContain('tag manifest');
    return;
  }
  expect(alone).toContain(path.startsWith('data/') ? 'manifest' : 'tag manifest');
  const again = failedNames(refused(rewriteManifests(new Map(bag)), path));
  if (path.startsWith('data/')) expect(again).toContain('statement');
}

beforeAll(async () => {
  const { document, signer } = await honestDocument({ drawn: 6, n: 16 });
  honest = await buildBag(document, signer, ATTACHED_FILES);
  expect(verifyBag(honest).ok).toBe(true);
  withheld = await sealBag(contentFor(document, 'public'), signer, ATTACHED_FILES);
  expect(verifyBag(withheld).ok).toBe(true);
});

// Thousands of bags are read and refused: a slow computer gets more time.
describe('a bag changed in one place', { timeout: 400_000 }, () => {
  it('is refused for flipped bytes in every file', () => {
    for (const [path, bytes] of honest) {
      const places = [
        0,
        Math.floor(bytes.length / 3),
        Math.floor((2 * bytes.length) / 3),
        bytes.length - 1,
      ];
      for (const place of new Set(places))
        refusedBothWays(path, changed(path, flipped(bytes, place, 1)));
      refusedBothWays(path, changed(path, flipped(bytes, Math.floor(bytes.length / 2), 0x20)));
    }
  });
  it('is refused for every truncated, emptied or lengthened file', () => {
    for (const [path, bytes] of honest) {
      refusedBothWays(path, changed(path, bytes.slice(0, -1)));
      refusedBothWays(path, changed(path, bytes.slice(0, Math.floor(bytes.length / 2))));
      refusedBothWays(path, changed(path, new Uint8Array(0)));
      refusedBothWays(path, changed(path, concat(bytes, Uint8Array.of(10))));
    }
  });
  it('is refused for every deleted file', () => {
    for (const path of honest.keys()) {
      const bag = new Map(honest);
      bag.delete(path);
      expect(failedNames(refused(bag))).toEqual(
        expect.arrayContaining([
          path.startsWith('data/canaries/') || ATTACHMENTS.includes(path) ? 'manifest' : 'layout',
        ]),
      );
      if (path !== MANIFEST && path !== TAG_MANIFEST) refused(rewriteManifests(bag));
    }
  });
  it('is refused for an unknown file anywhere, whatever its name', () => {
    const names = [
      'extra',
      'data/extra.txt',
      'attestation/extra.json',
      'data/../escape',
      '/etc/passwd',
      'data/canaries/9-9.record',
      'data/canaries/1-01.record',
      'data/Report.html',
      'data/registrations/0007/registration.json',
      'data/\u202etxt',
      'metadata/x',
      '',
      '.hidden',
      'data/a\nb',
    ];
    for (const name of names) {
      const bag = changed(name, utf8('x'));
      const report = failedNames(refused(bag));
      expect(report.some((check) => check === 'layout' || check === 'manifest')).toBe(true);
      refused(rewriteManifests(bag));
    }
  });
  it('is refused for any two files swapped with each other', () => {
    const paths = [...honest.keys()];
    paths.forEach((path, index) => {
      const other = paths[(index + 1) % paths.length] as string;
      const bag = new Map(honest);
      bag.set(path, honest.get(other) as Uint8Array);
      bag.set(other, honest.get(path) as Uint8Array);
      refused(bag);
      refused(rewriteManifests(new Map(bag)));
    });
  });
  it('is refused for changed lines of every JSON Lines file, manifests written again', () => {
    for (const path of [...honest.keys()].filter((name) => name.endsWith('.jsonl'))) {
      const lines = fromUtf8(honest.get(path) as Uint8Array)
        .trimEnd()
        .split('\n');
      const variants = [
        lines.slice(1),
        lines.slice(0, -1),
        [...lines, lines[0] ?? ''],
        lines.toReversed(),
      ];
      for (const variant of variants) {
        const text = utf8(`${variant.join('\n')}\n`);
        if (fromUtf8(text) === fromUtf8(honest.get(path) as Uint8Array)) continue;
        const report = failedNames(refused(rewriteManifests(changed(path, text))));
        expect(report).toContain('statement');
      }
    }
  });
  it('is refused for manifests in another spelling', () => {
    const text = fromUtf8(honest.get(MANIFEST) as Uint8Array);
    const lines = text.trimEnd().split('\n');
    const variants = [
      text.toUpperCase(),
      text.replaceAll('  ', ' *'),
      text.replaceAll('\n', '\r\n'),
      `${lines.toReversed().join('\n')}\n`,
      `${text}${lines[0]}\n`,
      `\n${text}`,
      text.replace('data/', './data/'),
    ];
    for (const variant of variants) {
      const bag = changed(MANIFEST, utf8(variant));
      bag.set(TAG_MANIFEST, manifestBytes(tagFiles(bag)));
      expect(failedNames(refused(bag))).toContain('manifest');
    }
  });
});

describe('a public bag changed in one place', { timeout: 400_000 }, () => {
  it('is refused for flipped, cut, emptied and deleted files, manifests written again or not', () => {
    for (const [path, bytes] of withheld) {
      const middle = Math.floor(bytes.length / 2);
      const variants: (Uint8Array | null)[] = [
        flipped(bytes, middle, 1),
        bytes.slice(0, -1),
        new Uint8Array(0),
        null,
      ];
      for (const variant of variants) {
        const bag = new Map(withheld);
        if (variant === null) bag.delete(path);
        else if (equalBytes(variant, bytes)) continue;
        else bag.set(path, variant);
        refused(bag, path);
        if (path !== MANIFEST && path !== TAG_MANIFEST) refused(rewriteManifests(bag), path);
      }
    }
  });
  it('is refused with a file of the other profile beside or in place of its own', () => {
    for (const [path, bytes] of honest) {
      if (withheld.get(path) !== undefined && equalBytes(withheld.get(path) as Uint8Array, bytes))
        continue;
      const bag = new Map(withheld).set(path, bytes);
      refused(bag, path);
      if (path !== MANIFEST && path !== TAG_MANIFEST && path !== STATEMENT)
        refused(rewriteManifests(bag), path);
    }
    for (const [path, bytes] of withheld) {
      if (honest.get(path) !== undefined && equalBytes(honest.get(path) as Uint8Array, bytes))
        continue;
      refused(new Map(honest).set(path, bytes), path);
    }
  });
});

describe('files of another bag of the same laboratory', { timeout: 400_000 }, () => {
  it('are refused one by one, signed or not', async () => {
    const other = await honestDocument({ drawn: 6, n: 16, beacon: '22'.repeat(32) });
    const theirs = await buildBag(other.document, other.signer, ATTACHED_FILES);
    for (const [path, bytes] of theirs) {
      const own = honest.get(path);
      if (own !== undefined && equalBytes(own, bytes)) continue;
      const bag = new Map(honest).set(path, bytes);
      refused(bag, path);
      if (path !== MANIFEST && path !== TAG_MANIFEST) refused(rewriteManifests(bag), path);
    }
  });
});

describe('an envelope in another spelling', () => {
  const rewritten = (text: string) => rewriteManifests(changed(STATEMENT, utf8(text)));
  const original = () => fromUtf8(honest.get(STATEMENT) as Uint8Array);
  const parsed = () => JSON.parse(original());

  it('is refused for white space, key order and a duplicate key', () => {
    const reordered = Object.fromEntries(Object.entries(parsed()).reverse());
    const variants = [
      ` ${original()}`,
      `${original()}\n`,
      original().trimEnd(),
      `${JSON.stringify(parsed(), null, 2)}\n`,
      `${JSON.stringify(reordered)}\n`,
      original().replace('"keyid"', '"keyid":"","keyid"'),
      `\ufeff${original()}`,
    ];
    for (const variant of variants)
      expect(failedNames(refused(rewritten(variant)))).toContain('envelope');
  });
  it('is refused for a second, a missing, a high-s and another signature', () => {
    const envelope = parsed();
    const [signature] = envelope.dsseEnvelope.signatures;
    const withSignatures = (signatures: unknown[]) => {
      const copy = parsed();
      copy.dsseEnvelope.signatures = signatures;
      return rewritten(`${JSON.stringify(copy)}\n`);
    };
    const high = toBase64(flipSignature(new Uint8Array(Buffer.from(signature.sig, 'base64'))));
    for (const signatures of [[signature, signature], [], [{ ...signature, extra: 1 }]]) {
      expect(failedNames(refused(withSignatures(signatures)))).toContain('envelope');
    }
    const report = refused(rewritten(original().replace(signature.sig, high)));
    expect(report.checks.find(({ name }) => name === 'envelope')?.detail).toContain('high s');
  });
  it('is refused when another key signs the same statement and the key is given', async () => {
    const other = await honestDocument({ drawn: 6, n: 16 });
    const theirs = await buildBag(other.document, other.signer);
    const bag = new Map(honest);
    bag.set('attestation/signer.pub.pem', theirs.get('attestation/signer.pub.pem') as Uint8Array);
    bag.set(STATEMENT, theirs.get(STATEMENT) as Uint8Array);
    expect(failedNames(refused(rewriteManifests(bag)))).toContain('statement');
    const { signer } = await honestDocument({ drawn: 6, n: 16 });
    expect(verifyBag(theirs, { publicKeyPem: signer.pem }).ok).toBe(false);
    expect(verifyBag(theirs, { publicKeyPem: 'nonsense' }).ok).toBe(false);
    tried += 2;
  });
});

describe('nonsense', () => {
  it('never makes the verifier throw', () => {
    const bags: Bag[] = [new Map(), new Map([['bagit.txt', Uint8Array.of(255)]])];
    for (const filler of ['', '{}', '[]', 'null\n', '[[[[', '\u0000']) {
      bags.push(new Map([...honest.keys()].map((path) => [path, utf8(filler)])));
    }
    for (const bag of bags) refused(bag);
  });
  it('was tried many times', () => {
    process.stdout.write(`tamper: ${tried} changed bags refused\n`);
    expect(tried).toBeGreaterThan(1_200);
  });
});
