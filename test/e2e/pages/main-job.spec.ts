import { expect, test } from '@playwright/test';
import { emptyState } from './fake-state.ts';
import { AUDIT_ID, sha } from './fixtures.ts';
import { openApp } from './open-page.ts';

test('the main job is walked through the screens by their names alone', async ({ browser }) => {
  const app = await openApp(browser, { ...emptyState(), workspace: 'absent' });
  const { page, core } = app;
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  try {
    await page.getByLabel('Workspace name').fill('Harbour Road');
    await page.getByLabel('Passphrase', { exact: true }).fill('too short');
    await page.getByLabel('Repeat passphrase').fill('different');
    await button('Create workspace').click();
    await expect(page.getByText('Use at least 12 characters; this has 9.')).toBeVisible();
    await expect(page.getByText('The two passphrases differ.')).toBeVisible();
    expect(core.calls).not.toContain('workspace.create');
    await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery');
    await page.getByLabel('Repeat passphrase').fill('correct horse battery');
    await button('Create workspace').click();

    await expect(page.getByText('A library starts with a file')).toBeVisible();
    await button('Import canaries').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Canaries as text').fill('{"good":1}\n{"bad":1}\n{"good":2}');
    await dialog.getByRole('button', { name: 'Check' }).click();
    await expect(dialog.getByText('2 canaries can be imported')).toBeVisible();
    await expect(dialog.getByText('A drawn canary has no candidates.')).toBeVisible();
    await expect(dialog.getByRole('button', { name: /^Import/ })).toBeDisabled();
    await dialog.getByLabel('Skip the bad lines').check();
    await app.axe();
    await dialog.getByRole('button', { name: 'Import 2 canaries' }).click();
    await expect(page.getByText('2 canaries imported as drafts.')).toBeVisible();

    await button('Commit registry').click();
    await dialog.getByLabel('Held out as twins, in percent').fill('50');
    await dialog.getByRole('button', { name: 'Commit 2 canaries' }).click();
    await button('Draw registry 1').first().click();
    await dialog.getByLabel('Beacon value', { exact: true }).last().fill('xyz');
    await expect(dialog.getByText('Use only the digits 0-9 and a-f.')).toBeVisible();
    await dialog.getByRole('textbox', { name: 'Beacon value' }).fill(sha('beacon'));
    await dialog.getByLabel('Source').fill('drand quicknet round 1');
    await dialog.getByRole('button', { name: 'Draw with this beacon' }).click();
    await expect(page.getByText('2 canaries: 1 served, 1 twins')).toBeVisible();

    await page.getByRole('link', { name: 'Targets' }).click();
    await button('Add target').first().click();
    await page.getByLabel('Name', { exact: true }).fill('student-10');
    await page.getByLabel('Base URL').fill('http://127.0.0.1:41733/v1');
    await page.getByLabel('Model', { exact: true }).fill('student-10');
    await page.getByLabel('Allow a connection without TLS').check();
    await page.getByLabel('Allow this machine and private networks').check();
    await expect(page.getByLabel('Exact request')).toContainText(
      'POST http://127.0.0.1:41733/v1/chat',
    );
    await button('Add target').click();
    await button('Test call').click();
    await expect(page.getByTestId('test-result')).toContainText('⟦U+202E⟧');

    await page.getByRole('link', { name: 'Audits' }).click();
    await button('New plan').first().click();
    await expect(page.getByText('Give the plan a name.').first()).toBeVisible();
    await expect(button('Seal plan')).toBeDisabled();
    await page.getByLabel('Plan name').fill('First look');
    await expect(page.getByText('Ask 1\u202f620 questions')).toBeVisible();
    await page.getByRole('tab', { name: 'YAML' }).click();
    await expect(page.getByLabel('Plan as YAML')).toHaveValue(/name: First look/);
    await button('Seal plan').click();
    await expect(dialog).toContainText('cannot be changed afterwards');
    await dialog.getByRole('button', { name: 'Seal plan for good' }).click();
    await button('Start First look').click();

    await expect(page.getByTestId('sentence')).toContainText('Running');
    await button('Pause').click();
    await expect(page.getByTestId('sentence')).toContainText('Paused');
    await button('Resume').click();
    core.state.done = 180;
    core.state.audits = core.state.audits.map((audit) => ({ ...audit, state: 'complete' }));
    core.emit('audit.changed', { auditId: AUDIT_ID });
    await button('See the evidence').click();
    await expect(page.getByTestId('sentence')).toContainText('student-10: report-grade');

    await page.getByRole('link', { name: 'Report', exact: true }).click();
    await page.getByLabel('Laboratory').fill('Harbour Laboratory');
    await button('Export bundle').click();
    await expect(page.getByTestId('verdict')).toContainText('The bundle is verified');
    core.state.bundleOk = false;
    await button('Verify bundle of First look').click();
    await expect(page.getByTestId('verdict')).toContainText(
      'The bundle is refused: 1 check failed',
    );
    await app.axe();
    expect(app.problems).toEqual([]);
  } finally {
    await app.close();
  }
});
