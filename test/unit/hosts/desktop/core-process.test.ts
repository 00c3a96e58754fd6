import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRelayClient, type RelayClient } from '../../../../electron/hosts/desktop/relay.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');

/** Electron gives a utility process `process.parentPort`; here Node's own channel to the parent stands in for it. */
const PARENT_PORT = `
process.parentPort = {
  postMessage: (message) => process.send(message),
  on: (_event, listener) => process.on('message', (data) => listener({ data })),
};`;

let folder: string;
let child: ChildProcess;
let relay: RelayClient;
let exit: Promise<number | null>;
const seen: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trapstreet-core-process-'));
  const options = JSON.stringify({
    workspace: join(folder, 'workspace'),
    resources: join(ROOT, 'resources'),
    version: '0.0.0',
    verbose: false,
  });
  child = fork(join(ROOT, 'electron/hosts/desktop/core-process.ts'), [`--core=${options}`], {
    execArgv: ['--import', `data:text/javascript,${encodeURIComponent(PARENT_PORT)}`],
  });
  exit = new Promise((done) => child.on('exit', (code) => done(code)));
  seen.length = 0;
  relay = createRelayClient(
    {
      postMessage: (message) => void child.send(message as object),
      onMessage: (listener) => void child.on('message', listener),
    },
    (event, data) => seen.push(`${event} ${data}`),
  );
  void exit.then(() => relay.fail());
});
afterEach(() => {
  child.kill();
  rmSync(folder, { recursive: true });
});

const call = async (name: string, input: unknown) =>
  JSON.parse(await relay.call(name, JSON.stringify(input)));

test('the core in its own process makes, locks and opens a workspace, tells of it, and ends when asked', async () => {
  expect(await call('workspace.status', {})).toMatchObject({
    ok: true,
    data: {
      state: 'absent',
      // What this test starts it with: code from elsewhere.
      hazards: expect.arrayContaining([{ name: 'node --import', refuse: true }]),
    },
  });
  const passphrase = 'correct horse battery';
  expect(await call('workspace.create', { name: 'Desktop', passphrase })).toMatchObject({
    ok: true,
    data: { state: 'unlocked', name: 'Desktop' },
  });
  expect(await call('workspace.lock', {})).toEqual({ ok: true, data: { done: true } });
  expect(await call('canary.list', {})).toMatchObject({
    ok: false,
    error: { code: 'WORKSPACE_LOCKED' },
  });
  expect(await call('workspace.unlock', { passphrase: 'something else' })).toMatchObject({
    ok: false,
    error: { code: 'WRONG_PASSPHRASE' },
  });
  expect(await call('workspace.unlock', { passphrase })).toMatchObject({ ok: true });
  expect(await call('no.such', {})).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
  expect(seen).toContain('workspace.changed {"state":"unlocked"}');
  expect(seen).toContain('workspace.changed {"state":"locked"}');
  await relay.close();
  expect(await exit).toBe(0);
});

test('a core process that is killed leaves no call without an answer', async () => {
  expect(await call('workspace.status', {})).toMatchObject({ ok: true });
  const waiting = call('workspace.create', { name: 'x', passphrase: 'correct horse battery' });
  child.kill('SIGKILL');
  expect(await waiting).toMatchObject({ ok: false, error: { code: 'INTERRUPTED' } });
});
