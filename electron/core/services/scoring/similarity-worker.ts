import { parentPort, workerData } from 'node:worker_threads';
import { similarityMatrix, similarityTeachers } from '#shared/scoring/similarity/result.ts';
import { SimilarityFileError } from '#shared/scoring/similarity/rows.ts';
import type { SimilarityJob, SimilarityMessage } from './similarity.ts';

/** Runs one comparison in a thread of its own and says how far it is. */
function run(job: SimilarityJob, say: (message: SimilarityMessage) => void): void {
  const progress = (done: number, total: number): void => say({ kind: 'progress', done, total });
  try {
    const value =
      job.suspect === null
        ? similarityMatrix(job, progress)
        : similarityTeachers({ ...job, suspect: job.suspect }, progress);
    say({ kind: 'done', value });
  } catch (error) {
    if (!(error instanceof SimilarityFileError)) throw error;
    say({ kind: 'refused', message: error.message });
  }
}

const port = parentPort;
if (port) run(workerData as SimilarityJob, (message) => port.postMessage(message));
