/**
 * A recovery code as people copy it: 256 bits as 13 groups of five characters. Four carry 20 bits in Crockford's base 32,
 * the fifth checks them and their place, so that a wrong group is named before anything is tried.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 13;
const GROUP_LENGTH = 5;
const CODE_BYTES = 32;

/** Multiplication by x in GF(32) modulo x^5 + x^2 + 1. */
const double = (value: number): number => ((value << 1) ^ (value & 16 ? 0x25 : 0)) & 31;

/** Finds every single wrong character, every exchange of two, and every exchange of two groups. */
function checkOf(digits: readonly number[], group: number): number {
  let sum = 0;
  for (const digit of digits) sum = double(sum ^ digit);
  return sum ^ (group + 1);
}

/** The code of 32 bytes, as in `4G7RK-…`. */
export function formatRecoveryCode(bytes: Uint8Array): string {
  if (bytes.length !== CODE_BYTES) throw new RangeError('a recovery code has 32 bytes');
  // 256 bits and four zero bits are 52 digits.
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  value <<= 4n;
  const digits: number[] = [];
  for (let at = 0; at < GROUPS * 4; at++) {
    digits.unshift(Number(value & 31n));
    value >>= 5n;
  }
  return Array.from({ length: GROUPS }, (_, group) => {
    const own = digits.slice(group * 4, group * 4 + 4);
    return [...own, checkOf(own, group)].map((digit) => ALPHABET[digit]).join('');
  }).join('-');
}

export type RecoveryCode =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problem: string };

const listOf = (groups: readonly number[]): string =>
  groups.length === 1 ? `Group ${groups[0]} has` : `Groups ${groups.join(', ')} have`;

/** Reads a typed code. Case, spaces and dashes do not matter; O is read as 0, I and L as 1. The problem never quotes it. */
export function readRecoveryCode(text: string): RecoveryCode {
  const typed = text
    .slice(0, 500)
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const digits = [...typed].map((character) => ALPHABET.indexOf(character));
  const strange = digits.indexOf(-1);
  if (strange >= 0)
    return {
      ok: false,
      problem: `Group ${Math.floor(strange / GROUP_LENGTH) + 1} has a character that no recovery code has. Check it.`,
    };
  if (digits.length !== GROUPS * GROUP_LENGTH)
    return {
      ok: false,
      problem: `A recovery code has ${GROUPS} groups of ${GROUP_LENGTH} characters; this has ${digits.length} characters instead of ${GROUPS * GROUP_LENGTH}.`,
    };
  const wrong: number[] = [];
  let value = 0n;
  for (let group = 0; group < GROUPS; group++) {
    const own = digits.slice(group * GROUP_LENGTH, group * GROUP_LENGTH + 4);
    if (checkOf(own, group) !== digits[group * GROUP_LENGTH + 4]) wrong.push(group + 1);
    for (const digit of own) value = (value << 5n) | BigInt(digit);
  }
  if (wrong.length === 0 && (value & 15n) !== 0n) wrong.push(GROUPS);
  if (wrong.length > 0)
    return { ok: false, problem: `${listOf(wrong)} a typing error. Nothing was tried.` };
  value >>= 4n;
  const bytes = new Uint8Array(CODE_BYTES);
  for (let at = CODE_BYTES - 1; at >= 0; at--) {
    bytes[at] = Number(value & 255n);
    value >>= 8n;
  }
  return { ok: true, bytes };
}
