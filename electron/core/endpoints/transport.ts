import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { headerValues } from '#shared/wire/headers.ts';
import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';
import { ByteCollector } from './byte-collector.ts';
import { openSocket, systemResolver } from './connect.ts';
import { ExchangeFailure, exchangeFailure } from './failure.ts';
import { type AnswerHead, type ExchangeListener, talkHttp1 } from './http1.ts';
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
import { createSystemProxies } from './system-proxy.ts';
import type {
  Connection,
  ExchangeEvent,
  ExchangeResult,
  NetFacts,
  Resolver,
  SendOptions,
  SystemProxies,
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
  readonly system: SystemProxies;
  readonly isConfigured: (origin: string) => boolean;
  readonly onConnection: (connection: Connection) => void;
}

/**
 * The outbound door (HOSTILE section 2). Each exchange has its own connection, used once: nothing a server sends too
 * much can become part of another answer, and the recorded TLS facts are those of this exchange. Nothing is followed,
 * retried or decoded; the system is asked for its proxy only for a way whose proxy is `system`. A host that is not
 * configured is refused before anything is resolved, and every connection is reported when it has ended.
 */
export function createTransport(options: TransportOptions = {}): Transport {
  const settings: Settings = {
    limits: { ...TRANSPORT_LIMITS, ...options.limits },
    clock: options.clock ?? systemClock,
    resolve: options.resolve ?? systemResolver,
    env: options.env ?? {},
    system: options.system ?? createSystemProxies(options.env ?? {}, null),
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

/** One exchange from start to end: collects what is known as it goes, so that a failure keeps all of it. */
class Exchange {
  readonly #settings: Settings;
  readonly #request: OutboundRequest;
  readonly #url: URL | null;
  readonly #options: SendOptions;
  readonly #startMs: number;
  readonly #startWallMs: number;
  readonly #abort = new AbortController();
  readonly #body: ByteCollector;
  #auth: AuthHeaders = NO_AUTH;
  #wire: Socket | null = null;
  #net: NetFacts | null = null;
  #tls: TlsFacts | null = null;
  #head: AnswerHead | null = null;
  #trailers: readonly HeaderPair[] = [];
  #complete = false;
  #requestSent = false;
  #connectedMs: number | null = null;
  #firstByteMs: number | null = null;

  constructor(settings: Settings, request: OutboundRequest, options: SendOptions) {
    this.#settings = { ...settings, limits: shorter(settings.limits, options.limits) };
    this.#request = request;
    this.#url = URL.parse(request.url);
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
    const url = this.#url;
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
    const url = checkUrl(this.#url, this.#options.allowHttp);
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
      system: this.#settings.system,
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
    socket.once('readable', () => {
      if (socket.readableLength > 0) this.#firstByteMs = this.#elapsed();
    });
    const silence = this.#timer(limits.headersMs, 'TIMEOUT_HEADERS');
    let idle: NodeJS.Timeout | undefined;
    const request = {
      method: this.#request.method,
      path: `${url.pathname}${url.search}`,
      headers: [...this.#request.headers, ...this.#auth.sent],
      body: this.#request.body,
    };
    const listener: ExchangeListener = {
      onRequest: () => {
        this.#requestSent = true;
      },
      onInfo: () => silence.refresh(),
      onHead: (head) => {
        clearTimeout(silence);
        idle = this.#timer(limits.idleMs, 'TIMEOUT_IDLE');
        this.#firstByteMs ??= this.#elapsed();
        this.#head = head;
        this.#event({ kind: 'headers', atMs: this.#elapsed() });
        this.#checkLength(head.rawHeaders);
      },
      onPiece: (piece) => {
        idle?.refresh();
        this.#take(piece);
      },
      onTrailers: (trailers) => {
        this.#trailers = trailers;
      },
    };
    try {
      await talkHttp1(url.origin, socket, request, {
        maxHeaderBytes: limits.headerBytes,
        signal: this.#abort.signal,
        listener,
      });
    } finally {
      clearTimeout(silence);
      clearTimeout(idle);
    }
    this.#complete = true;
    this.#event({ kind: 'end', atMs: this.#elapsed() });
  }

  #checkLength(headers: readonly HeaderPair[]): void {
    const declared = Number(headerValues(headers, 'content-length')[0] ?? 0);
    if (declared > this.#settings.limits.encodedBytes) {
      this.#fail('BODY_TOO_LARGE', 'the declared length is above the limit');
      this.#abort.signal.throwIfAborted();
    }
  }

  #take(piece: Uint8Array): void {
    const atMs = this.#elapsed();
    if (!this.#body.add(piece, atMs)) {
      this.#fail('BODY_TOO_LARGE', 'the body is above the limit');
      this.#abort.signal.throwIfAborted();
    }
    this.#event({ kind: 'bytes', atMs, received: this.#body.size });
  }

  #secrets(): string[] {
    return guardedSecrets(this.#options, { env: this.#settings.env, url: this.#url });
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
        url: recordedUrl(this.#request.url, this.#url),
        httpVersion: '1.1',
        headers: recordedHeaders(this.#request, this.#url, this.#auth),
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

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
