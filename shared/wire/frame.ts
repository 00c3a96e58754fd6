import type { EndpointErrorCode } from '../domain/outcome.ts';
import { mediaType } from './headers.ts';
import { isObject, parseGuarded } from './json-guard.ts';
import { errorWord, providerError } from './provider-error.ts';
import { type Draft, finished, newDraft, schemaFailure } from './reading.ts';
import { type SseEvent, sseEvents } from './sse.ts';
import { decodeUtf8 } from './text.ts';
import type { ReadFailure, ReadInput, ReadResult, ReadWarning } from './types.ts';

const fail = (code: EndpointErrorCode, detail: string): ReadFailure => ({
  ok: false,
  code,
  detail,
});

/** What a status means before anything of the body counts; null: it can be read. 529: overloaded, asks to come back later. */
export function statusFailure({ status, body }: ReadInput): ReadFailure | null {
  if (status >= 200 && status < 300 && status !== 206) return null;
  if (status >= 300 && status < 400) return fail('REDIRECT_REFUSED', `status ${status}`);
  const words = errorWord(body);
  const detail = words === null ? `status ${status}` : `status ${status}, ${words}`;
  if (status === 401 || status === 403) return fail('AUTH_FAILED', detail);
  if (status === 429 || status === 529) return fail('RATE_LIMITED', detail);
  // 206 is a part of something that was not asked for.
  return fail('HTTP_STATUS', detail);
}

/** The failure of a body that is not of one of the types asked for, or is empty. */
export function typeFailure(input: ReadInput, types: readonly string[]): ReadFailure | null {
  const type = mediaType(input.headers);
  if (type === null || !types.includes(type)) {
    return fail(
      'CONTENT_TYPE',
      type === null ? 'no single content type' : 'not the type asked for',
    );
  }
  return input.body.length === 0 ? fail('CONTENT_TYPE', 'the body is empty') : null;
}

/** What a format fills the draft of an answer with: a JSON document or, where it can stream, the text of a stream. */
export interface TextFormat {
  readonly document: (document: object, draft: Draft) => ReadFailure | null;
  readonly stream?: {
    /** Media types of a stream. */
    readonly types: readonly string[];
    readonly take: (text: string, draft: Draft) => ReadFailure | null;
  };
}

/**
 * Reads a response whose body is text: one JSON document, or a stream of events or lines. It never throws: whatever the
 * bytes are, the result is a reading or a failure with a code.
 *
 * Content type: a plain request takes application/json only; a request for a stream takes the type of the stream, and also
 * application/json with the warning `not-streamed`, since servers that do not stream answer so.
 */
export function readText(input: ReadInput, { document, stream }: TextFormat): ReadResult {
  const types = (input.stream && stream?.types) || [];
  const refused = statusFailure(input) ?? typeFailure(input, [...types, 'application/json']);
  if (refused) return refused;
  const decoded = decodeUtf8(input.body);
  if (!decoded.ok) return decoded;
  const warnings = new Set<ReadWarning>();
  if (decoded.bom) warnings.add('bom');
  const draft = newDraft(input, warnings);
  const isStream = stream !== undefined && mediaType(input.headers) !== 'application/json';
  if (input.stream && !isStream) warnings.add('not-streamed');
  const failure = isStream
    ? stream.take(decoded.text, draft)
    : readDocument(decoded.text, draft, document);
  return failure ?? finished(draft);
}

function readDocument(
  text: string,
  draft: Draft,
  take: TextFormat['document'],
): ReadFailure | null {
  const parsed = parseGuarded(text);
  if (!parsed.ok) return parsed;
  for (const warning of parsed.warnings) draft.warnings.add(warning);
  if (!isObject(parsed.value)) return schemaFailure('the document is not an object');
  return providerError(parsed.value) ?? take(parsed.value, draft);
}

/** One object of a stream. A surrogate may be split over two pieces, so only repeated keys are noted here. */
export function readPiece(
  text: string,
  draft: Draft,
): { readonly ok: true; readonly piece: object } | ReadFailure {
  const parsed = parseGuarded(text);
  if (!parsed.ok) return parsed;
  if (parsed.warnings.includes('duplicate-key')) draft.warnings.add('duplicate-key');
  if (!isObject(parsed.value)) return schemaFailure('a chunk is not an object');
  return providerError(parsed.value) ?? { ok: true, piece: parsed.value };
}

/**
 * What a stream is read with: `take` takes one object. The answer ends with an event that is no object (`isEnd`), or once
 * `isOver` says so of what was taken; whatever follows is no part of it and is not even parsed (`after-done`).
 */
export interface EventTaker {
  readonly take: (piece: object, draft: Draft) => ReadFailure | null;
  readonly isEnd?: (event: SseEvent) => boolean;
  readonly isOver?: () => boolean;
  /** True once what was taken says that the answer is whole. */
  readonly isDone: (draft: Draft) => boolean;
}

/** Takes the events of a server-sent stream. A stream that neither ended nor said why it stops was cut. */
export function takeSse(text: string, draft: Draft, taker: EventTaker): ReadFailure | null {
  const events = sseEvents(text);
  const end = new StreamEnd(taker);
  for (;;) {
    const next = events.next();
    if (next.done) {
      if (next.value === 'too-large') return fail('BODY_TOO_LARGE', 'an event above 1 MiB');
      if (next.value === 'unfinished') draft.warnings.add('unfinished-event');
      break;
    }
    const place = end.placeOf(next.value);
    if (place === 'after') {
      draft.warnings.add('after-done');
      break;
    }
    const failure = place === 'mark' ? null : takeEvent(next.value, draft, taker);
    if (failure) return failure;
  }
  return end.isMarked || taker.isDone(draft)
    ? null
    : fail('STREAM_TRUNCATED', 'neither an end nor a finish reason');
}

/** Where the events of a stream stand with regard to its end. */
export class StreamEnd {
  readonly #taker: EventTaker;
  #isMarked = false;

  constructor(taker: EventTaker) {
    this.#taker = taker;
  }

  /** Whether the event came that ends a stream and is no object. */
  get isMarked(): boolean {
    return this.#isMarked;
  }

  /** One event: a part of the answer, the mark of its end, or something after it. */
  placeOf(event: SseEvent): 'part' | 'mark' | 'after' {
    if (this.#isMarked) return 'after';
    this.#isMarked = this.#taker.isEnd?.(event) ?? false;
    // Some servers send that mark behind an event which was the end already.
    if (this.#isMarked) return 'mark';
    return this.#taker.isOver?.() ? 'after' : 'part';
  }
}

function takeEvent(event: SseEvent, draft: Draft, { take }: EventTaker): ReadFailure | null {
  const read = readPiece(event.data, draft);
  if (event.event === 'error') {
    const isError = !read.ok && (read.code === 'PROVIDER_ERROR' || read.code === 'RATE_LIMITED');
    return isError ? read : fail('PROVIDER_ERROR', 'error event');
  }
  return read.ok ? take(read.piece, draft) : read;
}
