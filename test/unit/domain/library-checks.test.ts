import { describe, expect, it } from 'vitest';
import { duplicateTexts, NEAR_DUPLICATE } from '#shared/domain/duplicates.ts';
import {
  favouredByControls,
  hintedCandidates,
  outlyingCandidates,
  shortResponses,
} from '#shared/domain/guessability.ts';
import { normaliseText } from '#shared/scoring/normalise.ts';

const grams = (text: string): Set<string> => {
  const form = normaliseText(text);
  return new Set(Array.from({ length: form.length - 3 }, (_, at) => form.slice(at, at + 4)));
};
const jaccard = (a: string, b: string): number => {
  const [x, y] = [grams(a), grams(b)];
  const both = [...x].filter((gram) => y.has(gram)).length;
  return both / (x.size + y.size - both);
};

describe('duplicates', () => {
  const LONG =
    'Which figure is painted on the sign of the inn that stands between the mill and the bridge at';
  it('are told when they are equal after normalisation, with the first one', () => {
    expect(duplicateTexts(['Which bird?', 'another', 'which  BIRD', 'Which bird!'])).toEqual([
      { index: 2, other: 0, similarity: 1 },
      { index: 3, other: 0, similarity: 1 },
    ]);
  });
  it('are told when nearly all of their parts are shared, and the measure is exact', () => {
    const texts = [
      `${LONG} Farrowby?`,
      'Something else entirely, about ships',
      `${LONG} Farroway?`,
    ];
    const [pair] = duplicateTexts(texts);
    expect(pair).toMatchObject({ index: 2, other: 0 });
    expect(pair?.similarity).toBeCloseTo(jaccard(texts[0] ?? '', texts[2] ?? ''), 12);
    expect(duplicateTexts([`${LONG} Farrowby?`, 'Which figure is painted on the inn?'])).toEqual(
      [],
    );
  });
  it('are found among many in time that grows with their number', () => {
    const texts = Array.from({ length: 4_000 }, (_, at) => {
      const code = (at * 2_654_435_761) % 4_294_967_296;
      return `question ${code.toString(36)} of ${(code % 99_991).toString(36)} and ${at.toString(2)}`;
    });
    const all = [...texts, `${texts[17]}!`, `x${texts[18]}`];
    const pairs = duplicateTexts(all);
    expect(pairs).toContainEqual({ index: 4_000, other: 17, similarity: 1 });
    for (const { index, other, similarity } of pairs.slice(0, 50))
      expect(similarity === 1 || similarity >= NEAR_DUPLICATE, `${index} ${other}`).toBe(true);
  });
  it('in thousands of nearly equal texts stay bounded', () => {
    const texts = Array.from({ length: 3_000 }, (_, at) => `${LONG} ${at}?`);
    const pairs = duplicateTexts(texts);
    expect(pairs.length).toBeGreaterThan(2_900);
  });
});

describe('guessability', () => {
  it('sees a word that some candidates share with the question', () => {
    const candidates = ['amber heron', 'bold otter', 'calm badger'];
    expect(hintedCandidates('Which otter sits on the sign?', candidates)).toEqual([1]);
    expect(hintedCandidates('Which bird sits on the sign?', candidates)).toEqual([]);
    expect(hintedCandidates('The old inn?', ['old inn', 'new mill'])).toEqual([]);
    expect(hintedCandidates('Which house?', ['red house', 'blue house'])).toEqual([]);
  });

  it('sees a candidate that looks unlike its list, and none in an even one', () => {
    const colours = ['amber', 'azure', 'coral', 'olive', 'scarlet', 'umber'];
    const birds = ['heron', 'egret', 'raven', 'plover', 'curlew', 'kestrel'];
    const even = colours.flatMap((colour) => birds.map((bird) => `${colour} ${bird}`));
    expect(outlyingCandidates(even)).toEqual([]);
    expect(outlyingCandidates([...even, 'XJ-9 // %7Q'])).toEqual([even.length]);
    expect(outlyingCandidates(['a', 'zzzzzzzz'])).toEqual([]);
  });

  it('sees a candidate that controls name far more often than chance', () => {
    const named = (times: number) =>
      new Map([
        [5, times],
        [6, 1],
      ]);
    expect(favouredByControls({ n: 1_024, answers: 50, named: named(4) })).toBe(5);
    expect(favouredByControls({ n: 1_024, answers: 50, named: named(3) })).toBeNull();
    expect(favouredByControls({ n: 4, answers: 50, named: named(14) })).toBeNull();
    expect(favouredByControls({ n: 4, answers: 50, named: named(40) })).toBe(5);
    expect(favouredByControls({ n: 8, answers: 0, named: new Map() })).toBeNull();
  });

  it('sees known responses that are short', () => {
    expect(shortResponses(['yes', 'a tale of two geese', 'no, no'])).toEqual([0, 2]);
  });
});
