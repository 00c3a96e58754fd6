import { buildAutomaton, type TokenAutomaton } from './automaton.ts';
import { tokenise } from './normalise.ts';

/**
 * Letters that look like Latin ones, after case folding: a small table of our own, in the manner of the skeletons of
 * UTS #39. Compatibility forms (fullwidth, mathematical and the like) are not in it, since NFKC has folded them already. A
 * look-alike is a warning for a reader and never changes what is found: exact-v1 compares characters, not shapes.
 */
const ROWS: readonly (readonly [letters: string, shapes: string])[] = [
  [
    '\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u04bb\u04cf\u0501\u051b\u051d',
    'aeopcyxsijhldqw',
  ], // Cyrillic
  ['\u0432\u043a\u043c\u043d\u0442\u0475\u04af', 'bkmhtvy'], // Cyrillic, alike as capitals
  ['\u03b1\u03bf\u03bd\u03c1\u03c5\u03b9\u03ba\u03c7\u03b3', 'aovpuikxy'], // Greek
  ['\u03b2\u03b5\u03b6\u03b7\u03bc\u03c4', 'bezhmt'], // Greek, alike as capitals
  ['\u0585\u0578\u057d\u0570\u0581\u0566', 'onuhgq'], // Armenian
  ['\u0131\u0251\u0261\u0269\u028b\u028f', 'iagiuy'], // Latin letters of other alphabets
];

const SHAPES: ReadonlyMap<string, string> = new Map(
  ROWS.flatMap(([letters, shapes]) =>
    Array.from(letters, (letter, at): [string, string] => [letter, shapes[at] ?? letter]),
  ),
);
const LOOK_ALIKE = new RegExp(`[${ROWS.map(([letters]) => letters).join('')}]`, 'gu');

/** The tokens of a text with every look-alike replaced by the Latin letter that it resembles. */
export function skeletonTokens(text: string): string[] {
  return tokenise(text).map((token) =>
    token.replace(LOOK_ALIKE, (letter) => SHAPES.get(letter) ?? letter),
  );
}

/** Whether a text has a token that mixes Latin letters with look-alikes of them, as no language writes. */
export function mixesScripts(text: string): boolean {
  return tokenise(text).some(
    (token) => token.search(LOOK_ALIKE) >= 0 && /\p{Script=Latin}/u.test(token),
  );
}

/** Pairs of candidates (indices from 0, each with the first one like it) that a reader cannot tell apart by their looks. */
export function lookAlikeCandidates(
  candidates: readonly string[],
): readonly (readonly [number, number])[] {
  if (!candidates.some(hasLookAlike)) return [];
  const firsts = new Map<string, number>();
  const pairs: [number, number][] = [];
  for (const [index, candidate] of candidates.entries()) {
    const skeleton = skeletonTokens(candidate).join(' ');
    const first = firsts.get(skeleton);
    if (first === undefined) firsts.set(skeleton, index);
    else pairs.push([first, index]);
  }
  return pairs;
}

/** Tells whether an answer holds something that only looks like a candidate. */
export interface LookAlikes {
  readonly standsIn: (answer: string, found: readonly number[]) => boolean;
}

/** Prepares a candidate list; the second automaton is built when the first suspicious answer comes. */
export function lookAlikesOf(candidates: readonly string[]): LookAlikes {
  let automaton: TokenAutomaton | null = null;
  const groups = new Map<string, number[]>();
  const build = (): TokenAutomaton => {
    for (const [index, candidate] of candidates.entries()) {
      const skeleton = skeletonTokens(candidate).join(' ');
      groups.set(skeleton, [...(groups.get(skeleton) ?? []), index]);
    }
    return buildAutomaton([...groups.keys()].map((skeleton) => skeleton.split(' ')));
  };
  // In a list of another script the candidates hold look-alikes themselves, and a Latin answer may resemble them.
  const isSuspicious = candidates.some((candidate) => hasLookAlike(candidate));
  return {
    standsIn: (answer, found) => {
      if (!isSuspicious && !hasLookAlike(answer)) return false;
      automaton ??= build();
      const known = new Set(found);
      const members = [...groups.values()];
      return automaton
        .find(skeletonTokens(answer).join(' '))
        .some((group) => !members[group]?.some((index) => known.has(index)));
    },
  };
}

// Before case folding; what none of these alphabets is in needs no closer look.
const ALPHABETS =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\u0131\u0251\u0261\u0269\u028b\u028f]/u;
const hasLookAlike = (text: string): boolean =>
  ALPHABETS.test(text) && tokenise(text).some((token) => token.search(LOOK_ALIKE) >= 0);
