/** Pieces of an answer that come with their place, in whatever order; read out in the order of the places. */
export class Parts {
  readonly #parts = new Map<
    string,
    { readonly place: readonly number[]; readonly text: string[] }
  >();

  add(place: readonly number[], text: string): void {
    const key = place.join('.');
    const part = this.#parts.get(key);
    if (part === undefined) this.#parts.set(key, { place, text: [text] });
    else part.text.push(text);
  }

  get isEmpty(): boolean {
    return this.#parts.size === 0;
  }

  joined(between: string): string {
    return [...this.#parts.values()]
      .sort((a, b) => comparePlaces(a.place, b.place))
      .map(({ text }) => text.join(''))
      .filter((text) => text !== '')
      .join(between);
  }
}

/** Text and reasoning of an answer while it is put together. */
export interface AnswerParts {
  readonly text: Parts;
  readonly reasoning: Parts;
}
export const newAnswerParts = (): AnswerParts => ({ text: new Parts(), reasoning: new Parts() });

function comparePlaces(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? -1) - (b[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
