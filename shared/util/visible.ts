// Control, format (bidi, zero-width, tags), private-use, surrogate and line-separator characters, and blanks that draw
// nothing: text that a reader would not see, or that would change how its neighbours are shown.
const HIDDEN =
  /(?![\n\t])(?:[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|[\u17b4\u17b5]|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}])/gu;

/** Shows characters that hide or reorder text as ⟦U+202E⟧. Line feeds and tabs stay. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`;
  });
}

export interface Clipped {
  readonly text: string;
  /** Characters (code points) left out; 0 when nothing was. */
  readonly leftOut: number;
}

/** The first `limit` code points of a text. */
export function clip(text: string, limit: number): Clipped {
  if (text.length <= limit) return { text, leftOut: 0 };
  const points = [...text];
  if (points.length <= limit) return { text, leftOut: 0 };
  return { text: points.slice(0, limit).join(''), leftOut: points.length - limit };
}
