// Finds a Chromium for the page tests, or installs one: Playwright's own download, else Debian's package when root.
import { spawnSync } from 'node:child_process';
import { findBrowser } from './browser.ts';

const INSTALL_LIMIT_MS = 600_000;

const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: INSTALL_LIMIT_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

function install(): void {
  process.stdout.write('No Chromium is installed; trying Playwright’s download.\n');
  run(process.execPath, ['node_modules/@playwright/test/cli.js', 'install', 'chromium']);
  if (findBrowser() !== null || process.platform !== 'linux' || process.getuid?.() !== 0) return;
  process.stdout.write('Trying Debian’s package.\n');
  if (run('apt-get', ['update']))
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
}

if (findBrowser() === null) install();
const found = findBrowser();

if (found === null) {
  process.stderr.write(
    'The page tests need Chromium or Chrome and none could be installed. Install one (on Debian: apt-get install chromium), or set CHROMIUM_PATH to its executable, and run npm test again.\n',
  );
  process.exit(1);
}
process.stdout.write(`Browser: ${found}\n`);
