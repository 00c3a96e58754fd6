import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyFolder } from '#core/services/bundle/verify.ts';
import { reportPdf } from '#core/services/evidence/report-pdf.ts';
import { sealBag } from '#shared/evidence/bag.ts';
import { contentFor, factsOf } from '#shared/evidence/content.ts';
import { ATTACHED } from '#shared/evidence/layout.ts';
import { type Honest, honestDocument } from '../tamper/honest-document.ts';

const where = { resources: join(import.meta.dirname, 'no-build-here/resources') };
let honest: Honest;
const folders: string[] = [];

beforeAll(async () => {
  honest = await honestDocument({ drawn: 6, n: 16 });
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const factsWith = (notes: string) => {
  const { document } = honest;
  const presentation = { ...document.presentation, notes };
  return factsOf(contentFor({ ...document, presentation }, 'internal'), new Map());
};

async function verified(pdf: Uint8Array) {
  const attached = new Map([[ATTACHED.pdf, pdf]]);
  const bag = await sealBag(contentFor(honest.document, 'internal'), honest.signer, attached);
  const folder = mkdtempSync(join(tmpdir(), 'pdf-'));
  folders.push(folder);
  for (const [path, bytes] of bag) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return verifyFolder(
    { path: folder, publicKeyPem: honest.signer.pem, tsaRootsPem: null, disclosure: null },
    where,
  );
}

describe('report.pdf', () => {
  it('is the same bytes for the same facts, with the date of the report', async () => {
    const [one, two] = [await reportPdf(factsWith('')), await reportPdf(factsWith(''))];
    expect(Buffer.compare(one.bytes, two.bytes)).toBe(0);
    expect(Buffer.from(one.bytes).toString('latin1')).toContain('(D:20260502090000Z)');
  });
  it('has a true cross-reference table, embedded fonts, tags and bookmarks that lead to its pages', async () => {
    const text = Buffer.from((await reportPdf(factsWith(''))).bytes).toString('latin1');
    const at = Number(/startxref\n(\d+)\n%%EOF/.exec(text)?.[1]);
    const [head = '', ...entries] =
      text.slice(at).split('trailer')[0]?.trim().split('\n').slice(1) ?? [];
    expect(head).toBe(`0 ${entries.length}`);
    entries.forEach((entry, number) => {
      if (number > 0)
        expect(text.slice(Number(entry.slice(0, 10)))).toMatch(new RegExp(`^${number} 0 obj\\b`));
    });
    const objects = text.split(/^\d+ 0 obj$/m);
    const having = (pattern: RegExp) => objects.filter((object) => pattern.test(object));
    const fonts = having(/\/Type \/FontDescriptor/);
    expect(fonts.length).toBeGreaterThanOrEqual(3);
    for (const font of fonts) expect(font).toMatch(/\/FontFile2 \d+ 0 R/);
    const pages = having(/\/Type \/Page\b/);
    expect(pages.length).toBeGreaterThan(5);
    for (const page of pages) expect(page).toMatch(/\/Contents \d+ 0 R/);
    const bookmarks = having(/\/Dest \[/);
    expect(bookmarks.length).toBeGreaterThan(5);
    for (const bookmark of bookmarks) {
      const [, target = ''] = /\/Dest \[(\d+) 0 R/.exec(bookmark) ?? [];
      expect(text).toMatch(new RegExp(`^${target} 0 obj\\n<<[^>]*/Type /Page\\b`, 'm'));
    }
    expect(text).toContain('/MarkInfo');
  });
  it('shows what its fonts do not have as escapes, and counts them', async () => {
    const { warnings } = await reportPdf(factsWith('中文 😀'));
    expect(warnings).toEqual([expect.stringContaining('3 characters')]);
    expect((await reportPdf(factsWith('Grüße, Ελλάδα, Привет'))).warnings).toEqual([]);
  });
  it('is drawn again by the verifier, and refused where a signed one says something else', async () => {
    const own = await reportPdf(factsWith(''));
    const fine = await verified(own.bytes);
    expect(fine.checks.find(({ name }) => name === 'report PDF')?.status).toBe('passed');
    expect(fine.ok).toBe(true);
    const other = await reportPdf(factsWith('Something else.'));
    const refused = await verified(other.bytes);
    expect(refused.ok).toBe(false);
    expect(
      refused.checks.filter(({ status }) => status === 'failed').map(({ name }) => name),
    ).toEqual(['report PDF']);
  });
});
