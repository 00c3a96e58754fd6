// Runs after `npm ci` in a checkout: builds everything and makes `npx trapstreet` work here.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const launcher = join(root, 'electron/hosts/cli/launcher.mjs');
chmodSync(launcher, 0o755);

if (process.platform !== 'win32') {
  const bin = join(root, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  rmSync(join(bin, 'trapstreet'), { force: true });
  symlinkSync('../../electron/hosts/cli/launcher.mjs', join(bin, 'trapstreet'));
}

const built = spawnSync('npm', ['run', '-s', 'build'], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
  shell: process.platform === 'win32',
});
process.exit(built.status ?? 1);
