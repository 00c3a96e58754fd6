import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '../../..');
export const PASSPHRASE = 'correct horse battery';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export interface Cli {
  readonly folder: string;
  /** Runs a command line in the folder, with workspace and passphrase in the environment unless `env` says otherwise. */
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  start(args: readonly string[], options?: RunOptions): Running;
  remove(): void;
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

/** Builds the command line as the application is built, and gives it an empty folder to work in. */
export async function builtCli(): Promise<Cli> {
  // Below the project, so that packages are found.
  const cache = join(ROOT, 'node_modules/.cache/trapstreet-cli');
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, 'build-'));
  await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    build: {
      ssr: 'electron/hosts/trapstreet.ts',
      outDir,
      target: 'node22',
      rollupOptions: { output: { format: 'es', entryFileNames: 'cli.js' } },
    },
  });
  const folder = mkdtempSync(join(tmpdir(), 'trapstreet-cli-'));
  const start: Cli['start'] = (args, options = {}) => {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      TRAPSTREET_WORKSPACE: join(folder, 'workspace'),
      TRAPSTREET_PASSPHRASE: PASSPHRASE,
      ...options.env,
    };
    const child = spawn(process.execPath, [join(outDir, 'cli.js'), ...args], { cwd: folder, env });
    child.stdin.end(options.stdin ?? '');
    const parts = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      parts.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      parts.stderr += text;
    });
    const finished = new Promise<Finished>((done, fail) => {
      child.on('error', fail);
      child.on('close', (code) => done({ code, ...parts }));
    });
    return { child, finished };
  };
  return {
    folder,
    start,
    run: (args, options) => start(args, options).finished,
    remove: () => {
      rmSync(outDir, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The one JSON value on standard output; fails when there is anything else. */
export function onlyJson<T>(finished: Finished): T {
  const lines = finished.stdout.split('\n');
  if (lines.length !== 2 || lines[1] !== '')
    throw new Error(`not exactly one line: ${finished.stdout}\n${finished.stderr}`);
  return JSON.parse(lines[0] ?? '') as T;
}
