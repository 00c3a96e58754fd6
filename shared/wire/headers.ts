import type { HeaderPair } from './types.ts';

/** Values of all headers of a name (lower case), in order. */
export function headerValues(headers: readonly HeaderPair[], name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** The media type of a response in lower case without parameters; null when there is none or more than one header. */
export function mediaType(headers: readonly HeaderPair[]): string | null {
  const values = headerValues(headers, 'content-type');
  if (values.length !== 1) return null;
  const type = values[0]?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type === '' ? null : type;
}
