import { describe, expect, it } from 'vitest';
import { normaliseText, tokenise } from '#shared/scoring/normalise.ts';

describe('exact-v1 normalisation', () => {
  it.each([
    ['  Cobalt-Heron!! ', 'cobalt heron'],
    ['**Cobalt** `heron` | "x"', 'cobalt heron x'],
    ['\uff23\uff2f\uff22\uff21\uff2c\uff34 \ufb01sh', 'cobalt fish'],
    ['co\u200bb\u00adal\u2060t\ufeff', 'cobalt'],
    ['co\u034fba\ufe0flt', 'cobalt'],
    ['Stra\u00dfe STRASSE', 'strasse strasse'],
    [
      '\u03a3\u039f\u03a6\u039f\u03a3 \u03c3\u03bf\u03c6\u03cc\u03c2',
      '\u03c3\u03bf\u03c6\u03bf\u03c3 \u03c3\u03bf\u03c6\u03cc\u03c3',
    ],
    ['I \u0131 i', 'i \u0131 i'],
    ['e\u0301 \u00e9', '\u00e9 \u00e9'],
    ['3.14 and 1,000', '3 14 and 1 000'],
    ['\u7b54\u6848\u662f\u84dd\u72d0\u3002', '\u7b54 \u6848 \u662f \u84dd \u72d0'],
    ['fox\u{1f98a}\u2728', 'fox \u{1f98a} \u2728'],
    ['\t\r\n\u0000 ... \u2014', ''],
    ['\ud800cobalt\udfff', 'cobalt'],
  ])('%j', (text, normal) => {
    expect(normaliseText(text)).toBe(normal);
  });

  it('is stable: a normal form is its own normal form', () => {
    for (const text of [
      'Stra\u00dfe',
      '\u0130stanbul',
      '\u1e9e',
      '\u01c5ep',
      '\u0345\u03b1',
      'e\u0301\u200dx',
      '\u0e01\u0e34\u0e19',
    ]) {
      expect(normaliseText(normaliseText(text))).toBe(normaliseText(text));
    }
  });

  it('gives ASCII the same tokens by its short way as by the long one', () => {
    const ascii = Array.from({ length: 128 }, (_, code) => `a${String.fromCharCode(code)}B9 `).join(
      '',
    );
    const long = tokenise(`${ascii} \u00e9`);
    expect(long.slice(0, -1)).toEqual(tokenise(ascii));
  });

  it('stays linear on a megabyte of combining marks', () => {
    const started = performance.now();
    const marks = 'a\u0316\u0301'.padEnd(1_000_000, '\u0316\u0301');
    const mixed = `a${'\uff9e\u0316\u0301'.repeat(300_000)}`;
    const split = `a${'\u0316\u200d\u0301\u200d'.repeat(250_000)}`;
    for (const text of [marks, mixed, split]) expect(tokenise(text).length).toBeLessThan(3);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
