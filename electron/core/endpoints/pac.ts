import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ExchangeFailure } from './failure.ts';
import type { PacAnswer, PacJob } from './pac-worker.ts';
import { settle } from './settle.ts';
import type { Resolver } from './types.ts';

/** What a script may cost: it is configuration, but it was written by somebody else. */
const RUN_MS = 250;
/** What the interpreter cannot interrupt is ended with its thread. */
const HARD_MS = 1_000;
const MEMORY_BYTES = 16 * 1024 * 1024;
const THREAD_MEMORY_MB = 64;
const MOST_NAMES = 16;
const LOOKUP_MS = 2_000;

/** Beside this file in the sources; in the built app an entry of its own, while this file may lie in a chunk below it. */
function workerFile(): URL {
  const places = ['./pac-worker.ts', './pac-worker.js', '../pac-worker.js'];
  const found = places
    .map((place) => new URL(place, import.meta.url))
    .find((url) => existsSync(url));
  if (!found) throw failed('cannot be run by this build');
  return found;
}

const failed = (why: string) =>
  new ExchangeFailure('PROXY_FAILED', `the proxy configuration script ${why}`);

/** A thread that has loaded the interpreter and waits; one is kept. */
let idle: Worker | null = null;

async function takeThread(signal: AbortSignal): Promise<Worker> {
  const kept = idle;
  idle = null;
  if (kept !== null) return kept;
  const thread = new Worker(workerFile(), {
    resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY_MB },
    // It needs nothing of ours: no variables, no arguments.
    env: {},
    argv: [],
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  try {
    await answerOf(thread, signal);
    return thread;
  } catch (error) {
    void thread.terminate();
    throw error;
  }
}

/** The next message of a thread. Rejects when the thread fails, or with the reason of the signal. */
function answerOf(thread: Worker, signal: AbortSignal): Promise<PacAnswer> {
  return settle<PacAnswer>(signal, (done, fail) => {
    const onFailed = () => fail(failed('failed'));
    thread.once('error', onFailed);
    thread.once('exit', onFailed);
    thread.once('message', (answer: PacAnswer) => {
      thread.off('error', onFailed);
      thread.off('exit', onFailed);
      done(answer);
    });
  });
}

async function ask(thread: Worker, job: PacJob, signal: AbortSignal): Promise<PacAnswer> {
  const timer = new AbortController();
  const late = setTimeout(() => timer.abort(failed('took too long')), HARD_MS);
  try {
    const answer = answerOf(thread, AbortSignal.any([signal, timer.signal]));
    thread.postMessage(job);
    return await answer;
  } finally {
    clearTimeout(late);
  }
}

/**
 * Runs a proxy auto-configuration script for an origin and returns its list. The script runs in an interpreter of its own
 * (WebAssembly) that has no network and no files, in a thread that is ended when its time is up. Names it asks about are
 * looked up by us, at most 16, and then it runs again with the answers, so that nothing of it waits or runs later.
 * Errors: PROXY_FAILED, or the reason of `signal`.
 */
export async function runPac(
  script: string,
  url: URL,
  { resolve, signal }: { readonly resolve: Resolver; readonly signal: AbortSignal },
): Promise<string> {
  const thread = await takeThread(signal);
  thread.ref();
  try {
    const list = await rounds(thread, script, url, { resolve, signal });
    if (idle === null) {
      idle = thread;
      // A waiting thread keeps no process alive.
      thread.unref();
    } else void thread.terminate();
    return list;
  } catch (error) {
    void thread.terminate();
    throw error;
  }
}

async function rounds(
  thread: Worker,
  script: string,
  url: URL,
  { resolve, signal }: { readonly resolve: Resolver; readonly signal: AbortSignal },
): Promise<string> {
  const known = new Map<string, string | null>();
  for (;;) {
    const answer = await ask(
      thread,
      {
        script,
        url: `${url.protocol}//${url.host}/`,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        known,
        runMs: RUN_MS,
        memoryBytes: MEMORY_BYTES,
      },
      signal,
    );
    if (answer.kind !== 'result') throw failed('failed');
    const { wanted, result } = answer;
    if (wanted.length === 0 && typeof result === 'string') return result;
    if (wanted.length === 0) throw failed('returned no list');
    if (known.size + wanted.length > MOST_NAMES) throw failed('asks for too many names');
    const found = await Promise.all(
      wanted.map(async (name) => [name, await lookUp(name, resolve)] as const),
    );
    for (const [name, address] of found) known.set(name, address);
  }
}

async function lookUp(name: string, resolve: Resolver): Promise<string | null> {
  let late: NodeJS.Timeout | undefined;
  try {
    const found = await Promise.race([
      resolve(name),
      new Promise<[]>((done) => {
        late = setTimeout(() => done([]), LOOKUP_MS);
      }),
    ]);
    return found.find(({ family }) => family === 4)?.address ?? null;
  } catch {
    return null;
  } finally {
    clearTimeout(late);
  }
}
