import type { ReadFailure } from './types.ts';

/**
 * Strict UTF-8: overlong forms, surrogate bytes and cut sequences are refused, nothing is ever replaced. A NUL among the
 * first two bytes is UTF-16 or UTF-32 without its mark, which would pass byte for byte.
 */
export function decodeUtf8(
  bytes: Uint8Array,
): { readonly ok: true; readonly text: string; readonly bom: boolean } | ReadFailure {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (bytes[0] === 0 || bytes[1] === 0)
    return { ok: false, code: 'INVALID_UTF8', detail: 'the body is UTF-16 or UTF-32' };
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { ok: true, text: decoder.decode(bom ? bytes.subarray(3) : bytes), bom };
  } catch {
    return { ok: false, code: 'INVALID_UTF8', detail: 'the body is not UTF-8' };
  }
}
