import type { IncomingMessage } from 'node:http';

/** Enough for the largest file text of the contract. */
export const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'cut-off' };

/** The body as JSON; strict UTF-8, and never more than the limit in memory. */
export async function readJson(request: IncomingMessage, limitBytes: number): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return { kind: 'too-large' };
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    // Left open when we stop early: the answer still has to go out on the same socket.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes: Uint8Array = chunk;
      length += bytes.length;
      if (length > limitBytes) return { kind: 'too-large' };
      chunks.push(bytes);
    }
  } catch {
    return { kind: 'cut-off' };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'malformed' };
  }
}
