import { expect, test } from '@playwright/test';
import { AT } from './fake-state.ts';
import { AUDIT_ID } from './fixtures.ts';
import { fullState } from './full-state.ts';
import { openApp } from './open-page.ts';

const segment = (number: number, model: string, changed: string[], hits: number) => ({
  number,
  model,
  fingerprint: null,
  upstream: null,
  region: null,
  changed,
  startedUtc: AT,
  asked: 40,
  hits,
});

test('a cap that ended a run is raised with its error at the field, and a changed identity is told', async ({
  browser,
}) => {
  const state = fullState();
  state.done = 43;
  state.audits = state.audits.map((audit) => ({ ...audit, state: 'budget' }));
  state.firstLane = {
    capUsd: 2.5,
    capExposures: 43,
    spend: { usd: 2.4981, estimated: 3, estimatedUsd: 0.01 },
    segmentCount: 2,
    segments: [segment(1, 'harbour-1', [], 4), segment(2, 'harbour-2', ['model'], 0)],
  };
  const app = await openApp(browser, state);
  const { page } = app;
  try {
    await page.setViewportSize({ width: 1024, height: 700 });
    await app.go(`/audits/${AUDIT_ID}`);
    const segments = page.getByRole('table', { name: 'Identity segments' });
    await expect(segments.getByRole('row').nth(1)).toContainText('4 of 40');
    await expect(segments.getByRole('row').nth(2)).toContainText('harbour-2');
    await page.getByRole('button', { name: 'Raise caps' }).click();
    const dialog = page.getByRole('dialog');
    const go = dialog.getByRole('button', { name: 'Raise and go on' });
    await expect(go).toBeDisabled();
    await dialog.getByLabel('Cost cap, USD').fill('2');
    await expect(dialog.getByText('A number above 2.5.')).toBeVisible();
    await expect(go).toBeDisabled();
    await dialog.getByLabel('Cost cap, USD').fill('5');
    await app.axe();
    await go.click();
    await expect(dialog).toBeHidden();
    await expect(page.getByTestId('sentence')).toContainText('Running');
    expect(app.core.calls).toContain('audit.resume');
    expect(app.problems).toEqual([]);
  } finally {
    await app.close();
  }
});
