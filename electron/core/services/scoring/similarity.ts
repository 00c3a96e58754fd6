import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { AppError } from '#shared/contract/errors.ts';
import type { Output, ParsedInput } from '#shared/contract/index.ts';

export interface SimilarityJob {
  readonly outputs: string;
  readonly lineage: string;
  /** Null asks for the whole matrix. */
  readonly suspect: string | null;
}

export type SimilarityMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly message: string };

/** Beside this file in the sources; in the built app an entry of its own, while this file may lie in a chunk below it. */
function workerFile(): URL {
  const places = ['./similarity-worker.ts', './similarity-worker.js', '../similarity-worker.js'];
  const found = places
    .map((place) => new URL(place, import.meta.url))
    .find((url) => existsSync(url));
  if (!found) throw new Error('the similarity worker is not part of this build');
  return found;
}

interface Running {
  readonly worker: Worker;
  done: number;
  total: number;
  isCancelled: boolean;
}

/** Compares models off the main thread, one comparison at a time. Errors: BAD_INPUT, CONFLICT, INTERRUPTED. */
export function createSimilarityService() {
  let running: Running | null = null;

  const run = (job: SimilarityJob): Promise<unknown> => {
    if (running)
      throw new AppError('CONFLICT', 'A comparison is running already. Wait for it, or cancel it.');
    const worker = new Worker(workerFile(), { workerData: job });
    const state: Running = { worker, done: 0, total: 0, isCancelled: false };
    running = state;
    return new Promise<unknown>((resolve, reject) => {
      const end = (finish: () => void): void => {
        if (running === state) running = null;
        finish();
      };
      worker.on('message', (message: SimilarityMessage) => {
        if (message.kind === 'progress') {
          state.done = message.done;
          state.total = message.total;
        } else if (message.kind === 'done') end(() => resolve(message.value));
        else end(() => reject(new AppError('BAD_INPUT', message.message)));
      });
      // What a thread throws may quote the texts: only that it failed is passed on.
      worker.on('error', () => end(() => reject(new Error('the similarity worker failed'))));
      worker.on('exit', () =>
        end(() =>
          reject(
            state.isCancelled
              ? new AppError('INTERRUPTED', 'The comparison was cancelled. Start it again.')
              : new Error('the similarity worker ended without a result'),
          ),
        ),
      );
    });
  };

  const cancel = async (): Promise<boolean> => {
    if (!running) return false;
    running.isCancelled = true;
    await running.worker.terminate();
    return true;
  };

  return {
    matrix: async (input: ParsedInput<'similarity.matrix'>): Promise<Output<'similarity.matrix'>> =>
      (await run({ ...input, suspect: null })) as Output<'similarity.matrix'>,
    teachers: async (
      input: ParsedInput<'similarity.teachers'>,
    ): Promise<Output<'similarity.teachers'>> =>
      (await run(input)) as Output<'similarity.teachers'>,
    progress: (): Output<'similarity.progress'> => ({
      running: running && { done: running.done, total: running.total },
    }),
    cancel: async (): Promise<Output<'similarity.cancel'>> => ({ cancelled: await cancel() }),
    close: async (): Promise<void> => {
      await cancel();
    },
  };
}
export type SimilarityService = ReturnType<typeof createSimilarityService>;
