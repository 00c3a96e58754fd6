/** The lines of a text one after the other, without their ends: a text of millions of them is never held as a list. */
export function* linesOf(
  text: string,
): Generator<{ readonly line: string; readonly isLast: boolean }> {
  for (let at = 0; at <= text.length; ) {
    const found = text.indexOf('\n', at);
    const isLast = found === -1;
    const end = isLast ? text.length : found;
    yield { line: text.slice(at, end), isLast };
    at = end + 1;
  }
}
