import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Core, createCore } from '#core/compose.ts';
import { nodePorts } from '../../../electron/hosts/common/node-ports.ts';
import { type Loopback, startLoopback } from '../../../electron/hosts/loopback/server.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
let folder: string;
let core: Core;
let server: Loopback;
let call: (name: string, input: unknown) => Promise<{ status: number; body: unknown }>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trapstreet-loopback-core-'));
  mkdirSync(join(folder, 'pages'));
  writeFileSync(join(folder, 'pages', 'index.html'), '<!doctype html>');
  core = createCore(
    nodePorts({
      workspace: join(folder, 'workspace'),
      resources: join(ROOT, 'resources'),
      host: 'loopback',
      version: '0.0.0',
    }),
  );
  server = await startLoopback({ core, rendererDir: join(folder, 'pages') });
  const opened = await fetch(server.url, { redirect: 'manual' });
  const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { origin } = server;
  const session = await fetch(`${origin}/session`, { headers: { cookie, origin } });
  const { csrf } = (await session.json()) as { csrf: string };
  call = async (name, input) => {
    const answer = await fetch(`${origin}/rpc/${name}`, {
      method: 'POST',
      headers: { cookie, origin, 'content-type': 'application/json', 'x-trapstreet-csrf': csrf },
      body: JSON.stringify(input),
    });
    return { status: answer.status, body: await answer.json() };
  };
});
afterAll(async () => {
  await server.close();
  await core.close();
  rmSync(folder, { recursive: true });
});

test('the real core answers through browser mode, each failure with its status', async () => {
  expect(await call('workspace.status', {})).toMatchObject({
    status: 200,
    body: { ok: true, data: { state: 'absent' } },
  });
  expect(await call('canary.list', {})).toMatchObject({ body: { ok: false } });
  const passphrase = 'correct horse battery';
  expect(await call('workspace.create', { name: 'Browser', passphrase })).toMatchObject({
    status: 200,
    body: { ok: true, data: { state: 'unlocked' } },
  });
  expect(await call('workspace.create', { name: 'Browser', passphrase })).toMatchObject({
    status: 409,
    body: { ok: false, error: { code: 'WORKSPACE_EXISTS' } },
  });
  expect(await call('workspace.lock', {})).toMatchObject({ status: 200 });
  expect(await call('target.list', {})).toMatchObject({
    status: 423,
    body: { ok: false, error: { code: 'WORKSPACE_LOCKED' } },
  });
  expect(await call('workspace.unlock', { passphrase: 'something else' })).toMatchObject({
    status: 403,
    body: { ok: false, error: { code: 'WRONG_PASSPHRASE' } },
  });
  expect(await call('workspace.unlock', { passphrase: 1 })).toMatchObject({ status: 400 });
  expect(await call('no.such', {})).toMatchObject({ status: 404 });
});

test('what browser mode may not do is refused, a path of this machine for one', async () => {
  expect(await call('bundle.verify', { path: '/etc' })).toMatchObject({
    status: 403,
    body: { ok: false, error: { code: 'NOT_AVAILABLE_HERE' } },
  });
  expect(await call('lab.start', {})).toMatchObject({ status: 403 });
});
