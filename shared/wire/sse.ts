/** One server-sent event. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
}

/** How a body ends: after an event, within one (that event is dropped), or with one that is refused. */
export type SseEnd = 'whole' | 'unfinished' | 'too-large';

export const SSE_EVENT_CHARACTERS = 1024 * 1024;

/**
 * Splits an event stream as the WHATWG rules say: lines end with CR, LF or CRLF; `data` lines join with LF; a line that
 * starts with a colon is a comment; an event without data is dropped; an event the stream ends within is dropped too
 * (`unfinished`). An event above 1 Mi characters is refused. The byte order mark is off already. Events come one by one,
 * so a body of millions of them is never held as a list.
 */
export function* sseEvents(text: string): Generator<SseEvent, SseEnd, void> {
  let event = '';
  let data: string[] = [];
  let size = 0;
  let at = 0;
  while (at < text.length) {
    const end = lineEnd(text, at);
    size += end - at;
    if (size > SSE_EVENT_CHARACTERS) return 'too-large';
    // A last line without its end still belongs to an unfinished event.
    if (end === text.length) return 'unfinished';
    if (end === at) {
      if (data.length > 0) yield { event: event || 'message', data: data.join('\n') };
      event = '';
      data = [];
      size = 0;
    } else if (text[at] === ':') {
      // Pings between events are no part of an event.
      if (data.length === 0) size = 0;
    } else {
      const [name, value] = splitField(text.slice(at, end));
      if (name === 'data') data.push(value);
      else if (name === 'event') event = value;
    }
    at = end + (text[end] === '\r' && text[end + 1] === '\n' ? 2 : 1);
  }
  return data.length > 0 ? 'unfinished' : 'whole';
}

function lineEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a || code === 0x0d) return at;
  }
  return text.length;
}

function splitField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon === -1) return [line, ''];
  const value = line.slice(colon + 1);
  return [line.slice(0, colon), value.startsWith(' ') ? value.slice(1) : value];
}
