import { compile, type JSONValue } from 'json-p3';

/**
 * The part of JSONPath (RFC 9535) that a template may use: names, indices and wildcards. Filters and descendants are left
 * out: templates come with bundles of strangers, and those could be made to run for hours.
 */
const PATH =
  /^\$(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|\*)|\[(?:-?\d{1,9}|\*|'[^'\\]{0,200}'|"[^"\\]{0,200}")\])*$/;

export const isJsonPath = (path: string): boolean => {
  if (!PATH.test(path)) return false;
  try {
    compile(path);
    return true;
  } catch {
    return false;
  }
};

/** The values at a path of a parsed JSON value, in order; none when the path is not one of ours. */
export function valuesAt(value: unknown, path: string): unknown[] {
  if (!isJsonPath(path)) return [];
  // Not `query`: it spreads its lists into arguments, and a long list is then too many.
  return Array.from(compile(path).lazyQuery(value as JSONValue), (node) => node.value);
}
