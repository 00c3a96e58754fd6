import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Core, createCore } from '#core/compose.ts';
import { VERSION } from '#shared/util/version.ts';
import { nodePorts } from '../../../electron/hosts/common/node-ports.ts';
import { startLoopback } from '../../../electron/hosts/loopback/server.ts';
import { type ChatServer, chatServer } from '../../helpers/chat-server.ts';

const root = resolve(import.meta.dirname, '../../..');
const TEXTS = ['The sea is wide. It is blue.', 'Waves come in. They go out.'];

let folder: string;
let core: Core;
let server: ChatServer;
let context: BrowserContext;
let loopback: Awaited<ReturnType<typeof startLoopback>>;

test.describe.configure({ mode: 'serial' });
test.beforeAll(async ({ browser }) => {
  let count = 0;
  server = await chatServer(({ raw }) => {
    const body = JSON.parse(raw) as { max_tokens?: number; logprobs?: boolean };
    if (body.logprobs) return { status: 400, body: '{"error":{"message":"no"}}' };
    if (body.max_tokens === 1) return { text: 'The', finish: 'length' };
    return { text: TEXTS[count++ % TEXTS.length] ?? '' };
  });
  folder = mkdtempSync(join(tmpdir(), 'trapstreet-targets-'));
  core = createCore(
    nodePorts({
      workspace: join(folder, 'workspace'),
      resources: join(root, 'resources'),
      host: 'loopback',
      version: VERSION,
    }),
  );
  await core.client.call('workspace.create', {
    name: 'Targets',
    passphrase: 'correct horse battery',
  });
  loopback = await startLoopback({ core, rendererDir: join(root, 'out/renderer') });
  context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(10_000);
});
test.afterAll(async () => {
  await context?.close();
  await loopback?.close();
  await core?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const shot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.TRAPSTREET_SHOTS;
  if (folder) await page.screenshot({ path: join(folder, `targets-${name}.png`) });
};
async function axe(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.target)}`)).toEqual([]);
}
const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true });

test('a target from a pasted command: tested, probed, and what became of each parameter', async () => {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    // A target that is refused is answered with 400, which browsers report.
    if (message.type() === 'error' && !message.text().includes('status of 400'))
      problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(loopback.url);
  await page.getByRole('link', { name: 'Targets' }).click();
  await button(page, 'Add target').first().click();

  await button(page, 'Paste a curl command').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Command or request').fill('curl https://x.example -d @body.json');
  await dialog.getByRole('button', { name: 'Read it' }).click();
  await expect(dialog.getByRole('alert')).toContainText('files are not read');
  await dialog
    .getByLabel('Command or request')
    .fill(
      `curl -k ${server.baseUrl}/chat/completions \\\n  -H 'Authorization: Bearer k-page-1' \\\n  -d '{"model":"m-1","messages":[{"role":"user","content":"Hi"}],"max_tokens":40,"user":"lab","stop":"END"}'`,
    );
  await dialog.getByRole('button', { name: 'Read it' }).click();
  await expect(dialog.getByTestId('recognised')).toContainText('OpenAI Chat Completions');
  await expect(dialog.getByTestId('recognised')).toContainText('certificates are always checked');
  await expect(dialog.getByTestId('recognised')).not.toContainText('k-page-1');
  await axe(page);
  await shot(page, 'pasted');
  await dialog.getByRole('button', { name: 'Store key and fill in the form' }).click();

  await expect(page.getByLabel('Max tokens')).toHaveValue('40');
  await expect(page.getByLabel('API key')).toHaveValue('local');
  // Consents are never taken from a command: what is missing stands beside its field.
  await expect(page.getByText('Set allowPrivate: true to consent.')).toBeVisible();
  await expect(page.getByLabel('Exact request')).toContainText('Bearer [key local]');
  await shot(page, 'form');
  await page.getByLabel('Allow a connection without TLS').check();
  await page.getByLabel('Allow this machine and private networks').check();
  await page.getByLabel('Thinking').fill('true');
  await expect(page.getByText(/cannot send thinking/).first()).toBeVisible();
  await page.getByLabel('Thinking').fill('');
  await page.getByLabel('Further fields of the body').fill('{ "user": ');
  await expect(page.getByText('This is not JSON.')).toBeVisible();
  await page.getByLabel('Further fields of the body').fill('{ "temperature": 1 }');
  await expect(page.getByText(/writes temperature itself/).first()).toBeVisible();
  await page.getByLabel('Further fields of the body').fill('{ "user": "lab" }');
  await page.getByLabel('Name', { exact: true }).fill('pasted-1');
  await axe(page);
  await button(page, 'Add target').click();

  await button(page, 'Test call').click();
  await expect(page.getByTestId('test-result')).toContainText('Answered');
  await expect(page.getByTestId('test-result')).toContainText('with the model that was asked, m-1');
  await expect(page.getByTestId('test-result')).toContainText('The connection was not encrypted.');
  expect(server.log.at(-1)?.headers.authorization).toBe('Bearer k-page-1');
  await shot(page, 'tested');

  await page.getByRole('tab', { name: 'Probe' }).click();
  await button(page, 'Probe parameters').click();
  const before = server.log.length;
  await expect(dialog.getByRole('list', { name: 'Calls' }).getByRole('listitem')).toHaveCount(12);
  await axe(page);
  await dialog.getByRole('button', { name: 'Make at most 12 calls' }).click();
  await expect(page.getByTestId('probe-result')).toContainText('different answers');
  // The last of them is for a server that does not find the other delivery.
  expect(server.log.length).toBe(before + 11);
  await expect(page.getByRole('row', { name: /max_tokens/ })).toContainText('Has an effect');
  await expect(page.getByRole('row', { name: /^logprobs/ })).toContainText('Rejected');
  await shot(page, 'probe');
  await axe(page);

  await page.getByRole('tab', { name: 'Parameters' }).click();
  const table = page.getByRole('table', { name: 'Parameters' });
  await expect(table.getByRole('row', { name: /^max_tokens/ })).toContainText('max_tokens: 40');
  await expect(table.getByRole('row', { name: /^stop/ })).toContainText('["END"]');
  await shot(page, 'parameters');
  await axe(page);
  for (const theme of ['dark', 'contrast']) {
    await page.evaluate((value) => {
      document.documentElement.dataset.theme = value;
    }, theme);
    await axe(page);
    await shot(page, `parameters-${theme}`);
  }
  expect(problems).toEqual([]);
  await page.close();
});

test('a preset, a template and the way to the host are filled in by keyboard', async () => {
  const page = await context.newPage();
  await page.goto(`${loopback.origin}/#/targets/new`);
  const start = page.getByLabel('Vendor or format');
  await start.selectOption({ label: 'Preset: Azure OpenAI (v1 API)' });
  await page.getByLabel('Name of the Azure resource').fill('contoso-lab');
  await expect(page.getByLabel('Base URL')).toHaveValue(
    'https://contoso-lab.openai.azure.com/openai/v1',
  );
  await page.getByLabel('Name', { exact: true }).fill('azure-1');
  await page.getByLabel('Model', { exact: true }).fill('deployment-1');
  await page.getByLabel('Max tokens').fill('32');
  await expect(page.getByLabel('Exact request')).toContainText('"max_completion_tokens":32');
  await shot(page, 'preset');
  await axe(page);

  await start.selectOption({ label: 'Template of your own' });
  await page.getByLabel('Base URL').fill('https://api.other.example');
  await page.getByLabel('Body', { exact: true }).fill('{ "q": "{{promt}}" }');
  await expect(page.getByText(/no placeholder \{\{promt\}\}/).first()).toBeVisible();
  await page.getByLabel('Body', { exact: true }).fill('{ "q": "{{prompt}}", "m": "{{model}}" }');
  await page.getByLabel('Max tokens').fill('');
  await expect(page.getByLabel('Exact request')).toContainText('"m":"deployment-1"');
  await shot(page, 'template');

  const summary = page.getByText('Way to the host');
  await summary.focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Proxy', { exact: true }).selectOption('manual');
  await page.getByLabel('Proxy URL').fill('ftp://x');
  await expect(page.getByText('use an http or https URL').first()).toBeVisible();
  await page.getByLabel('Proxy URL').fill('http://proxy.example:3128');
  await page.getByLabel('Pinned certificate').fill('AB:CD');
  await expect(page.getByText('use 64 lower-case hex digits').first()).toBeVisible();
  await page.getByLabel('Pinned certificate').fill('');
  await axe(page);
  await shot(page, 'network');
  await page.getByLabel('Pinned certificate').press('Enter');
  await expect(page.getByRole('complementary', { name: 'Target azure-1' })).toContainText(
    'proxy http://proxy.example:3128',
  );
  const saved = await core.client.call('target.get', { name: 'azure-1' });
  expect(saved.item.target).toMatchObject({
    format: 'custom',
    template: { body: { q: '{{prompt}}', m: '{{model}}' }, read: { text: '$.text' } },
    network: { proxy: { kind: 'manual', url: 'http://proxy.example:3128' } },
  });
  await page.close();
});
