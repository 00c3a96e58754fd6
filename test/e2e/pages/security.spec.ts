import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { createCore } from '#core/compose.ts';
import { VERSION } from '#shared/util/version.ts';
import { nodePorts } from '../../../electron/hosts/common/node-ports.ts';
import { startLoopback } from '../../../electron/hosts/loopback/server.ts';
import { keptByBrowser } from './real-page.ts';

const root = resolve(import.meta.dirname, '../../..');
const FIRST = 'correct horse battery staple';
const SECOND = 'otter plinth gravel sunday mist';
const KEY = 'zsschluesselgeheim-0123456789';

test('security settings against the real core: passphrase, recovery code, auto-lock, key, scan, and nothing stays in the browser', async ({
  browser,
}) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-security-'));
  const core = createCore(
    nodePorts({
      workspace: join(folder, 'workspace'),
      resources: join(root, 'resources'),
      host: 'loopback',
      version: VERSION,
    }),
  );
  const loopback = await startLoopback({ core, rendererDir: join(root, 'out/renderer') });
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const shots = process.env.TRAPSTREET_SHOTS;
  const shot = async (name: string): Promise<void> => {
    if (!shots) return;
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(shots, `security-${name}-${scheme}.png`) });
    }
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const dialog = page.getByRole('dialog');
  try {
    await core.client.call('workspace.create', { name: 'Vault', passphrase: FIRST });
    await core.client.call('secret.set', { name: 'main', value: KEY });
    await page.goto(loopback.url);
    await page.getByRole('link', { name: 'Settings' }).click();
    await expect(page.getByTestId('sentence')).toHaveText('Its passphrase opens this workspace.');
    await shot('settings');

    await button('Make recovery code').click();
    await dialog.getByLabel('Passphrase').fill('not the passphrase');
    await dialog.getByRole('button', { name: 'Make code' }).click();
    await expect(dialog.getByText('This is not the passphrase')).toBeVisible();
    await dialog.getByLabel('Passphrase').fill(FIRST);
    await dialog.getByRole('button', { name: 'Make code' }).click();
    const groups = dialog.getByRole('list', { name: 'Groups of the code' }).locator('code');
    await expect(groups).toHaveCount(13);
    const code = (await groups.allInnerTexts()).join('-');
    await shot('code');
    // Escape would lose the code for good.
    await page.keyboard.press('Escape');
    await expect(groups).toHaveCount(13);
    await button('I have written it down').click();
    await expect(page.getByTestId('sentence')).toContainText('a recovery code');

    await page.getByLabel('Present passphrase').fill(FIRST);
    await page.getByLabel('New passphrase', { exact: true }).fill('aaaaaaaaaaaaaa');
    await expect(page.getByText(/Looks weak/)).toBeVisible();
    await page.getByLabel('New passphrase', { exact: true }).fill(SECOND);
    await page.getByLabel('Repeat new passphrase').fill(SECOND);
    await button('Change passphrase').click();
    await expect(page.getByText('The passphrase is changed.')).toBeVisible();

    await page.getByLabel('Lock when nobody does anything for').selectOption('5');
    await expect(page.getByText('Locks after 5 min without you.')).toBeVisible();
    await button('Search files').click();
    await expect(page.getByText('No secret stands in clear')).toBeVisible();

    // Locked: the page starts anew, and what was typed is nowhere in the browser.
    await page.evaluate(() => {
      (window as unknown as { before: boolean }).before = true;
    });
    await button('Lock').click();
    await expect(page.getByRole('heading', { name: /Unlock/ })).toBeVisible();
    expect(await page.evaluate(() => 'before' in window)).toBe(false);
    const stored = await keptByBrowser(page);
    for (const secret of [FIRST, SECOND, KEY, code, code.slice(0, 5)])
      expect(stored).not.toContain(secret);
    expect(JSON.parse(stored).slice(1, 4)).toEqual([{}, [], []]);

    await button('Use recovery code').click();
    await page.getByLabel('Recovery code').fill(code.replace(/^..../, '0000'));
    await expect(page.getByText(/Group 1 has a typing error/)).toBeVisible();
    await shot('unlock');
    await page.getByLabel('Recovery code').fill(code);
    await button('Unlock').click();
    await expect(page.getByRole('heading', { name: 'Settings · Security' })).toBeVisible();
    await button('Change data key').click();
    await dialog.getByLabel('Passphrase').fill(SECOND);
    await dialog.getByRole('button', { name: 'Change key' }).click();
    await expect(page.getByText(/Key 2 is in force; \d+ cells rewritten/)).toBeVisible();
    await expect(page.getByTestId('sentence')).toHaveText('Its passphrase opens this workspace.');
  } finally {
    await context.close();
    await loopback.close();
    await core.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
