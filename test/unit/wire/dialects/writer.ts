import type { Format } from '#shared/domain/target.ts';
import type { WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../../helpers/wire.ts';

/** What a made-up provider says, in pieces; every format writes the same one its own way, plain and streamed. */
export interface Said {
  readonly text: readonly string[];
  readonly reasoning: readonly string[];
  readonly end: 'stop' | 'length';
}

/** How one format writes an answer. A stream is a list of events, so that a test can cut it or slip something in. */
export interface Writer {
  readonly name: string;
  readonly target: WireTarget;
  readonly plain: (said: Said) => object;
  readonly streamType: string | null;
  readonly events: (said: Said) => readonly Uint8Array[];
  /** An event of this JSON text, well framed. */
  readonly event: (data: string) => Uint8Array;
  readonly errorEvent: Uint8Array;
  readonly logprobs: boolean;
  readonly reasoning: boolean;
  readonly model: boolean;
  /** The plain document whose text is this value instead of a text. */
  readonly wrongText: (value: unknown) => object;
  /** The plain document with something else in the place of its list. */
  readonly wrongList: object | null;
}

export const MODEL = 'served-1';
export const utf8 = (text: string) => new TextEncoder().encode(text);
export const whole = (pieces: readonly string[]) => pieces.join('');
export const json = (value: unknown) => JSON.stringify(value);
export const sse = (data: string, event?: string) =>
  utf8(`${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`);
export const line = (data: string) => utf8(`${data}\n`);
export const target = (format: Format, more: Partial<WireTarget> = {}): WireTarget => ({
  ...CHAT,
  format,
  ...more,
});
/** Tokens are whole characters, also where a piece is cut inside one. */
export const tokenOf = (piece: string) => piece.toWellFormed();
export const logprobOf = (piece: string) => ({
  token: tokenOf(piece),
  logprob: -0.25,
  bytes: null,
  top_logprobs: [],
});
