import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { createCore } from '#core/compose.ts';
import { VERSION } from '#shared/util/version.ts';
import { nodePorts } from '../../../electron/hosts/common/node-ports.ts';
import { startLoopback } from '../../../electron/hosts/loopback/server.ts';
import { QUICKNET_ROUNDS, relayAnswer } from '../../helpers/drand-rounds.ts';

const root = resolve(import.meta.dirname, '../../..');
const GENESIS_MS = Date.parse('2023-08-23T15:09:27.000Z');

test('a registry from templates, with an announced round, a kit and a ledger, all from the screens', async ({
  browser,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-pages-'));
  const ports = nodePorts({
    workspace: join(folder, 'workspace'),
    resources: join(root, 'resources'),
    host: 'loopback',
    version: VERSION,
  });
  // The first rounds of quicknet are real, so the workspace lives on the day they were published.
  let nowMs = GENESIS_MS - 599_000;
  const core = createCore({ ...ports, clock: { ...ports.clock, nowMs: () => nowMs } });
  const loopback = await startLoopback({ core, rendererDir: join(root, 'out/renderer') });
  const page = await (await browser.newContext()).newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const dialog = page.getByRole('dialog');
  try {
    await core.client.call('workspace.create', {
      name: 'Pages',
      passphrase: 'correct horse battery',
    });
    // The day goes by in one step below.
    await core.client.call('vault.setAutoLock', { minutes: 60 });
    await page.goto(loopback.url);
    await page.goto(`${page.url().split('#')[0]}#/canaries/list`);
    await button('From a template').click({ timeout: 30_000 });
    await dialog.getByLabel(/^tie-breaks/).check();
    await dialog.getByLabel('How many').fill('6');
    await dialog.getByLabel('Candidates of each (N)').fill('256');
    await dialog.getByLabel('Cohorts').fill('spring, web');
    await dialog.getByRole('button', { name: 'Write 6 drafts' }).click();
    await button('Check drafts').click();
    await expect(dialog.getByText('in 6 drafts')).toBeVisible();
    await expect(dialog.getByText('No errors')).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    await button('Commit registry').first().click();
    await dialog.getByLabel('drand quicknet').check();
    await dialog.getByRole('button', { name: 'Commit 6 canaries' }).click();
    await expect(page.getByText(/announced: quicknet round 2[,.]?/)).toBeVisible();
    await button('Draw registry 1').first().click();
    await expect(dialog.getByText('Only that round can be used.')).toBeVisible();
    await dialog.getByLabel('Signed round, pasted').check();
    const answer = dialog.getByLabel('Round, as a relay answers it');
    await answer.fill(relayAnswer(QUICKNET_ROUNDS[0]));
    nowMs = GENESIS_MS + 60_000;
    await dialog.getByRole('button', { name: 'Draw with this round' }).click();
    await expect(dialog.getByText(/announced round 2 of quicknet, not round 1/)).toBeVisible();
    await answer.fill(relayAnswer(QUICKNET_ROUNDS[1]));
    await dialog.getByRole('button', { name: 'Draw with this round' }).click();
    await expect(page.getByText('drand quicknet round 2, signature verified')).toBeVisible();

    await button('Exposure').click();
    const { items } = await core.client.call('canary.list', { registry: 1 });
    const served = items.find(({ use }) => use === 'served');
    const ledger = `canary,cohort,served,first,last\n${served?.id},${served?.cohort},40,2023-08-23,2023-08-23\n`;
    await dialog
      .getByLabel('Ledger file')
      .setInputFiles({ name: 'ledger.csv', mimeType: 'text/csv', buffer: Buffer.from(ledger) });
    await expect(dialog.getByRole('table', { name: 'Exposure by cohort' })).toContainText('40');
    await dialog.getByRole('button', { name: 'Close' }).last().click();

    await button('Planting kit').click();
    await dialog.getByLabel('CSV').check();
    await dialog.getByLabel('For whom').selectOption(served?.cohort ?? '');
    await dialog.getByLabel('Planted from').fill('2023-08-24');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Download planting kit' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('planting-kit-1.csv');
    expect(problems).toEqual([]);
  } finally {
    await page.close();
    await loopback.close();
    await core.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
