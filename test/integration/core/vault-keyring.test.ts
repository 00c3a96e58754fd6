import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemKeychain } from '#core/security/system-keychain.ts';
import { PASSPHRASE, ROOT } from '../../helpers/workspace.ts';

const has = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const missing = ['gnome-keyring-daemon', 'dbus-run-session'].filter((program) => !has(program));
if (missing.length > 0)
  console.warn(
    `SKIPPED: the keychain against a real gnome-keyring; not here: ${missing.join(', ')}.`,
  );

const home = mkdtempSync(join(tmpdir(), 'trapstreet-keyring-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe.skipIf(missing.length > 0)('the Secret Service of a real gnome-keyring', () => {
  it('lets the workspace be unlocked by the command line, and falls back to the passphrase when it is gone', () => {
    const script = `
set -e
printf 'login' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
W=${home}/workspace
T="${process.execPath} ${ROOT}/electron/hosts/trapstreet.ts --workspace $W"
$T workspace create >/dev/null
$T vault keychain enable
PASS=$TRAPSTREET_PASSPHRASE; unset TRAPSTREET_PASSPHRASE
$T secret list --keychain --json
TRAPSTREET_PASSPHRASE=$PASS $T vault rotate --json
$T secret list --keychain --json
$T vault keychain disable --keychain
TRAPSTREET_PASSPHRASE=$PASS $T secret list --keychain --json
`;
    const ran = spawnSync('dbus-run-session', ['--', 'bash', '-c', script], {
      encoding: 'utf8',
      timeout: 90_000,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: home,
        XDG_DATA_HOME: join(home, 'data'),
        XDG_RUNTIME_DIR: home,
        TRAPSTREET_PASSPHRASE: PASSPHRASE,
      },
    });
    expect(ran.stderr).toContain(
      'The keychain is not enabled for this workspace. Use the passphrase.',
    );
    expect([ran.status, ran.stdout.match(/"secrets"/g)?.length]).toEqual([0, 3]);
    expect(ran.stdout).toContain('secret-service opens the workspace');
    expect(ran.stdout.replaceAll(' ', '')).toContain('"keychain":"renewed"');
    // The store was the one it is pinned to: a keyring file was made.
    const rings = readdirSync(join(home, 'data/keyrings'));
    expect(rings.some((name) => name.endsWith('.keyring'))).toBe(true);
    for (const name of rings)
      expect(readFileSync(join(home, 'data/keyrings', name)).includes(PASSPHRASE)).toBe(false);
  }, 100_000);
});

describe('without a session bus', () => {
  it('the keychain says so instead of using a store that forgets', async () => {
    const before = process.env.DBUS_SESSION_BUS_ADDRESS;
    process.env.DBUS_SESSION_BUS_ADDRESS = `unix:path=${home}/nobody`;
    try {
      const keychain = systemKeychain('linux');
      const failed = keychain.store('6f7a1f39-6f9a-4c2b-8a53-3c1f8f8d9b51', new Uint8Array(32));
      await expect(failed).rejects.toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
    } finally {
      if (before === undefined) delete process.env.DBUS_SESSION_BUS_ADDRESS;
      else process.env.DBUS_SESSION_BUS_ADDRESS = before;
    }
  });

  it('on a system without a known keychain there is none', async () => {
    expect(await systemKeychain('sunos').backend()).toMatchObject({ ok: false });
  });
});
