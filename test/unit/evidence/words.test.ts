import { describe, expect, it } from 'vitest';
import {
  formatAnytimeP,
  formatCount,
  formatE,
  formatInterval,
  formatP,
  formatPercent,
  formatPowerOfTen,
  formatUtc,
  superscript,
  typeset,
} from '#shared/util/format.ts';
import { clip, visible } from '#shared/util/visible.ts';

const plain = (text: string) => text.replaceAll('\u202f', ' ');

describe('numbers for people', () => {
  it.each([
    [1e6, 'at least 10⁶'],
    [5e300, 'at least 10⁶'],
    [999_999, '9.99 × 10⁵'],
    [90_693.214, '90 693'],
    [7_944.7961, '7 944'],
    [481.2, '481'],
    [100, '100'],
    [24.03, '24.0'],
    [1, '1.00'],
    [0.1487630211, '0.148'],
    [0.0123, '0.0123'],
    [0.00099, '9.90 × 10⁻⁴'],
  ])('prints E = %s as %s, cut and never rounded up', (value, text) => {
    expect(plain(formatE(Math.log(value)))).toBe(text);
  });
  it('never prints a p as 0', () => {
    expect(formatP(0.05)).toBe('0.0500');
    expect(formatP(1)).toBe('1');
    expect(plain(formatP(3.068467e-6))).toBe('3.07 × 10⁻⁶');
    expect(plain(formatP(0))).toBe('below 1 × 10⁻³⁰⁰');
  });
  it('caps the anytime p as E is capped, and sets sentences in the same style', () => {
    expect(formatAnytimeP(1e-32)).toBe('at most 10⁻⁶');
    expect(formatAnytimeP(0.01)).toBe('0.0100');
    expect(plain(typeset('E is 9.1 x 10^-4, at least 10^6; needs 2,000.'))).toBe(
      'E is 9.1 × 10⁻⁴, at least 10⁶; needs 2 000.',
    );
  });
  it('groups, percents and dates', () => {
    expect(plain(formatCount(1_234_567))).toBe('1 234 567');
    expect(formatCount(-5)).toBe('−5');
    expect(plain(formatPercent(0.0875))).toBe('8.8 %');
    expect(plain(formatInterval({ low: 0.0389, high: 0.18 }))).toBe('3.9 % to 18.0 %');
    expect([0, 1, 4, -2].map(formatPowerOfTen)).toEqual(['1', '10', '10⁴', '10⁻²']);
    expect(superscript(-120)).toBe('⁻¹²⁰');
    expect(formatUtc('2026-05-01T10:00:00.000Z')).toBe('2026-05-01 10:00:00 UTC');
  });
});

describe('visible text', () => {
  it.each([
    ['a\u202eb', 'a⟦U+202E⟧b'],
    ['\u200b\u2060\ufeff', '⟦U+200B⟧⟦U+2060⟧⟦U+FEFF⟧'],
    ['\u001b]52;c;x\u0007', '⟦U+001B⟧]52;c;x⟦U+0007⟧'],
    ['\r\n\t', '⟦U+000D⟧\n\t'],
    ['\ud800x', '⟦U+D800⟧x'],
    ['\u{e0041}', '⟦U+E0041⟧'],
    ['\u{f0000}', '⟦U+F0000⟧'],
    ['\u2028\u00ad\u034f', '⟦U+2028⟧⟦U+00AD⟧⟦U+034F⟧'],
    ['naïve 漢字 🙂', 'naïve 漢字 🙂'],
  ])('shows %j as %j', (text, shown) => expect(visible(text)).toBe(shown));
  it('clips by characters and says how many are left out', () => {
    expect(clip('🙂🙂🙂', 2)).toEqual({ text: '🙂🙂', leftOut: 1 });
    expect(clip('abc', 3)).toEqual({ text: 'abc', leftOut: 0 });
  });
});
