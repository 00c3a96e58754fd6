import { diffArrays } from 'diff';
import { visible } from '../util/visible.ts';

/** Joined in order, `same` and `removed` parts are the first text and `same` and `added` parts the second. */
export interface DiffPart {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

export interface TextDiff {
  readonly parts: readonly DiffPart[];
  /** False where the texts differ so much that a stretch is shown as removed and added as a whole. */
  readonly isShortest: boolean;
}

export type DiffLevel = 'word' | 'character';

/** The work of a diff grows with the square of the number of edits, so this many are looked for and no more. */
const MOST_EDITS = 2_000;
/** Stretches of other words are compared letter by letter only when they are about this long at most. */
const MOST_REFINED = 2_000;

// A word, a run of white space, or any other character by itself; marks stay with what they mark.
const WORDS = /[\p{L}\p{N}\p{M}_]+|\s+|[^\p{L}\p{N}\p{M}_\s]\p{M}*/gu;
// What a reader sees as one character, as far as marks and joiners go.
const CHARACTERS = /\p{M}+|\P{M}\p{M}*(?:\u200d\P{M}\p{M}*)*/gu;

const cut = (text: string, level: DiffLevel): string[] =>
  text.match(level === 'word' ? WORDS : CHARACTERS) ?? [];

/** Shortest edit of two lists by Myers' algorithm; null where it needs more edits than are looked for. */
function shortest(before: string[], after: string[]): DiffPart[] | null {
  // What both begin and end with costs nothing to find.
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start])
    start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const changes = diffArrays(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
    { maxEditLength: MOST_EDITS },
  );
  if (changes === undefined) return null;
  return [
    { kind: 'same', text: before.slice(0, start).join('') },
    ...changes.map(
      ({ added, removed, value }): DiffPart => ({
        kind: added ? 'added' : removed ? 'removed' : 'same',
        text: value.join(''),
      }),
    ),
    { kind: 'same', text: before.slice(before.length - end).join('') },
  ];
}

/** Neighbours of one kind become one part, and empty parts go. */
function merged(parts: readonly DiffPart[]): DiffPart[] {
  const result: { kind: DiffPart['kind']; text: string }[] = [];
  for (const { kind, text } of parts) {
    const last = result.at(-1);
    if (text === '') continue;
    if (last?.kind === kind) last.text += text;
    else result.push({ kind, text });
  }
  return result;
}

/** Each removed part with the added one after it, letter by letter where they are not long. */
function refined(parts: readonly DiffPart[]): DiffPart[] {
  return parts.flatMap((part, at) => {
    const next = parts[at + 1];
    const previous = parts[at - 1];
    if (part.kind === 'added' && previous?.kind === 'removed' && isShort(previous, part)) return [];
    if (part.kind !== 'removed' || next?.kind !== 'added' || !isShort(part, next)) return [part];
    return shortest(cut(part.text, 'character'), cut(next.text, 'character')) ?? [part, next];
  });
}

const isShort = (a: DiffPart, b: DiffPart): boolean =>
  a.text.length + b.text.length <= MOST_REFINED;

/**
 * What changed between two texts, by words or by characters (Myers 1986, by the library jsdiff). Bounded: time does not grow
 * with the square of the texts, since beyond 2,000 edits the stretch is shown as replaced. No clock is asked, so a diff is
 * the same on every machine. What it says is for a reader and never enters a score.
 */
export function diffTexts(before: string, after: string, level: DiffLevel): TextDiff {
  const direct = shortest(cut(before, level), cut(after, level));
  if (direct !== null) return { parts: merged(direct), isShortest: true };
  const coarse = level === 'word' ? null : shortest(cut(before, 'word'), cut(after, 'word'));
  const parts: DiffPart[] = coarse ?? [
    { kind: 'removed', text: before },
    { kind: 'added', text: after },
  ];
  return { parts: merged(level === 'word' ? parts : refined(merged(parts))), isShortest: false };
}

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * A part for showing: characters that hide or reorder text are spelt out, and the part is isolated, so that text written
 * from right to left, or a stray control in it, cannot move its neighbours (UAX #9).
 */
export function shownPart(part: DiffPart): DiffPart {
  return { ...part, text: `${FIRST_STRONG_ISOLATE}${visible(part.text)}${POP_ISOLATE}` };
}
