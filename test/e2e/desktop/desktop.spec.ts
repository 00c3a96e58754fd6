import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { _electron, type ElectronApplication, expect, type Page, test } from '@playwright/test';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The program that Electron's package downloads on its own account; null where it has not. */
function findElectron(): string | null {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const pathFile = join(folder, 'path.txt');
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8') : 'electron';
  const program = join(override ?? join(folder, 'dist'), name);
  return existsSync(program) ? program : null;
}

const program = findElectron();
const isBuilt = existsSync(join(ROOT, 'out/main/main.js'));
const missing = [
  ...(program === null ? ['the Electron program is not installed (npx install-electron)'] : []),
  ...(isBuilt ? [] : ['the app is not built (npm run build)']),
].join(', ');
if (missing !== '') console.warn(`DESKTOP TESTS SKIPPED: ${missing}`);

test.describe('the desktop app', () => {
  test.skip(missing !== '', missing);

  let app: ElectronApplication;
  let page: Page;
  let folder: string;

  test.beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'trapstreet-desktop-'));
    app = await _electron.launch({
      ...(program === null ? {} : { executablePath: program }),
      args: [
        ROOT,
        `--user-data-dir=${join(folder, 'user')}`,
        `--workspace=${join(folder, 'workspace')}`,
        // Where the tests run as root, and nowhere else.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
    page = await app.firstWindow();
    await page.waitForLoadState('load');
  });
  test.afterAll(async () => {
    await app?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('opens its own pages in one window', async () => {
    expect(app.windows()).toHaveLength(1);
    expect(new URL(page.url()).host).toBe('bundle');
    await expect(page).toHaveTitle(/Trapstreet/);
    await expect(page.locator('#root')).not.toBeEmpty();
  });

  test('reaches the core through the one channel', async () => {
    const status = await page.evaluate(() =>
      (
        window as unknown as { trapstreet: { call(n: string, i: unknown): Promise<unknown> } }
      ).trapstreet.call('workspace.status', {}),
    );
    expect(status).toMatchObject({ ok: true, data: { state: 'absent' } });
    const unknown = await page.evaluate(() =>
      (
        window as unknown as { trapstreet: { call(n: string, i: unknown): Promise<unknown> } }
      ).trapstreet.call('no.such', {}),
    );
    expect(unknown).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  });

  test('makes a workspace and shows its screens', async () => {
    const made = await page.evaluate(() =>
      (
        window as unknown as { trapstreet: { call(n: string, i: unknown): Promise<unknown> } }
      ).trapstreet.call('workspace.create', {
        name: 'Desktop',
        passphrase: 'correct horse battery',
      }),
    );
    expect(made).toMatchObject({ ok: true, data: { state: 'unlocked' } });
    for (const name of ['Canaries', 'Targets', 'Audits', 'Reports']) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
      await expect(page).toHaveTitle(`${name} · Trapstreet`);
    }
  });

  test('gives a page nothing of Node or Electron', async () => {
    const kinds = await page.evaluate(() => ({
      require: typeof (globalThis as Record<string, unknown>).require,
      process: typeof (globalThis as Record<string, unknown>).process,
      ipc: typeof (globalThis as Record<string, unknown>).ipcRenderer,
      bridge: Object.keys((globalThis as Record<string, unknown>).trapstreet as object).sort(),
    }));
    expect(kinds).toEqual({
      require: 'undefined',
      process: 'undefined',
      ipc: 'undefined',
      bridge: ['call', 'on'],
    });
  });

  test('has its locks closed where Electron itself says so', async () => {
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
  });

  test('lets nothing out: no request, no window, no navigation, no permission, no script', async () => {
    const results = await page.evaluate(async () => {
      const refused = (url: string) =>
        fetch(url).then(
          () => false,
          () => true,
        );
      const violation = new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => {
          if (event.effectiveDirective === 'img-src') resolve(event.effectiveDirective);
        });
      });
      const image = document.createElement('img');
      image.src = 'https://127.0.0.1:1/x.png';
      const script = document.createElement('script');
      script.append('globalThis.ran = true');
      document.body.append(image, script);
      let markup = 'taken';
      try {
        document.body.insertAdjacentHTML(
          'beforeend',
          '<img src="x" onerror="globalThis.ran = true">',
        );
      } catch {
        markup = 'refused';
      }
      return {
        http: await refused('http://127.0.0.1:1/'),
        file: await refused('file:///etc/hostname'),
        window: window.open('app://bundle/') === null,
        notifications: await Notification.requestPermission(),
        directive: await violation,
        markup,
        ran: 'ran' in globalThis,
      };
    });
    expect(results).toEqual({
      http: true,
      file: true,
      window: true,
      notifications: 'denied',
      directive: 'img-src',
      markup: 'refused',
      ran: false,
    });
    const before = page.url();
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'http://127.0.0.1:1/';
      document.body.append(link);
      link.click();
    });
    // A call that comes back shows that the page is still there.
    expect(await page.evaluate(() => location.href)).toBe(before);
  });

  test('serves its table of files and nothing beside it', async () => {
    const statuses = await page.evaluate(async () => {
      const found: Record<string, number> = {};
      for (const path of ['/index.html', '/nothing', '/%2e%2e/main/main.js', '/..%2fmain/main.js'])
        found[path] = (await fetch(path)).status;
      return found;
    });
    expect(statuses).toEqual({
      '/index.html': 200,
      '/nothing': 404,
      '/%2e%2e/main/main.js': 404,
      '/..%2fmain/main.js': 404,
    });
  });
});
