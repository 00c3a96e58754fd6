import { adapterOf } from './adapters.ts';
import { decodeBody } from './decode-body.ts';
import type { HeaderPair, ReadResult, WireTarget } from './types.ts';

/** A response as it is stored: status, header pairs in order, body as received. */
export interface StoredResponse {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/**
 * Reads a stored response: first its encoding is taken off, then its format is read. A status that is refused is refused
 * whatever the body is, so that body is not even decoded. The run and the verifier of its bundle both read with this.
 */
export function readResponse(
  { status, headers, body }: StoredResponse,
  { format, stream, template }: Pick<WireTarget, 'format' | 'stream' | 'template'>,
): ReadResult {
  const { read } = adapterOf(format);
  const isReadable = status >= 200 && status < 300 && status !== 206;
  if (!isReadable) return read({ status, headers, body, stream }, template);
  const decoded = decodeBody(headers, body);
  return decoded.ok ? read({ status, headers, body: decoded.body, stream }, template) : decoded;
}
