import { describe, expect, it } from 'vitest';
import { type DiffPart, diffTexts, shownPart } from '#shared/scoring/diff.ts';
import { seeded } from '../statistics/close.ts';

const side = (parts: readonly DiffPart[], gone: DiffPart['kind']) =>
  parts
    .filter(({ kind }) => kind !== gone)
    .map(({ text }) => text)
    .join('');
const marked = (parts: readonly DiffPart[]) =>
  parts
    .map(({ kind, text }) =>
      kind === 'same' ? text : kind === 'added' ? `{+${text}}` : `{-${text}}`,
    )
    .join('');

describe('diffTexts', () => {
  it.each([
    ['word', 'the old boat', 'the new boat', 'the {-old}{+new} boat'],
    ['word', 'a b', 'a b', 'a b'],
    ['word', '', 'x', '{+x}'],
    ['word', 'x', '', '{-x}'],
    ['word', '', '', ''],
    ['character', 'boat', 'boats', 'boat{+s}'],
    ['character', 'cafe\u0301', 'cafe', 'caf{-e\u0301}{+e}'],
    ['word', '\u05d0\u05d1 \u05d2', '\u05d0\u05d1 \u05d3', '\u05d0\u05d1 {-\u05d2}{+\u05d3}'],
  ] as const)('%s: %j to %j', (level, before, after, expected) => {
    const { parts, isShortest } = diffTexts(before, after, level);
    expect(marked(parts)).toBe(expected);
    expect(isShortest).toBe(true);
  });

  it('gives back both texts, whatever they are', () => {
    const random = seeded(51);
    const letters = [...'ab c\n.', '\u0301', '\u200d', '\u{1f98a}', '\ud800', '\u202e', '\u6c34'];
    const text = () =>
      Array.from(
        { length: Math.floor(random() * 40) },
        () => letters[Math.floor(random() * letters.length)],
      ).join('');
    for (let round = 0; round < 500; round += 1) {
      const [before, after] = [text(), text()];
      for (const level of ['word', 'character'] as const) {
        const { parts } = diffTexts(before, after, level);
        expect(side(parts, 'added')).toBe(before);
        expect(side(parts, 'removed')).toBe(after);
      }
    }
  });

  it('is bounded for 100,000 characters, alike or not', () => {
    const random = seeded(52);
    const words = Array.from({ length: 18_000 }, () => `w${Math.floor(random() * 500)}`);
    const base = words.join(' ');
    const near = words.map((word, at) => (at % 90 === 0 ? `${word}x` : word)).join(' ');
    const far = Array.from({ length: 18_000 }, () => `v${Math.floor(random() * 500)}`).join(' ');
    const half = words.map((word, at) => (at % 2 === 0 ? 'other' : word)).join(' ');
    const noise = (base_: number) =>
      Array.from({ length: 100_000 }, () =>
        String.fromCharCode(base_ + Math.floor(random() * 20)),
      ).join('');
    for (const [before, after] of [
      [base, near],
      [base, far],
      [base, half],
      [noise(97), noise(97)],
      [noise(97), noise(65)],
    ] as const) {
      expect(before.length).toBeGreaterThan(70_000);
      for (const level of ['word', 'character'] as const) {
        const started = performance.now();
        const { parts } = diffTexts(before, after, level);
        expect(side(parts, 'added')).toBe(before);
        expect(side(parts, 'removed')).toBe(after);
        expect(performance.now() - started).toBeLessThan(15_000);
      }
    }
    const { parts, isShortest } = diffTexts(base, near, 'word');
    expect(isShortest).toBe(true);
    expect(parts.filter(({ kind }) => kind === 'added')).toHaveLength(200);
  });

  it('shows parts so that they cannot move their neighbours', () => {
    const { text } = shownPart({ kind: 'added', text: 'a\u202eb\u2069c' });
    expect(text).toBe('\u2068a\u27e6U+202E\u27e7b\u27e6U+2069\u27e7c\u2069');
  });
});
