import { expect, test } from '@playwright/test';
import { manyConnections } from './fake-activity.ts';
import { fullState } from './full-state.ts';
import { openApp } from './open-page.ts';

test('connections are filtered by host and reason, walked by keyboard, and say everything of one', async ({
  browser,
}) => {
  const connections = manyConnections(10_000);
  const app = await openApp(browser, { ...fullState(), connections });
  const { page } = app;
  const shown = page.getByTestId('connections-shown');
  const count = (host: string | null, reason: string | null): string =>
    String(
      connections.filter(
        (one) => (host === null || one.host === host) && (reason === null || one.reason === reason),
      ).length,
    ).replace(/\B(?=(\d{3})$)/, '\u202f');
  try {
    await app.go('/activity');
    await expect(shown).toHaveText('10\u202f000 shown');
    const host = 'api.example.org:443';
    await page.getByRole('button', { name: host }).click();
    await expect(shown).toHaveText(`${count(host, null)} shown`);
    await page.getByLabel('Reason').selectOption('beacon');
    await expect(shown).toHaveText(`${count(host, 'beacon')} shown`);
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByLabel('Reason').selectOption('score');
    await expect(page.getByRole('heading', { name: 'No connection matches' })).toBeVisible();
    await page.getByRole('button', { name: 'Clear the filter' }).click();

    const grid = page.getByRole('grid', { name: 'Connections' });
    await grid.focus();
    await page.keyboard.press('End');
    const details = page.getByRole('complementary', { name: 'Connection' });
    await expect(details).toContainText('Number1');
    expect(await grid.getByRole('row').count()).toBeLessThan(80);
    await page.keyboard.press('Home');
    for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowDown');
    await expect(details).toContainText('refused here: not configured (HOST_NOT_CONFIGURED)');
    await expect(details).toContainText('none: no connection came about');
    await app.axe();

    // By the keyboard alone from tab to tab of the screen.
    await page.getByRole('link', { name: 'Allowed hosts' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('sentence')).toHaveText(
      'Trapstreet may connect to 1 host, and to nothing else.',
    );
    expect(app.problems).toEqual([]);
  } finally {
    await app.close();
  }
});

test('a slow core keeps the layout, a failing one says what happened and is asked again', async ({
  browser,
}) => {
  const app = await openApp(browser, fullState());
  const { page } = app;
  const held = Promise.withResolvers<void>();
  try {
    await page.route('**/rpc/activity.list', async (route) => {
      await held.promise;
      await route.continue();
    });
    await page.evaluate(() => {
      window.location.hash = '/activity';
    });
    await expect(page.getByRole('status', { name: 'Reading' })).toBeVisible();
    held.resolve();
    await expect(page.getByRole('table', { name: 'Totals by host' })).toBeVisible();

    await page.unroute('**/rpc/activity.list');
    await app.go('/canaries');
    const error = { code: 'INTERNAL', message: 'The list could not be read.' };
    await page.route('**/rpc/activity.allowed', (route) =>
      route.fulfill({ json: { ok: false, error } }),
    );
    await app.go('/activity/hosts');
    await expect(page.getByRole('alert')).toContainText('The list could not be read.');
    await page.unroute('**/rpc/activity.allowed');
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect(page.getByRole('table', { name: 'Allowed hosts' })).toBeVisible();
    await expect(page.getByRole('alert')).toHaveCount(0);
    expect(app.problems).toEqual([]);
  } finally {
    held.resolve();
    await app.close();
  }
});

test('a selected canary does not hold the screen: its registries can be opened', async ({
  browser,
}) => {
  const app = await openApp(browser, fullState());
  const { page } = app;
  try {
    await app.go('/canaries');
    await page.getByRole('row').nth(2).click();
    await expect(page.getByRole('heading', { name: 'P0002' })).toBeVisible();
    await page.getByRole('tab', { name: 'Registries' }).click();
    await expect(page.getByRole('list', { name: 'Registries' })).toBeVisible();
    await app.axe();
  } finally {
    await app.close();
  }
});
