import { linesOf } from '../util/lines.ts';
import { type EventTaker, readPiece, StreamEnd } from './frame.ts';
import { type Draft, truncated } from './reading.ts';
import { SSE_EVENT_CHARACTERS } from './sse.ts';
import type { ReadFailure } from './types.ts';

/**
 * Takes a stream of one JSON object a line. A last line without its end counts only when it is whole: what a cut leaves
 * of a line is no JSON, and the answer is then judged by what came before.
 */
export function takeLines(text: string, draft: Draft, taker: EventTaker): ReadFailure | null {
  const end = new StreamEnd(taker);
  for (const { line, isLast } of linesOf(text)) {
    const data = line.trim();
    if (data === '') continue;
    const place = end.placeOf({ event: 'message', data });
    if (place === 'after') {
      draft.warnings.add('after-done');
      break;
    }
    if (place === 'mark') continue;
    if (line.length > SSE_EVENT_CHARACTERS)
      return { ok: false, code: 'BODY_TOO_LARGE', detail: 'a line above 1 MiB' };
    const read = readPiece(data, draft);
    if (!read.ok && read.code === 'INVALID_JSON' && isLast) {
      draft.warnings.add('unfinished-event');
      break;
    }
    const failure = read.ok ? taker.take(read.piece, draft) : read;
    if (failure) return failure;
  }
  return end.isMarked || taker.isDone(draft)
    ? null
    : truncated('neither an end nor a finish reason');
}
