import type { labMethods } from '#shared/contract/lab.ts';
import type { similarityMethods } from '#shared/contract/similarity.ts';
import type { statsMethods } from '#shared/contract/stats.ts';
import { runStats } from '../../services/scoring/stats.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

const done = { done: true } as const;

export function toolsHandlers({
  lab,
  similarity,
}: HandlerServices): Pick<
  Handlers,
  keyof typeof labMethods | keyof typeof similarityMethods | keyof typeof statsMethods
> {
  return {
    'stats.run': (input) => runStats(input),
    'similarity.matrix': (input) => similarity.matrix(input),
    'similarity.teachers': (input) => similarity.teachers(input),
    'similarity.progress': () => similarity.progress(),
    'similarity.cancel': () => similarity.cancel(),
    'lab.canaries': (input) => lab.canaries(input),
    'lab.start': (input) => lab.start(input),
    'lab.status': () => lab.status(),
    'lab.stop': async () => {
      await lab.stop();
      return done;
    },
  };
}
