import type { EndpointErrorCode } from '../domain/outcome.ts';
import type { Parameters } from '../domain/target.ts';

/** One header as it stands on the wire: name and value, in order; names may repeat. */
export type HeaderPair = readonly [name: string, value: string];

/** Where a secret goes. The secret itself is given to the transport per call and is never part of a built request. */
export interface AuthSlot {
  /** Header name, lower case. */
  readonly header: string;
  /** Text before the secret, such as `Bearer `. */
  readonly prefix: string;
  /** Entry of the vault. */
  readonly keyName: string;
}

/** A request ready to be sent by the outbound door; `headers` hold no secret. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly auth: AuthSlot | null;
  readonly body: Uint8Array | null;
}

/** A request of a wire format: always a POST with a body. */
export interface BuiltRequest extends OutboundRequest {
  readonly method: 'POST';
  readonly body: Uint8Array;
}

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string;
}

export interface BuildInput {
  readonly baseUrl: string;
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly parameters: Parameters;
  readonly stream: boolean;
  /** Further headers of the target (domain/target.ts), sent after ours, in the given order. */
  readonly headers: Readonly<Record<string, string>>;
  /** Vault entry of the API key; null: no authorization header. */
  readonly keyName: string | null;
}

/** What a reader needs of a response; `body` is decoded (after gunzip) but otherwise untouched. */
export interface ReadInput {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** True when the request asked for a stream. */
  readonly stream: boolean;
}

/** Token counts as the provider reports them; null where it reports none. */
export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly totalTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly cachedTokens: number | null;
}

/** Oddities that do not make an answer unreadable; a closed list. */
export type ReadWarning =
  /** The body began with a byte order mark. */
  | 'bom'
  /** Some object repeats a key; the last one counts, as in JSON.parse. */
  | 'duplicate-key'
  /** A \uD800-\uDFFF escape without its partner. */
  | 'lone-surrogate'
  /** A stream was asked for, one JSON document came. */
  | 'not-streamed'
  /** More than one choice; only the first is read. */
  | 'several-choices'
  /** No finish_reason was given. */
  | 'no-finish-reason'
  /** The answer calls tools; the text alone is read. */
  | 'tool-calls'
  /** Chunks of one stream name different models; the first counts. */
  | 'model-changed'
  /** Events after [DONE]; ignored. */
  | 'after-done'
  /** The stream ends inside an event; that event is ignored, as the SSE rules say. */
  | 'unfinished-event';

export interface ReadOk {
  readonly ok: true;
  readonly text: string;
  readonly reasoning: string | null;
  readonly finishReason: string | null;
  /** True when the provider's refusal field is set. */
  readonly refusal: boolean;
  readonly model: string | null;
  readonly fingerprint: string | null;
  readonly usage: Usage | null;
  readonly warnings: readonly ReadWarning[];
}

/** `detail` holds fixed words and provider error codes only, never response text. */
export interface ReadFailure {
  readonly ok: false;
  readonly code: EndpointErrorCode;
  readonly detail: string;
}

export type ReadResult = ReadOk | ReadFailure;

export interface DecodeLimits {
  readonly decodedBytes: number;
  /** Highest decoded:encoded ratio. */
  readonly ratio: number;
}

export type DecodeResult =
  | { readonly ok: true; readonly body: Uint8Array; readonly encoding: 'identity' | 'gzip' }
  | ReadFailure;
