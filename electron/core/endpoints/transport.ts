import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { Client } from 'undici';
import { headerValues } from '#shared/wire/headers.ts';
import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';
import { ByteCollector } from './byte-collector.ts';
import { openSocket, systemResolver } from './connect.ts';
import { ExchangeFailure, exchangeFailure, isSystemError, isTlsAlert } from './failure.ts';
import {
  type AuthHeaders,
  authHeaders,
  checkUrl,
  NO_AUTH,
  recordedHeaders,
  recordedUrl,
} from './outgoing.ts';
import { originOf } from './proxy.ts';
import { withoutSecrets } from './secret-guard.ts';
import { guardedSecrets } from './secrets.ts';
import type {
  Connection,
  ExchangeEvent,
  ExchangeResult,
  NetFacts,
  Resolver,
  SendOptions,
  TlsFacts,
  Transport,
  TransportClock,
  TransportLimits,
  TransportOptions,
} from './types.ts';

/** HOSTILE section 2. */
export const TRANSPORT_LIMITS: TransportLimits = {
  headerBytes: 32 * 1024,
  encodedBytes: 16 * 1024 * 1024,
  connectMs: 10_000,
  headersMs: 120_000,
  idleMs: 60_000,
  totalMs: 600_000,
};

const systemClock: TransportClock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

interface Settings {
  readonly limits: TransportLimits;
  readonly clock: TransportClock;
  readonly resolve: Resolver;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isConfigured: (origin: string) => boolean;
  readonly onConnection: (connection: Connection) => void;
}

/**
 * The outbound door (HOSTILE section 2). Each exchange has its own connection, used once: nothing a server sends too
 * much can become part of another answer, and the recorded TLS facts are those of this exchange. Nothing is followed,
 * retried or decoded; proxy variables are read only for a way whose proxy is `system`. A host that is not configured is
 * refused before anything is resolved, and every connection is reported when it has ended.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const settings: Settings = {
    limits: { ...TRANSPORT_LIMITS, ...options.limits },
    clock: options.clock ?? systemClock,
    resolve: options.resolve ?? systemResolver,
    env: options.env ?? {},
    isConfigured: options.isConfigured ?? (() => true),
    onConnection: options.onConnection ?? (() => {}),
  };
  const closed = new AbortController();
  const running = new Set<Promise<ExchangeResult>>();
  return {
    send(request, sendOptions) {
      const exchange = new Exchange(settings, request, sendOptions).run(closed.signal);
      running.add(exchange);
      return exchange.finally(() => running.delete(exchange));
    },
    async close() {
      closed.abort(new ExchangeFailure('CANCELLED', 'the transport was closed'));
      await Promise.all(running);
    },
  };
}

/** Why a connection that was used ends; made once, since undici would make an error with a stack for each. */
const OVER = new Error('the exchange is over');
const SECOND_CONNECTION = 'no second connection';

interface Head {
  readonly statusCode: number;
  readonly statusText: string;
  readonly rawHeaders: readonly HeaderPair[];
}

/** One exchange from start to end: collects what is known as it goes, so that a failure keeps all of it. */
class Exchange {
  readonly #settings: Settings;
  readonly #request: OutboundRequest;
  readonly #options: SendOptions;
  readonly #startMs: number;
  readonly #startWallMs: number;
  readonly #abort = new AbortController();
  readonly #body: ByteCollector;
  #auth: AuthHeaders = NO_AUTH;
  #wire: Socket | null = null;
  #net: NetFacts | null = null;
  #tls: TlsFacts | null = null;
  #head: Head | null = null;
  #trailers: readonly HeaderPair[] = [];
  #complete = false;
  #requestSent = false;
  #connectedMs: number | null = null;
  #firstByteMs: number | null = null;

  constructor(settings: Settings, request: OutboundRequest, options: SendOptions) {
    this.#settings = { ...settings, limits: shorter(settings.limits, options.limits) };
    this.#request = request;
    this.#options = options;
    this.#startMs = settings.clock.monotonicMs();
    this.#startWallMs = settings.clock.wallMs();
    this.#body = new ByteCollector(settings.limits.encodedBytes);
  }

  async run(closed: AbortSignal): Promise<ExchangeResult> {
    const { timeoutMs, signal } = this.#options;
    const totalMs = Math.min(timeoutMs, this.#settings.limits.totalMs);
    const total = this.#timer(totalMs, 'TIMEOUT_TOTAL');
    const onClosed = () => this.#abort.abort(closed.reason);
    const onCancelled = () => this.#fail('CANCELLED', 'cancelled by the caller');
    closed.addEventListener('abort', onClosed);
    signal?.addEventListener('abort', onCancelled);
    if (closed.aborted) onClosed();
    if (signal?.aborted) onCancelled();
    let failure: ExchangeFailure | null = null;
    try {
      await this.#exchange();
    } catch (error) {
      failure = exchangeFailure(
        this.#abort.signal.aborted ? this.#abort.signal.reason : error,
        this.#head !== null,
      );
    } finally {
      clearTimeout(total);
      closed.removeEventListener('abort', onClosed);
      signal?.removeEventListener('abort', onCancelled);
    }
    // What a redirect says in its body, or how it ends, does not change that it is one.
    const status = this.#head?.statusCode ?? 0;
    if (status >= 300 && status < 400 && failure?.code !== 'CANCELLED') {
      failure = new ExchangeFailure('REDIRECT_REFUSED', `status ${status}`);
    }
    const result = withoutSecrets(this.#result(failure), this.#secrets(), this.#options.textsOf);
    this.#report(result.error?.code ?? null);
    return result;
  }

  #report(code: Connection['code'], startMs = this.#startMs): void {
    const { clock, onConnection } = this.#settings;
    const url = URL.parse(this.#request.url);
    onConnection({
      startedMs: this.#startWallMs + (startMs - this.#startMs),
      durationMs: clock.monotonicMs() - startMs,
      reason: this.#options.reason,
      host: url === null || url.hostname === '' ? '' : originOf(url),
      address: this.#net?.addressUsed ?? null,
      proxy: this.#net?.proxy?.host ?? null,
      bytesOut: this.#wire?.bytesWritten ?? 0,
      bytesIn: this.#wire?.bytesRead ?? 0,
      code,
    });
  }

  async #exchange(): Promise<void> {
    const { limits } = this.#settings;
    const url = checkUrl(this.#request.url, this.#options.allowHttp);
    const { isConfigured, clock } = this.#settings;
    if (!isConfigured(originOf(url)))
      throw new ExchangeFailure('HOST_NOT_CONFIGURED', 'no target or service is configured there');
    this.#auth = await authHeaders(this.#request, this.#options.secret, clock.wallMs());
    this.#abort.signal.throwIfAborted();
    let hopStartMs = this.#startMs;
    const socket = await openSocket({
      url,
      resolve: this.#settings.resolve,
      allowPrivate: this.#options.allowPrivate,
      connectMs: limits.connectMs,
      signal: this.#abort.signal,
      extraCa: this.#options.extraCa,
      pinSha256: this.#options.pinSha256,
      systemRoots: this.#options.systemRoots ?? false,
      clientCertificate: this.#options.clientCertificate,
      proxy: this.#options.proxy ?? { kind: 'none' },
      env: this.#settings.env,
      isConfigured,
      onWire: (wire) => {
        this.#wire = wire;
      },
      onPassedOver: (failure) => {
        this.#report(failure.code, hopStartMs);
        hopStartMs = clock.monotonicMs();
        this.#wire = null;
      },
      onNet: (net) => {
        this.#net = net;
      },
      onTls: (tls) => {
        this.#tls = tls;
      },
      onStep: (kind) => {
        if (kind === 'connected') this.#connectedMs = this.#elapsed();
        this.#event({ kind, atMs: this.#elapsed() });
      },
    });
    try {
      await this.#talk(url, socket);
    } finally {
      socket.destroy();
    }
  }

  async #talk(url: URL, socket: Socket): Promise<void> {
    const { limits } = this.#settings;
    // A reset where the body ends with the connection would otherwise look like its end.
    let socketError: unknown = null;
    // An alert of TLS 1.3 about our certificate comes after the handshake, and undici tells only that the socket is gone.
    let alert: unknown = null;
    socket.on('error', (error) => {
      if (isSystemError(error)) socketError ??= error;
      if (isTlsAlert(error)) alert ??= error;
    });
    socket.once('readable', () => {
      if (socket.readableLength > 0) this.#firstByteMs = this.#elapsed();
    });
    let used = false;
    const client = new Client(url.origin, {
      allowH2: false,
      useMilo: false,
      pipelining: 1,
      maxHeaderSize: limits.headerBytes,
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
    // The signal alone does not reach a request that undici has not begun to write.
    const onAbort = () => void client.destroy(this.#abort.signal.reason);
    this.#abort.signal.addEventListener('abort', onAbort);
    let lost: unknown = null;
    client.on('disconnect', (_origin, _targets, error) => {
      lost ??= error;
    });
    try {
      await this.#receive(client, url);
      if (socketError !== null) throw socketError;
      this.#complete = true;
      this.#event({ kind: 'end', atMs: this.#elapsed() });
    } catch (error) {
      // Bytes before the request make undici drop the connection; the first reason is the true one.
      const second = error instanceof ExchangeFailure && error.detail === SECOND_CONNECTION;
      throw alert ?? (second && lost !== null ? lost : error);
    } finally {
      this.#abort.signal.removeEventListener('abort', onAbort);
      await client.destroy(OVER);
    }
  }

  async #receive(client: Client, url: URL): Promise<void> {
    const { limits } = this.#settings;
    const { signal } = this.#abort;
    const silence = this.#timer(limits.headersMs, 'TIMEOUT_HEADERS');
    let idle: NodeJS.Timeout | undefined;
    try {
      this.#requestSent = true;
      const response = await client.request({
        method: this.#request.method,
        path: `${url.pathname}${url.search}`,
        headers: [...this.#request.headers, ...this.#auth.sent].flat(),
        body: this.#request.body,
        reset: true,
        signal,
        responseHeaders: 'raw',
        onInfo: () => silence.refresh(),
      });
      clearTimeout(silence);
      idle = this.#timer(limits.idleMs, 'TIMEOUT_IDLE');
      const rawHeaders = pairs(response.headers as unknown as readonly string[]);
      this.#firstByteMs ??= this.#elapsed();
      this.#head = {
        statusCode: response.statusCode,
        statusText: response.statusText,
        rawHeaders,
      };
      this.#event({ kind: 'headers', atMs: this.#elapsed() });
      this.#checkLength(rawHeaders);
      for await (const piece of response.body) this.#take(piece as Uint8Array, idle);
      this.#trailers = Object.entries(response.trailers).flatMap(([name, value]) =>
        [value].flat().map((one) => [name, one] as const),
      );
    } finally {
      clearTimeout(silence);
      clearTimeout(idle);
    }
  }

  #checkLength(headers: readonly HeaderPair[]): void {
    const declared = Number(headerValues(headers, 'content-length')[0] ?? 0);
    if (declared > this.#settings.limits.encodedBytes) {
      this.#fail('BODY_TOO_LARGE', 'the declared length is above the limit');
      this.#abort.signal.throwIfAborted();
    }
  }

  #take(piece: Uint8Array, idle: NodeJS.Timeout): void {
    idle.refresh();
    const atMs = this.#elapsed();
    if (!this.#body.add(piece, atMs)) {
      this.#fail('BODY_TOO_LARGE', 'the body is above the limit');
      this.#abort.signal.throwIfAborted();
    }
    this.#event({ kind: 'bytes', atMs, received: this.#body.size });
  }

  #secrets(): string[] {
    const url = URL.parse(this.#request.url);
    return guardedSecrets(this.#options, { env: this.#settings.env, url });
  }

  #elapsed(): number {
    return this.#settings.clock.monotonicMs() - this.#startMs;
  }

  #fail(code: ExchangeFailure['code'], detail: string): void {
    this.#abort.abort(new ExchangeFailure(code, detail));
  }

  #timer(ms: number, code: ExchangeFailure['code']): NodeJS.Timeout {
    return setTimeout(() => this.#fail(code, `after ${ms} ms`), ms);
  }

  #event(event: ExchangeEvent): void {
    this.#options.onEvent?.(event);
  }

  #result(failure: ExchangeFailure | null): ExchangeResult {
    const { clock } = this.#settings;
    const { body, method } = this.#request;
    const received = this.#body.bytes();
    const endMs = this.#elapsed();
    const wall = (elapsed: number) => new Date(this.#startWallMs + elapsed).toISOString();
    return {
      request: {
        method,
        url: recordedUrl(this.#request.url),
        httpVersion: '1.1',
        headers: recordedHeaders(this.#request, this.#auth),
        body,
        bodySha256: sha256(body ?? new Uint8Array()),
      },
      response:
        this.#head === null
          ? null
          : {
              ...this.#head,
              body: received,
              encodedSha256: sha256(received),
              trailers: this.#trailers,
              complete: this.#complete,
              arrivals: this.#body.arrivals,
            },
      tls: this.#tls,
      net: this.#net,
      times: {
        startAt: new Date(this.#startWallMs).toISOString(),
        firstByteAt: this.#firstByteMs === null ? null : wall(this.#firstByteMs),
        endAt: new Date(clock.wallMs()).toISOString(),
        connectedMs: this.#connectedMs,
        firstByteMs: this.#firstByteMs,
        durationMs: endMs,
      },
      error: failure === null ? null : { code: failure.code, detail: failure.detail },
      secretEchoed: false,
      requestSent: this.#requestSent,
    };
  }
}

/** The limits with the waits of one call, where those are shorter. */
function shorter(limits: TransportLimits, wanted: SendOptions['limits'] = {}): TransportLimits {
  return {
    ...limits,
    connectMs: Math.min(limits.connectMs, wanted.connectMs ?? limits.connectMs),
    headersMs: Math.min(limits.headersMs, wanted.headersMs ?? limits.headersMs),
    idleMs: Math.min(limits.idleMs, wanted.idleMs ?? limits.idleMs),
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function pairs(flat: readonly string[]): HeaderPair[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[index * 2] ?? '',
    flat[index * 2 + 1] ?? '',
  ]);
}
