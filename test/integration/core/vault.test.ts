import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyFile } from '#core/security/key-file.ts';
import { auditHalted, planText, startAudit } from '../../helpers/audit.ts';
import { type Bench, newBench, SMALL } from '../../helpers/bench.ts';
import { memoryKeychain } from '../../helpers/keychain.ts';
import {
  coreOn,
  failureOf,
  newWorkspace,
  type OpenCore,
  openWorkspace,
  PASSPHRASE,
  removeTempFolders,
} from '../../helpers/workspace.ts';

const OTHER = 'another passphrase of some words';
const keychain = memoryKeychain();
let core: OpenCore;

const keyFile = (): KeyFile => JSON.parse(readFileSync(core.keysFile, 'utf8')) as KeyFile;
const typesOf = (): string[] => keyFile().slots.map(({ type }) => type);
const locked = async (): Promise<void> => {
  await core.client.call('workspace.lock', {});
  expect(existsSync(`${core.database}-wal`)).toBe(false);
};
const lastEvent = async () =>
  (await core.client.call('custody.list', { limit: 1 })).events[0] ?? { kind: '', data: {} };

beforeAll(async () => {
  core = await newWorkspace({ ports: { keychain } });
});
afterAll(async () => {
  await core.close();
  removeTempFolders();
});

describe('a recovery code', () => {
  let code = '';

  it('is shown once, to whoever has the passphrase, and stands in no file', async () => {
    expect(await failureOf(core, 'vault.createRecovery', { passphrase: OTHER })).toMatchObject({
      code: 'WRONG_PASSPHRASE',
    });
    code = (await core.client.call('vault.createRecovery', { passphrase: PASSPHRASE })).code;
    expect(code).toMatch(/^([0-9A-Z]{5}-){12}[0-9A-Z]{5}$/);
    expect(await lastEvent()).toMatchObject({ kind: 'recovery.created', data: {} });
    expect((await core.client.call('vault.status', {})).recovery).not.toBeNull();
    expect(readFileSync(core.keysFile, 'utf8')).not.toContain(code.slice(0, 5));
    expect(statSync(core.keysFile).mode & 0o777).toBe(0o600);
  });

  it('opens the workspace, and names a typing error before it is tried', async () => {
    await locked();
    const typo = code.replace(/.$/, (last) => (last === '0' ? '2' : '0'));
    const failed = await failureOf(core, 'vault.unlockWithRecovery', { code: typo });
    expect(failed).toMatchObject({ code: 'BAD_INPUT' });
    expect(failed.message).toMatch(/Group 13 has a typing error/);
    const status = await core.client.call('vault.unlockWithRecovery', { code: code.toLowerCase() });
    expect(status.state).toBe('unlocked');
  });

  it('lets a forgotten passphrase be replaced', async () => {
    await core.client.call('vault.changePassphrase', { code, newPassphrase: OTHER });
    await locked();
    const old = await failureOf(core, 'workspace.unlock', { passphrase: PASSPHRASE });
    expect(old.code).toBe('WRONG_PASSPHRASE');
    await core.client.call('workspace.unlock', { passphrase: OTHER });
    await core.client.call('vault.changePassphrase', {
      passphrase: OTHER,
      newPassphrase: PASSPHRASE,
    });
  });

  it('is worthless once it is renewed or revoked', async () => {
    const { code: next } = await core.client.call('vault.createRecovery', {
      passphrase: PASSPHRASE,
    });
    expect(typesOf().filter((type) => type === 'recovery')).toHaveLength(1);
    await locked();
    const former = await failureOf(core, 'vault.unlockWithRecovery', { code });
    expect(former).toMatchObject({ code: 'WRONG_PASSPHRASE' });
    await core.client.call('vault.unlockWithRecovery', { code: next });
    await core.client.call('vault.revokeRecovery', {});
    expect((await failureOf(core, 'vault.revokeRecovery', {})).code).toBe('NOT_FOUND');
    await locked();
    expect((await failureOf(core, 'vault.unlockWithRecovery', { code: next })).code).toBe(
      'WRONG_PASSPHRASE',
    );
    await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
  });
});

describe('a passphrase', () => {
  it('is changed by rewrapping 32 bytes: the former slot is gone, every cell stays', async () => {
    await core.client.call('secret.set', { name: 'kept', value: 'k-0123456789' });
    const before = readFileSync(core.database);
    const former = keyFile().slots.find(({ type }) => type === 'passphrase')?.wrapped ?? '';
    await core.client.call('vault.changePassphrase', {
      passphrase: PASSPHRASE,
      newPassphrase: OTHER,
    });
    expect(typesOf()).toEqual(['passphrase']);
    expect(readFileSync(core.keysFile, 'utf8')).not.toContain(former);
    expect(keyFile().keyId).toBe(1);
    expect(before.length).toBeGreaterThan(0);
    await core.client.call('vault.changePassphrase', {
      passphrase: OTHER,
      newPassphrase: PASSPHRASE,
    });
  });

  it('is refused when it is short or not shown, and says which, never what', async () => {
    const change = (input: object) => failureOf(core, 'vault.changePassphrase', input);
    const short = await change({ passphrase: PASSPHRASE, newPassphrase: 'elevenchars' });
    expect(short).toMatchObject({ code: 'BAD_INPUT' });
    expect(short.message).toMatch(/at least 12 characters; this has 11/);
    expect((await change({ passphrase: OTHER, newPassphrase: OTHER })).code).toBe(
      'WRONG_PASSPHRASE',
    );
    expect((await change({ newPassphrase: OTHER })).code).toBe('BAD_INPUT');
    expect(typesOf()).toEqual(['passphrase']);
  });

  it('file that was damaged is refused, and a leftover of a cut-off write is no obstacle', async () => {
    await locked();
    const whole = readFileSync(core.keysFile);
    writeFileSync(core.keysFile, whole.subarray(0, whole.length / 2));
    expect((await failureOf(core, 'workspace.unlock', { passphrase: PASSPHRASE })).code).toBe(
      'INTEGRITY',
    );
    writeFileSync(core.keysFile, whole);
    writeFileSync(`${core.keysFile}.writing`, whole.subarray(0, 10));
    await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
    await core.client.call('vault.changePassphrase', {
      passphrase: PASSPHRASE,
      newPassphrase: PASSPHRASE,
    });
    expect(existsSync(`${core.keysFile}.writing`)).toBe(false);
  });
});

describe('the keychain', () => {
  it('opens nothing until it is enabled', async () => {
    await locked();
    expect((await failureOf(core, 'vault.unlockWithKeychain', {})).code).toBe('NOT_FOUND');
    await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
  });

  it('holds a key of its own, not the passphrase nor the data key, and opens when asked', async () => {
    const enabled = await core.client.call('vault.enableKeychain', { passphrase: PASSPHRASE });
    expect(enabled.backend).toBe('memory');
    expect([...keychain.entries.values()].map((secret) => secret.length)).toEqual([32]);
    await locked();
    expect((await core.client.call('vault.unlockWithKeychain', {})).state).toBe('unlocked');
    // Enabling it again leaves one slot and one entry.
    await core.client.call('vault.enableKeychain', { passphrase: PASSPHRASE });
    expect(keychain.entries.size).toBe(1);
    expect(typesOf().filter((type) => type === 'keychain')).toHaveLength(1);
  });

  it('that became another one, went away, or lost the entry is told by name; the passphrase opens', async () => {
    await locked();
    const tell = () => failureOf(core, 'vault.unlockWithKeychain', {});
    keychain.name = 'kwallet6';
    const changed = await tell();
    expect(changed.code).toBe('KEYCHAIN_CHANGED');
    expect(changed.message).toMatch(/enabled with memory; here it is kwallet6/);
    keychain.name = null;
    expect((await tell()).code).toBe('KEYCHAIN_UNAVAILABLE');
    keychain.name = 'memory';
    const [[account, secret] = ['', new Uint8Array()]] = keychain.entries;
    keychain.entries.clear();
    expect((await tell()).message).toMatch(/is gone from memory/);
    keychain.entries.set(
      account,
      secret.map((byte) => byte ^ 1),
    );
    expect((await tell()).code).toBe('WRONG_PASSPHRASE');
    keychain.entries.set(account, secret);
    await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
  });

  it('opens nothing once it is disabled', async () => {
    await core.client.call('vault.disableKeychain', {});
    expect(keychain.entries.size).toBe(0);
    expect(typesOf()).toEqual(['passphrase']);
    expect((await failureOf(core, 'vault.disableKeychain', {})).code).toBe('NOT_FOUND');
  });
});

describe('auto-lock', () => {
  it('locks a host that stays when nobody did anything; reading by itself is nobody', async () => {
    let aheadMs = 0;
    const clock = {
      nowMs: () => Date.now() + aheadMs,
      monotonicNs: () => process.hrtime.bigint(),
    };
    await locked();
    const app = await openWorkspace(core.folder, { host: 'loopback', ports: { clock } });
    await app.client.call('vault.setAutoLock', { minutes: 5 });
    expect(await app.client.call('vault.status', {})).toMatchObject({
      autoLockMinutes: 5,
      locksWhenIdle: true,
    });
    const gone = new Promise<void>((resolve) => {
      const off = app.client.on('workspace.changed', ({ state }) => {
        if (state !== 'locked') return;
        off();
        resolve();
      });
    });
    // Four minutes, a sign of life, four minutes: not yet. Then six more in which screens read on.
    aheadMs += 4 * 60_000;
    await app.client.call('vault.touch', {});
    aheadMs += 4 * 60_000;
    await app.client.call('secret.list', {});
    aheadMs += 2 * 60_000;
    await gone;
    expect((await failureOf(app, 'secret.list', {})).code).toBe('WORKSPACE_LOCKED');
    expect(existsSync(`${core.database}-wal`)).toBe(false);
    await app.close();
    await core.client.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect((await core.client.call('vault.status', {})).locksWhenIdle).toBe(false);
    expect((await core.client.call('vault.status', {})).autoLockMinutes).toBe(5);
  });
});

describe('a status', () => {
  it('is told without a key, of a locked and of an absent workspace', async () => {
    await core.client.call('workspace.lock', {});
    expect(await core.client.call('vault.status', {})).toMatchObject({
      state: 'locked',
      keyId: null,
      autoLockMinutes: null,
      keychain: { available: true, about: 'memory' },
    });
    const absent = coreOn(`${core.folder}-none`);
    expect((await absent.client.call('vault.status', {})).state).toBe('absent');
    await absent.close();
  });
});

describe('a lock during an audit', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await newBench();
  });
  afterAll(() => bench.close());

  it('answers nobody at once, lets the run finish, and drops the key at its end', async () => {
    const number = await bench.registry(8);
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = await bench.serve(async () => {
      await held;
      return 'no';
    });
    const plan = planText({ panel: SMALL, registries: [{ number }], rule: 'fixed' });
    const auditId = await startAudit(bench.core.client, plan);
    await server.seen(1);
    const { client } = bench.core;
    expect((await failureOf(bench.core, 'vault.rotate', { passphrase: PASSPHRASE })).code).toBe(
      'CONFLICT',
    );
    await client.call('workspace.lock', {});
    expect(await client.call('workspace.status', {})).toMatchObject({
      state: 'locked',
      name: null,
      running: [auditId],
    });
    expect((await client.call('vault.status', {})).heldByRun).toBe(true);
    for (const method of ['audit.list', 'secret.list', 'activity.list', 'stats.run'] as const)
      expect((await failureOf(bench.core, method, {})).code).toBe('WORKSPACE_LOCKED');
    expect((await failureOf(bench.core, 'workspace.unlock', { passphrase: OTHER })).code).toBe(
      'WRONG_PASSPHRASE',
    );
    // Whoever has the passphrase looks in again, and leaves.
    await client.call('workspace.unlock', { passphrase: PASSPHRASE });
    expect((await client.call('audit.get', { auditId })).audit.state).toBe('running');
    await client.call('workspace.lock', {});
    expect(existsSync(`${bench.core.database}-wal`)).toBe(true);
    const ended = new Promise<void>((resolve) => {
      const off = client.on('workspace.changed', () => {
        off();
        resolve();
      });
    });
    release();
    await ended;
    expect(existsSync(`${bench.core.database}-wal`)).toBe(false);
    await client.call('workspace.unlock', { passphrase: PASSPHRASE });
    const { audit, requestsDone } = await auditHalted(client, auditId);
    expect(audit.state).toBe('complete');
    expect(requestsDone).toBe(server.log.length);
    expect(requestsDone).toBe(16);
    expect((await client.call('activity.list', {})).total).toBeGreaterThanOrEqual(16);
    await bench.expectVerified(auditId);
  }, 60_000);
});
