import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiError, badRequest } from './api-error.ts';
import { type ChatRequest, readChatRequest } from './chat-request.ts';
import { completionBody, completionEvents, type ResponseFrame } from './chat-response.ts';
import type { NgramModel } from './ngram-model.ts';
import { hashLabels } from './random.ts';
import { type LabRelay, relayedAnswer, relayedRequest } from './relay.ts';
import { sendError, sendJson } from './replies.ts';
import type { LabModel } from './train.ts';

const MAX_BODY_BYTES = 4_000_000;

/** A fault on every n-th request to a model. `drop` closes the connection in the middle of the answer. */
export interface LabFault {
  readonly kind: 'http-500' | 'drop' | 'rate-limit';
  readonly every: number;
}

export interface LabServerOptions {
  readonly models: readonly LabModel[];
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** If set, requests need it as bearer token. */
  readonly apiKey?: string;
  /** Needed if one of the models is a relay. */
  readonly relay?: LabRelay;
  /** Waiting time before each answer, by model id. */
  readonly latencyMs?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, LabFault>>;
  /** Fills `created`; no answer depends on it. */
  readonly nowMs?: () => number;
}

export interface LabCount {
  /** Valid chat requests that named the model, those that met a fault included. */
  requests: number;
  answered: number;
  faults: number;
}

export interface ServerState {
  readonly options: LabServerOptions;
  readonly models: ReadonlyMap<string, LabModel>;
  readonly counts: Record<string, LabCount>;
  readonly waiting: Set<NodeJS.Timeout>;
  responses: number;
  baseUrl: string;
}

async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    // Read to the end all the same: leaving early would close the connection before the answer is sent.
    if (bytes <= MAX_BODY_BYTES) parts.push(part);
  }
  return bytes > MAX_BODY_BYTES ? null : Buffer.concat(parts);
}

function frameFor(state: ServerState, model: NgramModel): ResponseFrame {
  state.responses += 1;
  const id = hashLabels(['lab-id-v1', model.seed, model.id, String(state.responses)]);
  const fingerprint = hashLabels(['lab-fingerprint-v1', model.seed, model.id]);
  return {
    id: `chatcmpl-${id.toString('hex', 0, 12)}`,
    created: Math.floor((state.options.nowMs ?? Date.now)() / 1_000),
    model: model.id,
    systemFingerprint: `fp_${fingerprint.toString('hex', 0, 5)}`,
  };
}

/** Half of the answer, then the connection is gone. */
function dropInTheMiddle(response: ServerResponse, parts: readonly string[]): void {
  const whole = parts.join('');
  response.writeHead(200, {
    'content-type': parts.length > 1 ? 'text/event-stream' : 'application/json',
    ...(parts.length > 1 ? {} : { 'content-length': Buffer.byteLength(whole) }),
  });
  response.write(whole.slice(0, Math.floor(whole.length / 2)), () => response.destroy());
}

function answerParts(state: ServerState, model: NgramModel, chat: ChatRequest): string[] {
  const completion = model.answer(chat.messages, chat.decoding);
  const frame = frameFor(state, model);
  return chat.stream
    ? completionEvents(frame, completion, chat.includeUsage)
    : [completionBody(frame, completion)];
}

function sendParts(response: ServerResponse, chat: ChatRequest, parts: readonly string[]): void {
  if (!chat.stream) {
    sendJson(response, parts.join(''));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (const part of parts) response.write(part);
  response.end();
}

async function sendRelayed(
  state: ServerState,
  response: ServerResponse,
  hop: { readonly from: string; readonly to: string; readonly body: Uint8Array },
): Promise<boolean> {
  const { relay, apiKey } = state.options;
  if (relay === undefined) throw new Error('a lab with a relay model needs a relay transport');
  const headers = {
    'content-type': 'application/json',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const url = `${state.baseUrl}/chat/completions`;
  const answer = await relay(relayedRequest(hop.body, hop.to), headers, url).catch(() => null);
  if (answer === null) {
    sendError(response, {
      status: 502,
      type: 'server_error',
      code: 'upstream_failed',
      param: null,
      message: 'The upstream did not answer.',
    });
    return false;
  }
  const contentType = answer.headers['content-type'] ?? 'application/json';
  const body = relayedAnswer(answer.body, contentType, hop.from);
  response.writeHead(answer.status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
  return answer.status === 200;
}

function wait(state: ServerState, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      state.waiting.delete(timer);
      resolve();
    }, delayMs);
    state.waiting.add(timer);
  });
}

/** Answers one chat completions request. */
export async function answerChat(
  state: ServerState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  if (body === null) {
    sendError(response, { ...badRequest('The request is too large.'), status: 413 });
    return;
  }
  const read = readChatRequest(body);
  if (!read.ok) {
    sendError(response, read.error);
    return;
  }
  const model = state.models.get(read.value.model);
  const count = state.counts[read.value.model];
  if (model === undefined || count === undefined) {
    sendError(response, {
      ...badRequest('The model does not exist or you do not have access to it.', 'model'),
      status: 404,
      code: 'model_not_found',
    });
    return;
  }
  count.requests += 1;
  const number = count.requests;
  const delayMs = state.options.latencyMs?.[model.id] ?? 0;
  if (delayMs > 0) await wait(state, delayMs);
  const fault = state.options.faults?.[model.id];
  const faulty = fault !== undefined && number % fault.every === 0;
  if (faulty) {
    count.faults += 1;
    if (fault.kind !== 'drop') {
      sendError(response, faultError(fault.kind));
      return;
    }
  }
  if (model.source.kind === 'relay') {
    if (faulty) {
      response.destroy();
      return;
    }
    const { to } = model.source;
    if (await sendRelayed(state, response, { from: model.id, to, body })) count.answered += 1;
    return;
  }
  const parts = answerParts(state, model.source.model, read.value);
  if (faulty) {
    dropInTheMiddle(response, parts);
    return;
  }
  sendParts(response, read.value, parts);
  count.answered += 1;
}

function faultError(kind: 'http-500' | 'rate-limit'): ApiError {
  return kind === 'http-500'
    ? {
        status: 500,
        type: 'server_error',
        code: null,
        param: null,
        message: 'The server had an error while processing the request.',
      }
    : {
        status: 429,
        type: 'rate_limit_error',
        code: 'rate_limit_exceeded',
        param: null,
        message: 'Rate limit reached. Try again later.',
      };
}
