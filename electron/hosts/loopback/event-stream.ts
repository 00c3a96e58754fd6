import type { ServerResponse } from 'node:http';
import type { EventName, Events } from '#shared/contract/index.ts';
import { SECURITY_HEADERS } from '../common/page-headers.ts';

/** A page has one stream; more than this is somebody counting on our memory. */
const STREAM_LIMIT = 32;
/** A reader that lets this much pile up is gone; it asks again when it is back. */
const BACKLOG_LIMIT_BYTES = 1024 * 1024;

export interface EventSourceLike {
  on(listener: (event: EventName, data: Events[EventName]) => void): () => void;
}

export interface EventStreams {
  /** Turns the answer into a stream of events; false when there are too many already. */
  add(response: ServerResponse): boolean;
  close(): void;
}

/** Relays the core's events to every open page, with a comment line now and then so that both sides notice a dead peer. */
export function createEventStreams(events: EventSourceLike, heartbeatMs: number): EventStreams {
  const open = new Set<ServerResponse>();
  const send = (text: string) => {
    for (const response of open) {
      if (response.writableLength > BACKLOG_LIMIT_BYTES) response.destroy();
      else response.write(text);
    }
  };
  const off = events.on((event, data) => {
    // JSON has no raw line breaks, so one `data:` line holds it.
    send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  });
  const timer = setInterval(() => send(': still here\n\n'), heartbeatMs);
  timer.unref();
  return {
    add: (response) => {
      if (open.size >= STREAM_LIMIT) return false;
      response.writeHead(200, {
        ...SECURITY_HEADERS,
        'content-type': 'text/event-stream; charset=utf-8',
      });
      response.write('retry: 1000\n\n');
      open.add(response);
      response.on('close', () => open.delete(response));
      return true;
    },
    close: () => {
      off();
      clearInterval(timer);
      for (const response of open) response.end();
      open.clear();
    },
  };
}
