import { expect, test } from '@playwright/test';
import { fullState } from './full-state.ts';
import { openApp } from './open-page.ts';

for (const theme of ['light', 'dark'] as const)
  test(`the reports screen in ${theme}: profile, what it discloses, every check by name`, async ({
    browser,
  }, info) => {
    const app = await openApp(browser, fullState(), theme);
    const { page } = app;
    await app.go('/reports');
    const disclosure = page.getByTestId('disclosure');
    await expect(disclosure).toContainText('disclosed');
    await page.getByLabel('Profile').selectOption('public');
    await expect(disclosure).toContainText('withheld');
    await expect(page.getByText('never as passed')).toBeVisible();
    await page.getByLabel('Notes').fill('A note.');
    await page.getByLabel('Template').selectOption('summary');
    await expect(page.getByRole('button', { name: 'Download PDF' })).toBeEnabled();
    await page.getByRole('button', { name: 'Verify bundle of' }).first().click();
    await expect(page.getByTestId('verdict')).toContainText('The bundle is verified');
    await expect(page.getByText('Open a bundle of somebody else')).toBeVisible();
    await app.axe();
    await page.screenshot({ path: info.outputPath(`reports-${theme}.png`), fullPage: true });
    await page.getByLabel('Folder of the bundle').scrollIntoViewIfNeeded();
    await page.screenshot({ path: info.outputPath(`reports-${theme}-end.png`) });
    expect(app.problems).toEqual([]);
    await app.close();
  });

test('a logo that is too large is refused before it is sent', async ({ browser }) => {
  const app = await openApp(browser, fullState());
  await app.go('/reports');
  await app.page
    .getByLabel('Logo')
    .setInputFiles({ name: 'big.png', mimeType: 'image/png', buffer: Buffer.alloc(300_000) });
  await expect(app.page.getByText('larger than 256 KiB')).toBeVisible();
  await app.close();
});
