/**
 * Path of the first text in a value that is not well-formed UTF-16 (a surrogate without its partner), or null. Such text has
 * no UTF-8, so nothing that holds it could be hashed, signed or verified.
 */
export function illFormedAt(
  value: unknown,
  path: readonly string[] = [],
): readonly string[] | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (!key.isWellFormed()) return path;
    const found = illFormedAt(inner, [...path, key]);
    if (found !== null) return found;
  }
  return null;
}
