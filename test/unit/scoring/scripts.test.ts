import { describe, expect, it } from 'vitest';
import { parseCanaryFile } from '#core/services/library/canary-file.ts';
import { lookAlikeCandidates, mixesScripts, skeletonTokens } from '#shared/scoring/confusables.ts';
import { compileCandidates } from '#shared/scoring/exact.ts';
import { tokenise } from '#shared/scoring/normalise.ts';

const found = (candidates: readonly string[], answer: string) =>
  compileCandidates(candidates).find(answer);

describe('token boundaries of scripts without spaces', () => {
  it.each([
    // Each character is a token, so a candidate is found inside a sentence without spaces.
    ['Han', ['\u84dd\u72d0', '\u7ea2\u72d0'], '\u6211\u770b\u89c1\u84dd\u72d0\u4e86\u3002', [0]],
    ['Han, other order', ['\u84dd\u72d0'], '\u72d0\u84dd', []],
    ['Hiragana', ['\u3055\u304f\u3089'], '\u305d\u308c\u306f\u3055\u304f\u3089\u3067\u3059', [0]],
    ['Katakana, halfwidth', ['\u30b5\u30af\u30e9'], '\uff7b\uff78\uff97\u3067\u3059', [0]],
    ['Katakana with its long mark', ['\u30b3\u30fc\u30d2'], '\u30b3\u30fc\u30d2', [0]],
    [
      'Thai',
      ['\u0e2a\u0e35\u0e1f\u0e49\u0e32'],
      '\u0e21\u0e31\u0e19\u0e2a\u0e35\u0e1f\u0e49\u0e32\u0e04\u0e23\u0e31\u0e1a',
      [0],
    ],
    // Hangul writes spaces: a particle joins its word, which then is another word.
    [
      'Hangul, word by itself',
      ['\ud478\ub978 \uc5ec\uc6b0'],
      '\ub2f5: \ud478\ub978 \uc5ec\uc6b0!',
      [0],
    ],
    [
      'Hangul, particle joined',
      ['\ud478\ub978 \uc5ec\uc6b0'],
      '\ud478\ub978 \uc5ec\uc6b0\uac00',
      [],
    ],
    ['Hangul, decomposed', ['\ud55c'], '\u1112\u1161\u11ab', [0]],
    ['Han beside Latin', ['\u84ddx'], '\u84ddX', [0]],
    ['Han beside a digit', ['3'], '\u7b2c3\u4e2a', [0]],
  ] as const)('%s', (_, candidates, answer, indices) => {
    expect(found(candidates, answer)).toEqual(indices);
  });
});

describe('token boundaries of scripts from right to left', () => {
  it.each([
    ['Hebrew', ['\u05d0\u05e0\u05e4\u05d4'], '\u05d6\u05d5 \u05d0\u05e0\u05e4\u05d4.', [0]],
    [
      'Hebrew, a prefix makes another word',
      ['\u05d0\u05e0\u05e4\u05d4'],
      '\u05d4\u05d0\u05e0\u05e4\u05d4',
      [],
    ],
    ['Hebrew quotation marks', ['\u05e6\u05d4 \u05dc'], '\u05e6\u05d4\u05f4\u05dc', [0]],
    [
      'Arabic',
      ['\u0628\u062d\u0631 \u0623\u0632\u0631\u0642'],
      '\u0627\u0644\u062c\u0648\u0627\u0628\u060c \u0628\u062d\u0631 \u0623\u0632\u0631\u0642\u061f',
      [0],
    ],
    ['Arabic presentation forms', ['\u0628\u062d\u0631'], '\ufe91\ufea4\ufeae', [0]],
    [
      'Arabic with direction marks inside',
      ['\u0628\u062d\u0631'],
      '\u200f\u0628\u202b\u062d\u202c\u0631\u200e',
      [0],
    ],
    ['Arabic digits are digits of their own', ['42'], '\u0664\u0662', []],
    [
      'Latin inside Hebrew, isolated',
      ['cobalt heron'],
      '\u05d4\u05ea\u05e9\u05d5\u05d1\u05d4: \u2068cobalt heron\u2069',
      [0],
    ],
    ['an override does not hide a candidate', ['cobalt'], '\u202ecobalt\u202c', [0]],
  ] as const)('%s', (_, candidates, answer, indices) => {
    expect(found(candidates, answer)).toEqual(indices);
  });

  it('vowel marks belong to their word', () => {
    expect(tokenise('\u0643\u064e\u062a\u064e\u0628\u064e')).toHaveLength(1);
    expect(found(['\u0643\u062a\u0628'], '\u0643\u064e\u062a\u064e\u0628\u064e')).toEqual([]);
  });
});

describe('look-alikes warn and change nothing', () => {
  const matcher = compileCandidates(['cobalt heron', 'amber owl']);
  const prompt = ['Which bird?'];
  const CYRILLIC = 'c\u043eb\u0430lt heron';

  it('names what only looks like a candidate', () => {
    expect(matcher.extract(CYRILLIC, prompt)).toEqual({ found: [], rules: ['look-alike-v1'] });
    expect(matcher.extract(`${CYRILLIC} or amber owl`, prompt)).toEqual({
      found: [1],
      rules: ['look-alike-v1'],
    });
    expect(matcher.extract(`cobalt heron, ${CYRILLIC}`, prompt)).toEqual({ found: [0], rules: [] });
    // Ordinary Russian and Greek are no warning.
    expect(
      matcher.extract(
        '\u0441\u0438\u043d\u044f\u044f \u0446\u0430\u043f\u043b\u044f \u03b1\u03b2\u03b3',
        prompt,
      ).rules,
    ).toEqual([]);
    // Fullwidth letters are no look-alikes: NFKC makes them the same.
    expect(matcher.extract('\uff43\uff4f\uff42\uff41\uff4c\uff54 heron', prompt)).toEqual({
      found: [0],
      rules: [],
    });
    // The other way about: Cyrillic candidates, a Latin answer.
    const cyrillic = compileCandidates(['\u0440\u043e\u0441\u0430']);
    expect(cyrillic.extract('poca', prompt)).toEqual({ found: [], rules: ['look-alike-v1'] });
  });

  it('warns at import, without the text', () => {
    const row = {
      id: 'A-1',
      kind: 'drawn',
      type: 'O',
      prompt: 'Which?',
      responses: ['cobalt', 'c\u043ebalt'],
    };
    const { rows, warnings } = parseCanaryFile('jsonl', JSON.stringify(row));
    expect(rows).toHaveLength(1);
    expect(warnings.map(({ message }) => message)).toContain(
      'candidates 0 and 1 look alike but have different letters',
    );
  });

  it('names candidates that look alike, and tokens of two scripts', () => {
    expect(lookAlikeCandidates(['cobalt', 'heron', 'c\u043ebalt', '\u0441obalt'])).toEqual([
      [0, 2],
      [0, 3],
    ]);
    expect(lookAlikeCandidates(['cobalt', 'heron'])).toEqual([]);
    expect(mixesScripts(CYRILLIC)).toBe(true);
    expect(mixesScripts('\u0440\u043e\u0441\u0430 rosa')).toBe(false);
    expect(skeletonTokens('\u0420\u041e\u0421\u0410')).toEqual(['poca']);
    expect(skeletonTokens('\u0391\u0392')).toEqual(['ab']);
  });
});
