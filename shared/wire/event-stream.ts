import { crc32 } from './decode-body.ts';
import { SSE_EVENT_CHARACTERS } from './sse.ts';
import { decodeUtf8 } from './text.ts';
import type { ReadFailure } from './types.ts';

/** One message of an `application/vnd.amazon.eventstream` body: its text headers and its payload. */
export interface EventMessage {
  readonly headers: ReadonlyMap<string, string>;
  readonly payload: Uint8Array;
}

/** How a body ends: after a message, within one (that message is dropped), or with one that is refused. */
export type EventStreamEnd = 'whole' | 'unfinished' | ReadFailure;

const PRELUDE_BYTES = 12;
const SMALLEST_MESSAGE = 16;

const corrupt = (detail: string): ReadFailure => ({ ok: false, code: 'ENCODING_CORRUPT', detail });

/**
 * Splits the binary framing of Amazon's event streams: total length, length of the headers and a CRC-32 of both (big
 * endian, 4 bytes each), headers, payload, CRC-32 of everything before it. Both checksums must agree. A message that
 * the body ends within is dropped (`unfinished`), one above 1 MiB is refused. Messages come one by one, so a body of
 * a million of them is never held as a list.
 */
export function* eventMessages(body: Uint8Array): Generator<EventMessage, EventStreamEnd, void> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let at = 0;
  while (at < body.length) {
    if (body.length - at < PRELUDE_BYTES) return 'unfinished';
    const total = view.getUint32(at);
    const headerBytes = view.getUint32(at + 4);
    if (view.getUint32(at + 8) !== crc32(body.subarray(at, at + 8)))
      return corrupt('the checksum of a prelude differs');
    if (total < SMALLEST_MESSAGE || headerBytes > total - SMALLEST_MESSAGE)
      return corrupt('lengths of a message that cannot be');
    if (total > SSE_EVENT_CHARACTERS)
      return { ok: false, code: 'BODY_TOO_LARGE', detail: 'an event above 1 MiB' };
    if (body.length - at < total) return 'unfinished';
    const end = at + total - 4;
    if (view.getUint32(end) !== crc32(body.subarray(at, end)))
      return corrupt('the checksum of a message differs');
    const payloadAt = at + PRELUDE_BYTES + headerBytes;
    const headers = parseHeaders(body.subarray(at + PRELUDE_BYTES, payloadAt));
    if (headers === null) return corrupt('the headers of a message are damaged');
    yield { headers, payload: body.subarray(payloadAt, end) };
    at += total;
  }
  return 'whole';
}

/** Bytes of a value by its type; null: its length stands before it. */
const VALUE_BYTES: readonly (number | null)[] = [0, 0, 1, 2, 4, 8, null, null, 8, 16];
const TEXT = 7;

/** The text headers; other kinds are stepped over. Null when the bytes do not add up. */
function parseHeaders(bytes: Uint8Array): Map<string, string> | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headers = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const nameLength = bytes[at] ?? 0;
    const type = bytes[at + 1 + nameLength];
    const fixed = type === undefined ? undefined : VALUE_BYTES[type];
    if (fixed === undefined) return null;
    const name = decodeUtf8(bytes.subarray(at + 1, at + 1 + nameLength));
    at += nameLength + 2;
    if (fixed === null && at + 2 > bytes.length) return null;
    const length = fixed ?? view.getUint16(at);
    if (fixed === null) at += 2;
    if (at + length > bytes.length) return null;
    const value = type === TEXT ? decodeUtf8(bytes.subarray(at, at + length)) : null;
    if (!name.ok || (value !== null && !value.ok)) return null;
    if (value !== null) headers.set(name.text, value.text);
    at += length;
  }
  return headers;
}
