import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { passphraseHint, passphraseProblem } from '#shared/util/passphrase.ts';
import { formatRecoveryCode, readRecoveryCode } from '#shared/util/recovery-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const bytes = Uint8Array.from({ length: 32 }, (_, at) => (at * 37 + 11) & 255);
const code = formatRecoveryCode(bytes);
const problemOf = (text: string): string => {
  const read = readRecoveryCode(text);
  return read.ok ? 'accepted' : read.problem;
};

describe('a recovery code', () => {
  it('is 13 groups of five, and reads back as the same 256 bits', () => {
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){12}[0-9A-HJKMNP-TV-Z]{5}$/);
    for (const one of [bytes, new Uint8Array(32), new Uint8Array(32).fill(255), randomBytes(32)]) {
      const read = readRecoveryCode(formatRecoveryCode(one));
      expect(read.ok && Buffer.from(read.bytes)).toEqual(Buffer.from(one));
    }
  });

  it('may be typed in lower case, without dashes, with O for 0 and I or L for 1', () => {
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(readRecoveryCode(`  ${typed}\n`)).toMatchObject({ ok: true });
  });

  it('names the group of every single wrong character', () => {
    const groups = code.split('-');
    for (let group = 0; group < 13; group++)
      for (let at = 0; at < 5; at++)
        for (const other of ALPHABET) {
          const own = groups[group] ?? '';
          if (own[at] === other) continue;
          const wrong = groups.with(group, own.slice(0, at) + other + own.slice(at + 1)).join('-');
          expect(problemOf(wrong)).toBe(
            `Group ${group + 1} has a typing error. Nothing was tried.`,
          );
        }
  });

  it('names groups with two neighbours exchanged, and groups in another order', () => {
    const groups = code.split('-');
    for (let group = 0; group < 13; group++)
      for (let at = 0; at < 4; at++) {
        const own = groups[group] ?? '';
        if (own[at] === own[at + 1]) continue;
        const swapped = `${own.slice(0, at)}${own[at + 1]}${own[at]}${own.slice(at + 2)}`;
        expect(problemOf(groups.with(group, swapped).join('-'))).toContain(`Group ${group + 1} `);
      }
    const [first = '', second = '', ...rest] = groups;
    expect(problemOf([second, first, ...rest].join('-'))).toBe(
      'Groups 1, 2 have a typing error. Nothing was tried.',
    );
  });

  it('says what is missing, and never quotes what was typed', () => {
    expect(problemOf(code.slice(0, -1))).toMatch(/13 groups .* 64 characters instead of 65/);
    expect(problemOf('')).toMatch(/0 characters/);
    expect(problemOf(code.replace(/^...../, 'U2345'))).toBe(
      'Group 1 has a character that no recovery code has. Check it.',
    );
  });
});

describe('a new passphrase', () => {
  it('has at least 12 characters of its composed form', () => {
    expect(passphraseProblem('elevenchars')).toMatch(/at least 12 characters; this has 11/);
    expect(passphraseProblem('twelve chars')).toBeNull();
    // Eleven letters in NFC, though written with 22 code points, or with 22 code units.
    expect(passphraseProblem('ü'.normalize('NFD').repeat(11))).toMatch(/this has 11/);
    expect(passphraseProblem('🐦'.repeat(11))).toMatch(/this has 11/);
  });

  it.each([
    ['short', 'short'],
    ['weak', 'aaaaaaaaaaaaaaaa'],
    ['weak', 'abcabcabcabc'],
    ['weak', 'qwertyuiopas'],
    ['weak', '19871203 1207'],
    ['weak', 'Montgolfieres'],
    ['fair', 'three word thing'],
    ['good', 'otter plinth gravel sunday mist'],
    ['good', 'vT9#qLm2!xWz7&Rk4^bN'],
  ])('is called %s where it is: %s', (strength, passphrase) => {
    expect(passphraseHint(passphrase).strength).toBe(strength);
  });
});
