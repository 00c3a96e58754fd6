import { describe, expect, it } from 'vitest';
import { buildAutomaton } from '#shared/scoring/automaton.ts';
import { tokenise } from '#shared/scoring/normalise.ts';
import { createScanner, isPlainSeparator } from '#shared/scoring/token-scan.ts';
import { seeded } from '../statistics/close.ts';

function scanned(text: string, vocabulary: ReadonlyMap<string, number>): number[] {
  const seen: number[] = [];
  createScanner(vocabulary).scan(text, (token) => seen.push(token));
  return seen;
}

describe('the short way gives what the long way gives', () => {
  it('every character that it takes for a separator is one', () => {
    let count = 0;
    for (let code = 0; code < 0x1_0000; code += 1) {
      if (!isPlainSeparator(code)) continue;
      count += 1;
      const between = `a${String.fromCharCode(code)}b`;
      expect(tokenise(between), code.toString(16)).toEqual(['a', 'b']);
    }
    expect(count).toBe(70);
  });

  it('on random texts of letters, digits, separators and others', () => {
    const random = seeded(21);
    const alphabet = [
      ...'abAB09 .-_\n',
      '\u00a0',
      '\u2019',
      '\u2014',
      '\u2026',
      '\u00e9',
      '\u200b',
      '\u6c34',
      '\u0301',
    ];
    const text = (length: number, kinds: number) =>
      Array.from({ length }, () => alphabet[Math.floor(random() * kinds)]).join('');
    for (let round = 0; round < 2_000; round += 1) {
      // Half of the rounds stay on the short way.
      const kinds = round % 2 === 0 ? 15 : alphabet.length;
      const words = [...new Set(tokenise(text(30, kinds)))];
      const vocabulary = new Map(words.map((word, index) => [word, index]));
      const sample = text(60, kinds);
      const expected = tokenise(sample).map((token) => vocabulary.get(token) ?? -1);
      expect(scanned(sample, vocabulary)).toEqual(expected);
    }
  });

  it('keeps words apart that share a place in the table', () => {
    const words = Array.from({ length: 5_000 }, (_, index) => `w${index.toString(36)}`);
    const vocabulary = new Map(words.map((word, index) => [word, index]));
    expect(scanned(words.join(' ').toUpperCase(), vocabulary)).toEqual(
      words.map((_, index) => index),
    );
    expect(scanned(words.map((word) => `${word}x`).join(' '), vocabulary)).toEqual(
      words.map((word) => vocabulary.get(`${word}x`) ?? -1),
    );
  });

  it('finds rows over typographic punctuation', () => {
    const automaton = buildAutomaton([['cobalt', 'heron'], ['heron']]);
    expect(automaton.find('\u201cCobalt\u00a0\u2014 HERON\u2026\u201d')).toEqual([0, 1]);
    expect(automaton.find('cobalt\u200bheron')).toEqual([]);
  });
});
