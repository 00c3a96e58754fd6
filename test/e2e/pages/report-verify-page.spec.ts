import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { buildVerifyPage } from '../../../scripts/verify-page.ts';
import { buildBag, sealBag, tagFiles } from '../../../shared/evidence/bag.ts';
import { contentFor } from '../../../shared/evidence/content.ts';
import { DATA, MANIFEST, TAG_MANIFEST } from '../../../shared/evidence/layout.ts';
import { manifestBytes } from '../../../shared/evidence/manifest.ts';
import { type Honest, honestDocument } from '../../tamper/honest-document.ts';

// The page as an expert opens it: from disk, without any server.

const root = resolve(import.meta.dirname, '../../..');
let folder: string;
let honest: Honest;
let bag: Map<string, Uint8Array>;

function write(name: string, files: ReadonlyMap<string, Uint8Array>): string {
  const at = join(folder, name);
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(at, path)), { recursive: true });
    writeFileSync(join(at, path), bytes);
  }
  return at;
}

function rewritten(files: Map<string, Uint8Array>): Map<string, Uint8Array> {
  const data = new Map([...files].filter(([path]) => path.startsWith('data/')));
  files.set(MANIFEST, manifestBytes(data));
  files.set(TAG_MANIFEST, manifestBytes(tagFiles(files)));
  return files;
}

async function open(page: Page): Promise<{ outside: string[]; complaints: string[] }> {
  const outside: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) outside.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(join(root, 'out/evidence/verify.html')).href);
  return { outside, complaints };
}

const failed = (page: Page) => page.locator('#checks li.failed');

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'verify-page-'));
  await buildVerifyPage(root);
  honest = await honestDocument();
  bag = await buildBag(honest.document, honest.signer);
});
test.afterAll(() => rmSync(folder, { recursive: true }));

test('an honest bag is green, with and without the key, and nothing leaves the page', async ({
  page,
}) => {
  const seen = await open(page);
  const at = write('honest', bag);
  await page.locator('#folder').setInputFiles(at);
  await expect(page.locator('#verdict')).toContainText('Every check passed.');
  await expect(page.locator('#verdict')).toContainText('not who made it');
  await page.locator('#key').fill(honest.signer.pem);
  await page.locator('#folder').setInputFiles(at);
  await expect(page.locator('#verdict')).toContainText('Checked against the key you gave');
  await expect(page.locator('#checks li.passed')).toHaveCount(
    await page.locator('#checks li:not(.unproven)').count(),
  );
  expect(await page.locator('#checks .limit').count()).toBeGreaterThan(30);
  expect(seen).toEqual({ outside: [], complaints: [] });
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations).toEqual([]);
});

test('a public bag is shown as checkable in part, never green where it is not', async ({
  page,
}) => {
  await open(page);
  const files = await sealBag(contentFor(honest.document, 'public'), honest.signer);
  await page.locator('#folder').setInputFiles(write('public', files));
  await expect(page.locator('#verdict')).toContainText('cannot be made in the profile public');
  await expect(page.locator('#checks li.withheld')).toHaveCount(11);
  await expect(failed(page)).toHaveCount(0);
});

test('time stamps are proven under a pasted root, and a bag without one is then refused', async ({
  page,
}) => {
  const seen = await open(page);
  const lines = gunzipSync(readFileSync(join(root, 'test/fixtures/bags/0.1.0-3-internal.bag.gz')));
  const stamped = new Map(
    lines
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line): [string, Uint8Array] => {
        const [path = '', base64 = ''] = line.split(' ');
        return [path, Buffer.from(base64, 'base64')];
      }),
  );
  const at = write('stamped', stamped);
  await page.locator('#folder').setInputFiles(at);
  await expect(page.locator('#checks li.unproven', { hasText: 'report stamp' })).toContainText(
    '? unproven',
  );
  await page
    .locator('#roots')
    .fill(Buffer.from(stamped.get('data/tsa-roots.pem') as Uint8Array).toString('utf8'));
  await page.locator('#folder').setInputFiles(at);
  for (const name of ['report stamp', 'plan seal stamp', 'stamp renewals'])
    await expect(page.locator('#checks li.passed', { hasText: name })).toContainText('✓ passed');
  await page.locator('#folder').setInputFiles(write('unstamped', bag));
  await expect(page.locator('#verdict')).toContainText('Refused');
  await expect(failed(page)).toContainText('UNSTAMPED');
  expect(seen).toEqual({ outside: [], complaints: [] });
});

test('tampered bags are red and name the check', async ({ page }) => {
  const seen = await open(page);
  const edit = (path: string, change: (text: string) => string) =>
    new Map(bag).set(
      path,
      Buffer.from(change(Buffer.from(bag.get(path) as Uint8Array).toString('utf8'))),
    );
  const other = await honestDocument();
  const cases: [string, ReadonlyMap<string, Uint8Array>, string][] = [
    ['flip', edit(DATA.report, (text) => text.replace('Findings', 'Findinks')), 'manifest'],
    [
      'rewritten',
      rewritten(edit(DATA.results, (text) => text.replace('"hits":3', '"hits":4'))),
      'statement',
    ],
    [
      'answer',
      rewritten(edit(DATA.transcripts, (text) => text.replace('It is', 'It as'))),
      'statement',
    ],
    [
      'foreign',
      new Map(bag).set('attestation/signer.pub.pem', Buffer.from(other.signer.pem)),
      'signature',
    ],
    ['extra', new Map(bag).set('data/extra.html', Buffer.from('x')), 'layout'],
    ['missing', new Map([...bag].filter(([path]) => path !== DATA.seals)), 'layout'],
  ];
  for (const [name, files, check] of cases) {
    await page.locator('#folder').setInputFiles(write(name, files));
    await expect(page.locator('#verdict'), name).toContainText('Refused');
    await expect(failed(page).filter({ hasText: check }).first(), name).toBeVisible();
  }
  await page.locator('#key').fill(other.signer.pem);
  await page.locator('#folder').setInputFiles(join(folder, 'honest'));
  await expect(page.locator('#verdict')).toContainText('Refused');
  await expect(failed(page).first()).toContainText('public key');
  expect(seen).toEqual({ outside: [], complaints: [] });
});

test('the page is dark where the reader wants it, and a folder that is no bag is refused', async ({
  page,
}) => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await open(page);
  await page
    .locator('#folder')
    .setInputFiles(write('other', new Map([['a.txt', Buffer.from('x')]])));
  await expect(page.locator('#verdict')).toContainText('Refused');
  const axe = await new AxeBuilder({ page }).analyze();
  expect(axe.violations).toEqual([]);
});

test('the report page is accessible, whole and public, on screen and on paper', async ({
  page,
}, info) => {
  for (const profile of ['internal', 'public'] as const) {
    const files = await sealBag(contentFor(honest.document, profile), honest.signer);
    const at = write(`report-${profile}`, files);
    await page.goto(pathToFileURL(join(at, 'data/report.html')).href);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Comparison report');
    const axe = await new AxeBuilder({ page }).analyze();
    expect(axe.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
    await page.screenshot({ path: info.outputPath(`${profile}.png`), fullPage: true });
    await page.emulateMedia({ media: 'print' });
    await expect(page.getByRole('heading', { name: 'Findings' })).toBeVisible();
    await page.emulateMedia({ media: 'screen' });
  }
});
