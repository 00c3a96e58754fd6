export const MIN_PASSPHRASE = 12;

/** Characters as a person counts them: code points of the composed form. */
const charactersOf = (passphrase: string): string[] => [...passphrase.normalize('NFC')];

/** Why a new passphrase is refused; null when it is not. */
export function passphraseProblem(passphrase: string): string | null {
  const { length } = charactersOf(passphrase);
  return length < MIN_PASSPHRASE
    ? `Use at least ${MIN_PASSPHRASE} characters; this has ${length}.`
    : null;
}

export interface PassphraseHint {
  readonly strength: 'short' | 'weak' | 'fair' | 'good';
  readonly text: string;
}

/** Rows of a keyboard and the orders that everybody tries. */
const RUNS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** The share of neighbouring characters that only walk along an order, repeat, or go back. */
function walkingShare(characters: readonly string[]): number {
  let walking = 0;
  for (let at = 1; at < characters.length; at++) {
    const pair = `${characters[at - 1]}${characters[at]}`.toLowerCase();
    const back = [...pair].reverse().join('');
    if (pair === back || RUNS.some((run) => run.includes(pair) || run.includes(back))) walking += 1;
  }
  return walking / Math.max(1, characters.length - 1);
}

/** True when the text is one part written several times. */
function repeats(characters: readonly string[]): boolean {
  const text = characters.join('').toLowerCase();
  return text.length > 1 && `${text}${text}`.indexOf(text, 1) < text.length;
}

/**
 * What can honestly be said without a dictionary: length, variety and order. It is a hint, never a measurement: a sentence
 * that is quoted somewhere looks strong here and is not.
 */
export function passphraseHint(passphrase: string): PassphraseHint {
  const problem = passphraseProblem(passphrase);
  if (problem !== null) return { strength: 'short', text: problem };
  const characters = charactersOf(passphrase);
  const different = new Set(characters.map((one) => one.toLowerCase())).size;
  if (repeats(characters) || different < 6)
    return { strength: 'weak', text: 'It repeats itself: a program tries that first.' };
  if (walkingShare(characters) > 0.5)
    return { strength: 'weak', text: 'It follows the keyboard or the alphabet.' };
  if (/^\d+$/.test(passphrase.replace(/[\s./-]/g, '')))
    return { strength: 'weak', text: 'Digits alone are dates and numbers that can be guessed.' };
  const words = passphrase.trim().split(/[\s._-]+/);
  const sorts = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}\s]/u].filter((sort) =>
    sort.test(passphrase),
  ).length;
  if (words.length === 1 && sorts < 3 && characters.length < 20)
    return { strength: 'weak', text: 'One word, or two run together, can be found in a list.' };
  if ((words.length >= 5 && characters.length >= 24) || (sorts >= 3 && characters.length >= 20))
    return {
      strength: 'good',
      text: 'Long and varied. Unless it is quoted somewhere, it will do.',
    };
  return { strength: 'fair', text: 'Longer is better: five or more unrelated words.' };
}
