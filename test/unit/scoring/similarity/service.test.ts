import { afterEach, describe, expect, it } from 'vitest';
import { createSimilarityService } from '#core/services/scoring/similarity.ts';
import { contract } from '#shared/contract/index.ts';
import { similarityMatrix } from '#shared/scoring/similarity/result.ts';
import { corpus, jsonLines, laboratories, lineage, student } from './corpus.ts';

const writers = [...laboratories(), student];
const files = { outputs: jsonLines(corpus(writers, 40)), lineage: lineage(writers) };
const large = { ...files, outputs: jsonLines(corpus(writers, 6_000)) };

describe('the service', () => {
  const service = createSimilarityService();
  afterEach(() => service.close());

  it('answers from its thread what the engine computes, as the contract says', async () => {
    const matrix = await service.matrix(files);
    expect(matrix).toEqual(similarityMatrix(files));
    contract['similarity.matrix'].output.parse(matrix);
    const teachers = await service.teachers({ ...files, suspect: 'student' });
    contract['similarity.teachers'].output.parse(teachers);
    expect(service.progress()).toEqual({ running: null });
  });
  it('passes on what is wrong with a file', async () => {
    await expect(service.matrix({ outputs: '{', lineage: '' })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: 'Line 1 of the outputs is not JSON.',
    });
  });
  it('leaves the main thread free, tells progress, runs one at a time and can be cancelled', async () => {
    const running = service.matrix(large);
    const ended = expect(running).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(service.matrix(files)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect
      .poll(() => service.progress().running?.done ?? 0, { timeout: 30_000 })
      .toBeGreaterThan(0);
    expect(service.progress().running?.total).toBe(6_000);
    expect(await service.cancel()).toEqual({ cancelled: true });
    await ended;
    expect(await service.cancel()).toEqual({ cancelled: false });
    expect((await service.matrix(files)).prompts).toBe(40);
  });
});
