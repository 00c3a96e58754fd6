import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import type { HeaderPair } from '#shared/wire/types.ts';
import { ExchangeFailure, isSystemError, isTlsAlert } from './failure.ts';
import { HeadReader } from './head-reader.ts';

/** What is told of an exchange as it goes; each throw ends it with what was thrown. */
export interface ExchangeListener {
  /** From here on bytes of the request may have left. */
  onRequest(): void;
  /** An informational answer (1xx) came: the server is alive. */
  onInfo(): void;
  onHead(head: AnswerHead): void;
  onPiece(piece: Uint8Array): void;
  onTrailers(trailers: readonly HeaderPair[]): void;
}

export interface AnswerHead {
  readonly statusCode: number;
  readonly statusText: string;
  /** Name and value pairs as received, in order; bytes above 0x7f read as Latin-1. */
  readonly rawHeaders: readonly HeaderPair[];
}

interface TalkOptions {
  readonly maxHeaderBytes: number;
  readonly signal: AbortSignal;
  readonly listener: ExchangeListener;
}

export interface WrittenRequest {
  readonly method: string;
  readonly path: string;
  /** In the order in which they are sent, after host and connection. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | null;
}

/** Why a connection that was used ends; made once, since each error of its own would cost a stack trace. */
const OVER = new Error('the exchange is over');
const SECOND_CONNECTION = 'no second connection';

/**
 * Writes one request to a socket and reads one answer from it (HTTP/1.1). The socket is ended with the answer, so what
 * comes after it is nobody's. Resolves when the answer is whole; rejects with what broke it off, or with the reason of
 * `signal`. By undici's `dispatch`, below its `request`: pieces come without a stream between, trailers come raw.
 */
export async function talkHttp1(
  origin: string,
  socket: Socket,
  request: WrittenRequest,
  options: TalkOptions,
): Promise<void> {
  const watch = watchSocket(socket);
  const head = new HeadReader(options.maxHeaderBytes, options.listener.onInfo);
  readBefore(socket, head);
  const client = clientOn(origin, socket, options.maxHeaderBytes);
  let lost: unknown = null;
  client.on('disconnect', (_origin, _targets, error) => {
    lost ??= error;
  });
  try {
    await exchange(client, socket, request, { ...options, head });
    // A reset where the body ends with the connection would otherwise look like its end.
    if (watch.systemError !== null) throw watch.systemError;
  } catch (error) {
    // Bytes before the request make undici drop the connection; the first reason is the true one.
    const second = error instanceof ExchangeFailure && error.detail === SECOND_CONNECTION;
    throw watch.alert ?? (second && lost !== null ? lost : error);
  } finally {
    await client.destroy(OVER);
  }
}

/** Remembers what undici does not tell: an error of the system, and an alert that comes after the handshake (TLS 1.3). */
function watchSocket(socket: Socket): { systemError: unknown; alert: unknown } {
  const seen: { systemError: unknown; alert: unknown } = { systemError: null, alert: null };
  socket.on('error', (error) => {
    if (isSystemError(error)) seen.systemError ??= error;
    if (!isTlsAlert(error)) return;
    seen.alert ??= error;
    // Node tells of a record that is wrong, and leaves the connection open.
    socket.destroy();
  });
  return seen;
}

/** Gives what comes to `head` first, until it lets the head through: undici takes bytes from `socket.read` alone. */
function readBefore(socket: Socket, head: HeadReader): void {
  const read = socket.read;
  socket.read = (size?: number) => {
    if (size === 0) return read.call(socket, 0);
    for (let piece = read.call(socket); piece !== null; piece = read.call(socket)) {
      try {
        const whole = head.take(piece);
        if (whole === null) continue;
        socket.read = read;
        return whole;
      } catch (failure) {
        socket.destroy(failure as ExchangeFailure);
        return null;
      }
    }
    return null;
  };
}

function clientOn(origin: string, socket: Socket, maxHeaderBytes: number): Client {
  let used = false;
  return new Client(origin, {
    allowH2: false,
    useMilo: false,
    pipelining: 1,
    maxHeaderSize: maxHeaderBytes,
    // Ours are exact; those of undici are coarse.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => {
      const second = used;
      used = true;
      // undici does not expect its answer at once.
      queueMicrotask(() => {
        if (second) callback(new ExchangeFailure('CONNECTION_LOST', SECOND_CONNECTION), null);
        else callback(null, socket);
      });
    },
  });
}

const exchange = (
  client: Client,
  socket: Socket,
  request: WrittenRequest,
  { signal, listener, head }: TalkOptions & { readonly head: HeadReader },
): Promise<void> =>
  new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(signal.reason);
      // Reaches a request too that undici has not begun to write.
      void client.destroy(signal.reason);
    };
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', onAbort);
      end();
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: (controller) => {
        if (signal.aborted) controller.abort(signal.reason);
        else listener.onRequest();
      },
      onResponseStart: ({ rawHeaders }, statusCode) => {
        listener.onHead({ statusCode, statusText: head.reason, rawHeaders: pairs(rawHeaders) });
      },
      onResponseData: (_controller, piece) => {
        if (!signal.aborted) listener.onPiece(piece);
      },
      onResponseEnd: ({ rawTrailers }) => {
        listener.onTrailers(pairs(rawTrailers));
        // Before undici ends it with an error of its own, whose stack trace would be written out.
        socket.destroy(OVER);
        settle(resolve);
      },
      onResponseError: (_controller, error) => settle(() => reject(error)),
    };
    client.dispatch(
      {
        method: request.method,
        path: request.path,
        headers: request.headers.flat(),
        body: request.body,
        reset: true,
      },
      handler,
    );
  });

/** undici gives the bytes of names and values one after the other. */
function pairs(raw: Dispatcher.DispatchController['rawHeaders']): HeaderPair[] {
  const flat = Array.isArray(raw) ? raw.map(latin1) : [];
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[index * 2] ?? '',
    flat[index * 2 + 1] ?? '',
  ]);
}

const latin1 = (bytes: Buffer | string): string =>
  typeof bytes === 'string' ? bytes : bytes.toString('latin1');
