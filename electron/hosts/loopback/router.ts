import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Envelope } from '#shared/contract/errors.ts';
import { SECURITY_HEADERS } from '../common/page-headers.ts';
import { type Answer, envelope, json, noSessionPage, refusedCall, send, text } from './answers.ts';
import { BODY_LIMIT_BYTES, readJson } from './body.ts';
import type { EventSourceLike, EventStreams } from './event-stream.ts';
import {
  isAskedByOwnPage,
  pathOf,
  type RequestFacts,
  refuseRequest,
  refuseWrite,
} from './guards.ts';
import type { Session } from './session.ts';
import type { StaticFile } from './static-files.ts';

/** What browser mode needs of the core; the real one fits. */
export interface LoopbackCore {
  dispatch(name: string, input: unknown): Promise<Envelope<unknown>>;
  readonly events: EventSourceLike;
}

interface Parts {
  readonly core: LoopbackCore;
  readonly files: ReadonlyMap<string, StaticFile>;
  readonly session: Session;
  readonly streams: EventStreams;
  readonly port: number;
}

type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Every request ends here; the order of the checks is the security of browser mode. */
export function createRouter(parts: Parts): Route {
  const { files, session, streams, port } = parts;
  return async (request, response) => {
    const facts = factsOf(request);
    const refusal = refuseRequest(facts, port);
    if (refusal) return refuse(request, response, text(refusal.status, refusal.message));
    const path = pathOf(facts.url);
    if (path.startsWith('/rpc/')) return answerCall(parts, request, response);
    if (facts.method !== 'GET' && facts.method !== 'HEAD')
      return refuse(request, response, text(405, 'Only GET here.', { allow: 'GET, HEAD' }));
    const isHeld = session.isHeldBy(facts.rawHeaders);
    if (path === '/open') return openSession(facts, isHeld, session, response);
    const isRead = path === '/session' || path === '/events';
    if (!isHeld)
      return send(
        response,
        isRead ? refusedCall(403, 'NOT_AVAILABLE_HERE', 'There is no session.') : noSessionPage,
        facts.method === 'GET',
      );
    if (isRead && (facts.method !== 'GET' || !isAskedByOwnPage(facts, port)))
      return send(response, refusedCall(403, 'NOT_AVAILABLE_HERE', 'Only our own page may ask.'));
    if (path === '/session') return send(response, json(200, { csrf: session.csrf }));
    if (path === '/events') {
      if (!streams.add(response)) send(response, text(503, 'Too many event streams are open.'));
      return;
    }
    const file = files.get(path);
    if (!file) return send(response, text(404, 'There is no such page.'), facts.method === 'GET');
    send(
      response,
      { status: 200, contentType: file.contentType, body: file.bytes },
      facts.method === 'GET',
    );
  };
}

function openSession(
  facts: RequestFacts,
  isHeld: boolean,
  session: Session,
  response: ServerResponse,
): void {
  const token = /^\/open\?token=([A-Za-z0-9_-]{43})$/.exec(facts.url)?.[1] ?? '';
  // Only a real visit spends the token; a browser that is in already may follow its old address again.
  const cookie = facts.method === 'GET' ? session.open(token, performance.now()) : null;
  if (cookie === null && !isHeld) {
    send(response, noSessionPage, facts.method === 'GET');
    return;
  }
  response.writeHead(303, {
    ...SECURITY_HEADERS,
    location: '/',
    'content-length': 0,
    ...(cookie === null ? {} : { 'set-cookie': cookie }),
  });
  response.end();
}

async function answerCall(
  parts: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const facts = factsOf(request);
  const reject = (...args: Parameters<typeof refusedCall>) =>
    refuse(request, response, refusedCall(...args));
  if (facts.method !== 'POST')
    return reject(405, 'BAD_INPUT', 'A call is a POST.', { allow: 'POST' });
  if (!parts.session.isHeldBy(facts.rawHeaders))
    return reject(403, 'NOT_AVAILABLE_HERE', 'There is no session.');
  const refusal = refuseWrite(facts);
  if (refusal)
    return reject(
      refusal.status,
      refusal.status === 415 ? 'BAD_INPUT' : 'NOT_AVAILABLE_HERE',
      refusal.message,
    );
  if (!parts.session.hasCsrf(facts.rawHeaders))
    return reject(403, 'NOT_AVAILABLE_HERE', 'The call does not carry the token of this session.');
  const name = /^\/rpc\/([a-z]+\.[a-zA-Z]+)$/.exec(facts.url)?.[1];
  if (name === undefined) return reject(404, 'NOT_FOUND', 'There is no such method.');
  const body = await readJson(request, BODY_LIMIT_BYTES);
  if (body.kind === 'too-large') return reject(413, 'BAD_INPUT', 'The call is larger than 64 MiB.');
  if (body.kind === 'malformed') return reject(400, 'BAD_INPUT', 'The call is not JSON in UTF-8.');
  if (body.kind === 'cut-off') {
    response.destroy();
    return;
  }
  send(response, envelope(await parts.core.dispatch(name, body.value)));
}

/** Answers without having read the body: the connection is not used again, and what still arrives is thrown away. */
function refuse(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (!request.complete) {
    response.setHeader('connection', 'close');
    request.resume();
  }
  send(response, answer, request.method !== 'HEAD');
}

const factsOf = (request: IncomingMessage): RequestFacts => ({
  method: request.method ?? '',
  url: request.url ?? '',
  rawHeaders: request.rawHeaders,
});
