import type { EndpointErrorCode } from '#shared/domain/outcome.ts';
import type { StoredResponse } from '#shared/wire/read-response.ts';
import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';

/** Bounds of one exchange (HOSTILE section 2). Times in milliseconds, sizes in bytes. */
export interface TransportLimits {
  readonly headerBytes: number;
  /** Body as received, before decoding. */
  readonly encodedBytes: number;
  /** Name resolution, TCP and TLS together. */
  readonly connectMs: number;
  /** From the request sent to the final response headers; an informational (1xx) answer starts it anew. */
  readonly headersMs: number;
  /** Longest silence within the body. */
  readonly idleMs: number;
  /** The whole exchange; `timeoutMs` of a call can only shorten it. */
  readonly totalMs: number;
}

/** Time as the transport sees it. Wall time in milliseconds since 1970, monotonic time in milliseconds. */
export interface TransportClock {
  wallMs(): number;
  monotonicMs(): number;
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Name resolution; the system resolver unless a test supplies another. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface TransportOptions {
  readonly limits?: Partial<TransportLimits>;
  readonly clock?: TransportClock;
  readonly resolve?: Resolver;
  /** The process's variables, for ways with the proxy `system`; read at the time of each request. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Who is asked for the proxy `system`. Default: the variables. */
  readonly system?: SystemProxies;
  /** Whether `host:port` was configured by the analyst; anything else is HOST_NOT_CONFIGURED. Default: everything is. */
  readonly isConfigured?: (origin: string) => boolean;
  /** Told once for every connection, refused and failed ones included, when it has ended. */
  readonly onConnection?: (connection: Connection) => void;
}

/** One connection as the Activity list shows it: no path, no header, no body. */
export interface Connection {
  /** Wall time in milliseconds since 1970. */
  readonly startedMs: number;
  readonly durationMs: number;
  readonly reason: SendReason;
  /** `host:port` as configured, ASCII; empty for a URL that names none. */
  readonly host: string;
  readonly address: string | null;
  /** `host:port` of the proxy. */
  readonly proxy: string | null;
  /** Bytes on the socket, TLS included. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Null: a whole answer came. */
  readonly code: EndpointErrorCode | null;
}

/** How a request gets to its host. `credentials`: `user:password` for the proxy, used and forgotten. */
export type ProxyWay =
  | { readonly kind: 'none' | 'system' }
  | { readonly kind: 'manual'; readonly url: string; readonly credentials?: string }
  | { readonly kind: 'pac'; readonly script: string; readonly credentials?: string };

/** A proxy to go through. */
export interface Hop {
  readonly kind: ProxyFacts['kind'];
  /** TLS to the proxy itself. */
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** `user:password`. */
  readonly credentials: string | null;
}

/** The proxies of the system: what its settings say where the host can ask them, else the variables of the environment. */
export interface SystemProxies {
  /** The ways to the origin of a URL as the system says now; null stands for the direct one. Rejects with PROXY_FAILED. */
  find(url: URL): Promise<readonly (Hop | null)[]>;
  /** What the variables say now, or the settings said last. */
  known(url: URL): readonly (Hop | null)[];
}

/** Progress of an exchange; carries no content. `atMs`: monotonic milliseconds since its start. */
export type ExchangeEvent =
  | { readonly kind: 'resolved' | 'connected' | 'headers' | 'end'; readonly atMs: number }
  | { readonly kind: 'bytes'; readonly atMs: number; readonly received: number };

/** Why a connection is made, for the Activity list. */
export type SendReason = 'audit' | 'test' | 'probe' | 'score' | 'beacon' | 'timestamp' | 'lab';

export interface SendOptions {
  readonly reason: SendReason;
  /** Total deadline in milliseconds, at most the transport's own. */
  readonly timeoutMs: number;
  /** Waits of this call; they can only shorten the transport's own. */
  readonly limits?: Partial<Pick<TransportLimits, 'connectMs' | 'headersMs' | 'idleMs'>>;
  readonly signal?: AbortSignal;
  /** Consent to loopback, private, link-local and shared (CGNAT) addresses. */
  readonly allowPrivate: boolean;
  /** Consent to a connection without TLS. */
  readonly allowHttp: boolean;
  /** Value for `request.auth` (`ID:SECRET` or `ID:SECRET:TOKEN` for sigv4); used for the headers and forgotten. */
  readonly secret?: string;
  /** PEM of further trusted roots; the usual roots stay trusted. */
  readonly extraCa?: string;
  /** SHA-256 of the leaf certificate, as 64 hex digits; another certificate is TLS_CERT. */
  readonly pinSha256?: string;
  /** Trusts the operating system's roots too. */
  readonly systemRoots?: boolean;
  /** Certificate chain and private key as PEM, one after the other. */
  readonly clientCertificate?: string;
  /** Default: none, whatever the environment says. */
  readonly proxy?: ProxyWay;
  readonly onEvent?: (event: ExchangeEvent) => void;
  /** What a reader makes of a whole answer: a secret that comes in pieces shows only there. */
  readonly textsOf?: (response: StoredResponse) => readonly string[];
}

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: '1.1';
  /** Every header in sent order, with [REDACTED] for the secret. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array | null;
  /** SHA-256 of the body (of nothing, when there is none), hex. */
  readonly bodySha256: string;
}

export interface ReceivedResponse {
  readonly statusCode: number;
  readonly statusText: string;
  /** Name and value pairs as received, in order; bytes above 0x7f read as Latin-1. */
  readonly rawHeaders: readonly HeaderPair[];
  /** Body bytes as received, before gunzip; after a failure what came so far. */
  readonly body: Uint8Array;
  readonly encodedSha256: string;
  readonly trailers: readonly HeaderPair[];
  /** False when the body broke off. */
  readonly complete: boolean;
  /** Arrival of body pieces: [monotonic ms since start, bytes]; past 4096 pieces the last one grows. */
  readonly arrivals: readonly (readonly [atMs: number, bytes: number])[];
}

export interface TlsFacts {
  readonly protocol: string | null;
  readonly cipher: string | null;
  readonly alpn: string | null;
  readonly servername: string | null;
  /** SHA-256 of the leaf certificate, lower-case hex. */
  readonly fingerprint256: string;
  /** DER of the presented chain, leaf first. */
  readonly chain: readonly Uint8Array[];
  readonly authorized: boolean;
}

export interface NetFacts {
  /** Of the host; with a proxy, of the proxy, which resolves the host's name itself. */
  readonly addresses: readonly string[];
  readonly addressUsed: string | null;
  /** Of the host. */
  readonly port: number;
  readonly proxy: ProxyFacts | null;
}

export interface ProxyFacts {
  readonly kind: 'manual' | 'system' | 'pac';
  /** `host:port`. */
  readonly host: string;
}

export interface ExchangeTimes {
  readonly startAt: string;
  readonly firstByteAt: string | null;
  readonly endAt: string;
  /** Monotonic milliseconds since the start. */
  readonly connectedMs: number | null;
  readonly firstByteMs: number | null;
  readonly durationMs: number;
}

export interface ExchangeError {
  readonly code: EndpointErrorCode;
  /** Fixed words and error codes only: no secret, no response text. */
  readonly detail: string;
}

/** Everything an exchange leaves behind (EVIDENCE 3.2). A failure is data: `error` is set, what was received stays. */
export interface ExchangeResult {
  readonly request: SentRequest;
  readonly response: ReceivedResponse | null;
  readonly tls: TlsFacts | null;
  readonly net: NetFacts | null;
  readonly times: ExchangeTimes;
  readonly error: ExchangeError | null;
  /** True when the server sent the secret back in clear: the response then must not be disclosed as it is. */
  readonly secretEchoed: boolean;
  /** False when the failure came before any byte of the request left: the target was not exposed. */
  readonly requestSent: boolean;
}

/** The one outbound door. `send` never throws; it answers with data. */
export interface Transport {
  send(request: OutboundRequest, options: SendOptions): Promise<ExchangeResult>;
  /** Ends exchanges that are under way (CANCELLED) and refuses further ones. */
  close(): Promise<void>;
}
