import type { EndpointErrorCode } from '../domain/outcome.ts';
import type {
  Auth,
  Dialect,
  Format,
  Json,
  ParameterName,
  Parameters,
  Template,
} from '../domain/target.ts';

/** One header as it stands on the wire: name and value, in order; names may repeat. */
export type HeaderPair = readonly [name: string, value: string];

/** Where a secret goes. The secret itself is given to the transport per call and is never part of a built request. */
export type AuthSlot = (
  | {
      readonly kind: 'header';
      /** Header name, lower case. */
      readonly header: string;
      /** Text before the secret, such as `Bearer `. */
      readonly prefix: string;
    }
  /** The transport signs the finished request (AWS Signature Version 4) and adds its headers. */
  | { readonly kind: 'sigv4'; readonly region: string; readonly service: string }
) & {
  /** Entry of the vault. */
  readonly keyName: string;
};

/** A request ready to be sent by the outbound door; `headers` hold no secret. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: readonly HeaderPair[];
  readonly auth: AuthSlot | null;
  readonly body: Uint8Array | null;
}

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant';
  readonly content: string;
}

/** What of a target decides the bytes on the wire and how they are read; public, it stands in the bag. */
export interface WireTarget {
  readonly format: Format;
  readonly baseUrl: string;
  readonly model: string;
  readonly stream: boolean;
  /** Further headers of the target (domain/target.ts), sent after ours, by name. */
  readonly headers: Readonly<Record<string, string>>;
  /** How the key is sent; null: as the format does by default. */
  readonly auth: Auth | null;
  /** Further fields of the body. */
  readonly extra: Readonly<Record<string, Json>>;
  readonly template: Template | null;
  /** Where the vendor departs from the format; null: nowhere. */
  readonly dialect: Dialect | null;
}

export interface BuildInput extends WireTarget {
  readonly messages: readonly ChatMessage[];
  readonly parameters: Parameters;
  /** Vault entry of the API key; null: no authorization header. */
  readonly keyName: string | null;
}

/** Fields of a body: path (dots go into objects) to value. */
export type BodyFields = Readonly<Record<string, Json>>;

/** One wire format: pure and total. */
export interface Adapter {
  /**
   * The fields of the body (dots go into objects) that carry a parameter with this value; null: the format has none, and a
   * plan that asks for it is refused. No field: nothing is to be sent for this value.
   */
  fieldsOf(target: WireTarget, name: ParameterName, value: Json): BodyFields | null;
  /** Fields of the body without which the provider answers nothing but an error. */
  readonly required: readonly string[];
  /** What is wrong with the target beyond its parameters. */
  problems?(target: WireTarget): { readonly path: string; readonly message: string }[];
  /** The exact request; equal input gives equal bytes. */
  build(input: BuildInput): OutboundRequest;
  /** Any bytes give a reading or a failure with a code, never an exception. `template`: that of the target, for `custom`. */
  read(input: ReadInput, template: Template | null): ReadResult;
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
  /** Those of the thinking included. */
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
  /** Chunks of one stream name different backend fingerprints; the first counts. */
  | 'fingerprint-changed'
  /** Chunks of one stream name different providers behind the gateway; the first counts. */
  | 'upstream-changed'
  /** Something stands after the end of a stream; it is no part of the answer. */
  | 'after-done'
  /** The stream ends inside an event; that event is ignored, as the SSE rules say. */
  | 'unfinished-event'
  /** The end of the stream repeats the answer in other words; the pieces count. */
  | 'stream-disagrees'
  /** Log-probabilities that are none; all of them are left out. */
  | 'bad-logprobs';

/** One token of the answer with its log-probability, natural logarithm, at most 0. */
export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
}

/** Who answered, as far as the answer says; null where it does not. */
export interface Route {
  /** The provider a gateway passed the question to. */
  readonly upstream: string | null;
  readonly region: string | null;
  /** The provider's own id of the request, from its headers or body. */
  readonly requestId: string | null;
}

/** Other names that later pieces of the same answer gave, in the order in which they came. */
export interface AlsoNamed {
  readonly model?: readonly string[];
  readonly fingerprint?: readonly string[];
  readonly upstream?: readonly string[];
}

export interface ReadOk {
  readonly ok: true;
  readonly text: string;
  readonly reasoning: string | null;
  /** As the provider wrote it. */
  readonly finishReason: string | null;
  /** What that means: done, cut at the length limit, stopped by a filter. */
  readonly end: 'stop' | 'length' | 'filter' | 'unknown';
  /** True when the provider's refusal field is set. */
  readonly refusal: boolean;
  readonly model: string | null;
  readonly fingerprint: string | null;
  readonly usage: Usage | null;
  readonly logprobs: readonly TokenLogprob[] | null;
  readonly route: Route;
  /** Absent: the answer does not contradict itself. */
  readonly alsoNamed?: AlsoNamed;
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
  /** Most times that the decoded body may be as long as the encoded one. */
  readonly ratio: number;
}

export type DecodeResult =
  | { readonly ok: true; readonly body: Uint8Array; readonly encoding: 'identity' | 'gzip' }
  | ReadFailure;
