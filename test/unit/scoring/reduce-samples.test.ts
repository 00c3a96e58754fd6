import { describe, expect, it } from 'vitest';
import { OUTCOME_USE, outcomeSchema } from '#shared/domain/outcome.ts';
import { EXCLUSION_REASONS, exclusionOf, reduceSamples } from '#shared/scoring/reduce-samples.ts';

const scored = (...found: number[]) => ({ outcome: 'answered' as const, found });
const miss = { outcome: 'refused' as const, found: [] };
const failed = { outcome: 'timed-out' as const, found: [] };

describe('reduceSamples (METHOD 4.3)', () => {
  it.each([
    ['one sample', [scored(4)], [4]],
    ['two of three', [scored(4), scored(4), scored(9)], [4]],
    ['ties are kept, sorted', [scored(9), scored(4), miss], [4, 9]],
    ['three ties', [scored(9), scored(4), scored(1)], [1, 4, 9]],
    ['four ties are list spam', [scored(9), scored(4), scored(1), scored(2)], []],
    ['a spamming sample does not count', [scored(1, 2, 3, 4), scored(2)], [2]],
    ['three in one sample', [scored(3, 1, 2)], [1, 2, 3]],
    ['one index twice in a sample counts once', [scored(1, 1), scored(2), scored(2)], [2]],
    ['a refusal is a miss', [miss], []],
    ['nothing found', [scored(), scored()], []],
    ['failed samples are omitted', [failed, scored(7), failed], [7]],
    [
      'the text of a truncated sample is not scored',
      [{ outcome: 'truncated' as const, found: [5] }],
      [],
    ],
  ])('%s', (_, samples, found) => {
    expect(reduceSamples(samples)).toEqual({ status: 'administered', found });
  });

  it('is not administered when every sample failed or none was asked', () => {
    expect(reduceSamples([failed, failed])).toEqual({ status: 'not-administered', found: [] });
    expect(reduceSamples([])).toEqual({ status: 'not-administered', found: [] });
  });

  it('leaves a sample out for a reason of the closed list only, whatever was found in it', () => {
    for (const outcome of outcomeSchema.options) {
      const excluded = OUTCOME_USE[outcome] === 'not-administered';
      expect(exclusionOf(outcome) !== null).toBe(excluded);
      expect(reduceSamples([{ outcome, found: [3] }]).status).toBe(
        excluded ? 'not-administered' : 'administered',
      );
    }
    expect(EXCLUSION_REASONS).toHaveLength(5);
  });
});
