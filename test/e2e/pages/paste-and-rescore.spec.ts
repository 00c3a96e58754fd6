import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startLoopback } from '../../../electron/hosts/loopback/server.ts';
import { addTargets, auditHalted, type Member, planText, startAudit } from '../../helpers/audit.ts';
import { addRegistry, drawnCanaries } from '../../helpers/canaries.ts';
import { chatServer } from '../../helpers/chat-server.ts';
import { newWorkspace, ROOT, removeTempFolders } from '../../helpers/workspace.ts';
import { openRealPage } from './real-page.ts';

const PANEL: readonly Member[] = [
  { name: 'window', role: 'suspect', draft: { format: 'paste' } },
  { name: 'control-1', role: 'control' },
];

test('a person carries prompts, adjudicates a sample and scores again, against the real core', async ({
  browser,
}) => {
  const core = await newWorkspace({ host: 'loopback' });
  const server = await chatServer(() => 'no idea');
  const loopback = await startLoopback({ core, rendererDir: join(ROOT, 'out/renderer') });
  const { context, page, problems, shot, button } = await openRealPage(browser, 'paste', {
    viewport: { width: 1024, height: 700 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  try {
    const { client } = core;
    await addTargets(client, server.baseUrl, PANEL);
    const number = await addRegistry(client, drawnCanaries('P', 2), { heldOut: 0 });
    const auditId = await startAudit(
      client,
      planText({ panel: PANEL, registries: [{ number }], rule: 'fixed' }),
    );
    await auditHalted(client, auditId);
    await page.goto(loopback.url);
    await page.goto(`${page.url().split('#')[0]}#/audits/${auditId}`);

    // The prompt is out only once it is taken, and hidden until it is held or copied.
    await expect(page.getByTestId('sentence')).toContainText('Waiting for you: 1 answer');
    await shot('waits');
    await button('Take 1 prompt').click();
    const asked = server.log[0]?.prompt ?? '';
    expect(asked).not.toBe('');
    await expect(page.locator('main')).not.toContainText(asked);
    await button('Copy prompt').click();
    await expect(button('Copied')).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(asked);
    await button('Hold to reveal').focus();
    await page.keyboard.down('Space');
    await expect(page.getByTestId('paste-prompt')).toContainText(asked);
    await page.keyboard.up('Space');
    await shot('taken');
    await button('Store answer').click();
    await expect(page.getByText(/Store again to say that nothing came back/)).toBeVisible();
    await page.getByLabel('Answer of window').fill('I do not know that one.');
    await button('Store answer').click();
    // The next canary waits anew.
    await expect(button('Take 1 prompt')).toBeVisible();
    await button('Take 1 prompt').click();
    await page.getByLabel('Answer of window').fill('Nor that.');
    await button('Store answer').click();
    await button('See the evidence').click();

    const scorers = page.getByRole('heading', { name: 'Other scorers (exploratory)' });
    await scorers.scrollIntoViewIfNeeded();
    await expect(page.getByTestId('rescore-preview')).toContainText('4 stored answers to 2 opened');
    await page.getByLabel('Scorer').selectOption('judge');
    await page.getByLabel('Endpoint').selectOption('control-1');
    await expect(page.getByTestId('rescore-preview')).toContainText(`to ${server.host} in`);
    await expect(button('Score again')).toBeDisabled();
    await shot('consent');
    const sent = server.log.length;
    await page.getByLabel('Scorer').selectOption('chrf-v1');
    await button('Score again').click();
    const result = page.getByRole('article', { name: 'Result of chrf-v1' });
    await expect(result).toContainText('no evidence');
    await expect(result.getByRole('table')).toContainText('window');
    expect(server.log).toHaveLength(sent);
    await shot('rescored');

    const { columns } = await client.call('audit.matrix', { auditId });
    await page.goto(
      `${page.url().split('#')[0]}#/audits/${auditId}/sample/window/${columns[0]?.canaryId}`,
    );
    await button('Add adjudication').click();
    await expect(page.getByText('Give a reason of three characters or more.')).toBeVisible();
    await page.getByLabel('The score is wrong').check();
    await page.getByLabel('Reason').fill('The answer was cut when I copied it.');
    await button('Add adjudication').click();
    const said = page.getByRole('list', { name: 'Adjudications' });
    await expect(said).toContainText('Disputes the score');
    await expect(said).toContainText('The answer was cut when I copied it.');
    await shot('adjudicated');
    expect(problems).toEqual([]);
  } finally {
    await context.close();
    await loopback.close();
    await core.close();
    await server.close();
    removeTempFolders();
  }
});
