import { expect, test } from '@playwright/test';
import { manyCanaries } from './fake-state.ts';
import { AUDIT_ID } from './fixtures.ts';
import { fullState } from './full-state.ts';
import { openApp } from './open-page.ts';

test('a canary is walked to, revealed only while held, and every reveal is a call', async ({
  browser,
}) => {
  const app = await openApp(browser, { ...fullState(), canaries: manyCanaries(10_000) });
  const { page, core } = app;
  try {
    await app.go('/canaries');
    const grid = page.getByRole('grid', { name: 'Canaries' });
    await grid.focus();
    await page.keyboard.press('End');
    await expect(page.getByRole('heading', { name: 'P10000' })).toBeVisible();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('heading', { name: 'P0002' })).toBeVisible();
    const secret = page.getByTestId('secret');
    await expect(secret).not.toContainText('Larkspur');
    const hold = page.getByRole('button', { name: 'Hold to reveal' });
    await hold.focus();
    await page.keyboard.down('Space');
    await expect(secret).toContainText('Larkspur 17');
    await page.keyboard.up('Space');
    await expect(secret).not.toContainText('Larkspur');
    await hold.hover();
    await page.mouse.down();
    await expect(secret).toContainText('Larkspur 17');
    await page.mouse.up();
    await expect(secret).not.toContainText('Larkspur');
    expect(core.calls.filter((name) => name === 'canary.reveal')).toHaveLength(2);
    await page.getByRole('button', { name: 'Retire' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => core.calls.includes('canary.restore')).toBe(true);
    expect(app.problems).toEqual([]);
  } finally {
    await app.close();
  }
});

test('the evidence chart and the matrix are walked with the arrow keys', async ({ browser }) => {
  const app = await openApp(browser, fullState());
  const { page } = app;
  try {
    await app.go(`/audits/${AUDIT_ID}/evidence/student-10`);
    const chart = page.getByRole('img', { name: /^E of student-10/ });
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByTestId('step')).toContainText('Canary 1');
    await page.keyboard.press('Shift+ArrowRight');
    await expect(page.getByTestId('step')).toContainText('hit');
    await page.getByRole('button', { name: 'Show as table' }).click();
    await expect(page.getByRole('table', { name: 'Steps of E' })).toBeVisible();
    await app.axe();
    await page.getByRole('button', { name: 'Show as chart' }).click();
    await chart.focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'What came back' })).toBeVisible();
    await expect(page.locator('mark')).toHaveText('Larkspur 17');
    await page.goBack();
    const matrix = page.getByRole('group', { name: /^Matrix of 9 targets/ });
    await matrix.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await expect(matrix.locator('..').locator('..')).toContainText('student-0');
    await expect(matrix.locator('..').locator('..')).toContainText('P0180');
    expect(app.problems).toEqual([]);
  } finally {
    await app.close();
  }
});

test('the palette knows the verbs, the theme stays, the lock empties the screen', async ({
  browser,
}) => {
  const app = await openApp(browser, fullState());
  const { page } = app;
  try {
    await app.go('/canaries');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('theme dark');
    await app.axe();
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    // Keys are heard only once the shell stands.
    await expect(page.getByRole('heading', { name: 'Canaries', level: 1 })).toBeVisible();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Find a command' }).fill('import');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog', { name: 'Import canaries' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toBeVisible();
    await app.axe();
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await expect(page.getByRole('heading', { name: 'Activity' })).toBeVisible();
    await page.getByRole('link', { name: 'Custody log' }).click();
    await page.getByRole('button', { name: 'Verify all' }).click();
    await expect(page.getByTestId('custody-verdict')).toContainText('The chain is whole');
    await page.getByRole('button', { name: 'Lock', exact: true }).click();
    await page.getByLabel('Passphrase').fill('wrong passphrase');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await expect(page.getByRole('alert')).toContainText('does not open the workspace');
    await page.getByLabel('Passphrase').fill('correct horse battery');
    await page.getByRole('button', { name: 'Unlock' }).click();
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    // The browser itself notes the refused passphrase.
    expect(app.problems).toEqual([expect.stringContaining('403')]);
  } finally {
    await app.close();
  }
});
