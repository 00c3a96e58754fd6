import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { createCore } from '#core/compose.ts';
import { VERSION } from '#shared/util/version.ts';
import { nodePorts } from '../../../electron/hosts/common/node-ports.ts';
import { startLoopback } from '../../../electron/hosts/loopback/server.ts';
import { keptByBrowser, openRealPage } from './real-page.ts';

const root = resolve(import.meta.dirname, '../../..');
const MODELS = [
  ['student-10', 'suspect', '2026-05-01'],
  ['student-0', 'suspect', '2026-05-01'],
  ['control-1', 'control', '2026-05-01'],
  ['control-2', 'control', '2026-05-01'],
  ['control-3', 'control', '2026-05-01'],
  ['temporal-1', 'temporal-control', '2025-09-01'],
  ['temporal-2', 'temporal-control', '2025-09-01'],
] as const;

test('the screens carry the main job against the real core and the practice lab', async ({
  browser,
}) => {
  test.setTimeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-pages-'));
  // The lab is not offered in browser mode, so the core runs as the command line's and the pages are served over it.
  const core = createCore(
    nodePorts({
      workspace: join(folder, 'workspace'),
      resources: join(root, 'resources'),
      host: 'cli',
      version: VERSION,
    }),
  );
  const loopback = await startLoopback({ core, rendererDir: join(root, 'out/renderer') });
  const { context, page, problems, shot, button } = await openRealPage(browser, 'real', {
    viewport: { width: 1280, height: 800 },
  });
  const dialog = page.getByRole('dialog');
  try {
    await page.goto(loopback.url);
    await page.getByLabel('Workspace name').fill('Practice');
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('Repeat passphrase').fill('correct horse battery');
    await button('Create workspace').click();

    await button('Import canaries').first().click({ timeout: 30_000 });
    const { text } = await core.client.call('lab.canaries', { seed: 'pages', count: 120 });
    await dialog
      .getByLabel('Canary file')
      .setInputFiles({ name: 'practice.jsonl', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await dialog.getByRole('button', { name: 'Check' }).click();
    await dialog.getByRole('button', { name: 'Import 120 canaries' }).click();
    await button('Commit registry').first().click();
    await dialog.getByLabel('Held out as twins, in percent').fill('30');
    await dialog.getByRole('button', { name: 'Commit 120 canaries' }).click();
    await button('Draw registry 1').first().click();
    await dialog.getByLabel('No beacon').check();
    await dialog.getByRole('button', { name: 'Draw without a beacon' }).click();
    await expect(page.getByText(/served, 36 twins|36 twins/).first()).toBeVisible();
    await shot('registries');

    const kit = await core.client.call('registry.kit', { number: 1, plantedFrom: '2026-02-01' });
    const lab = await core.client.call('lab.start', {
      seed: 'pages',
      kit: kit.text,
      students: [
        { name: 'student-10', dose: 0.3 },
        { name: 'student-0', dose: 0 },
      ],
    });
    for (const [name, role, released] of MODELS.slice(1)) {
      await core.client.call('target.add', {
        target: {
          name,
          role,
          baseUrl: lab.baseUrl,
          model: name,
          released,
          allowHttp: true,
          allowPrivate: true,
        },
      });
    }
    await page.getByRole('link', { name: 'Targets' }).click();
    await button('Add target').click();
    await page.getByLabel('Name', { exact: true }).fill('student-10');
    await page.getByLabel('Base URL').fill(lab.baseUrl);
    await page.getByLabel('Model', { exact: true }).fill('student-10');
    await page.getByLabel('Model released on').fill('2026-05-01');
    await page.getByLabel('Allow a connection without TLS').check();
    await page.getByLabel('Allow this machine and private networks').check();
    await button('Add target').click();
    await button('Test call').click();
    await expect(page.getByTestId('test-result')).toContainText('Answered');
    await shot('target');

    await page.getByRole('link', { name: 'Audits' }).click();
    await button('New plan').first().click();
    await page.getByLabel('Plan name').fill('Practice audit');
    await page.getByLabel('Canaries to one target').fill('100');
    await expect(page.getByText(/^Ask /)).toBeVisible();
    await shot('plan');
    await button('Seal plan').click();
    await dialog.getByRole('button', { name: 'Seal plan for good' }).click();
    await button('Start Practice audit').click();
    await expect(page.getByTestId('readings')).toBeVisible();
    await shot('run');
    await button('See the evidence').click({ timeout: 90_000 });
    // The draw differs on each run, so what chance gives student-0 is not known beforehand.
    await expect(page.getByTestId('sentence')).toContainText('student-0:');
    await page.getByRole('link', { name: /^student-10/ }).click();
    await expect(page.getByTestId('sentence')).toContainText('student-10: report-grade');
    await shot('evidence');
    await page.getByRole('img', { name: /^E of student-10/ }).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('sentence')).toContainText('gave the drawn response');
    await expect(page.locator('mark').first()).toBeVisible();
    await shot('sample');
    await page.goBack();
    await page.getByRole('link', { name: 'Report', exact: true }).click();
    await button('Export bundle').click();
    await expect(page.getByTestId('verdict')).toContainText('The bundle is verified', {
      timeout: 60_000,
    });
    await shot('verdict');
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await expect(page.getByTestId('sentence')).toContainText('to 1 host,');
    await shot('activity');
    await page.getByRole('link', { name: 'Allowed hosts' }).click();
    await expect(page.getByRole('table', { name: 'Allowed hosts' })).toContainText(
      'sealed plan Practice audit',
    );
    await page.getByRole('link', { name: 'Custody log' }).click();
    await button('Verify all').click();
    await expect(page.getByTestId('custody-verdict')).toContainText('The chain is whole');
    await shot('custody');
    expect(problems).toEqual([]);
    // After the whole job: nothing of the library stays in the browser once the workspace is locked.
    await button('Lock').click();
    await expect(page.getByRole('heading', { name: /Unlock/ })).toBeVisible();
    const kept = await keptByBrowser(page);
    const prompts = text
      .trim()
      .split('\n')
      .map(
        (line) => (JSON.parse(line) as { messages: { content: string }[] }).messages[0]?.content,
      );
    expect(prompts).toHaveLength(120);
    for (const prompt of prompts) {
      expect(prompt).toMatch(/\w+ \w+/);
      expect(kept).not.toContain(prompt ?? '');
    }
    expect(kept).not.toContain('correct horse battery');
    expect(JSON.parse(kept).slice(1, 4)).toEqual([{}, [], []]);
  } finally {
    await context.close();
    await loopback.close();
    await core.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
