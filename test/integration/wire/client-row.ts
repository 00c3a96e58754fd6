import { expect } from 'vitest';
import type { Parameters } from '#shared/domain/target.ts';
import { buildRequest, unsupportedParameters } from '#shared/wire/adapters.ts';
import type { ChatMessage, WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';
import type { Capture, Captured } from './captured-request.ts';

export const KEY = 'lab-secret-key';
export const MODEL = 'model-1';
export const SYSTEM = 'Answer in one word.';
export const CONVERSATION: readonly ChatMessage[] = [
  { role: 'user', content: 'Wie heißt der „graue“ Hund? 🐕' },
  { role: 'assistant', content: 'Odo' },
  { role: 'user', content: 'And the cat?' },
];
export const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: SYSTEM },
  ...CONVERSATION,
];

// Parameters by our names. A client that has the same name for one is given it from here; where it has another, the row says it.
export const NUCLEUS = { temperature: 0.5, top_p: 0.9 } as const;
export const PENALTIES = { seed: 7, frequency_penalty: 0.25, presence_penalty: -0.5 } as const;
export const LOGPROBS = { logprobs: true, top_logprobs: 3 } as const;

/** A value that is not the same in both requests; undefined: not there. */
interface Difference {
  readonly ours: unknown;
  readonly theirs: unknown;
  readonly reason: string;
}

/** One official client and the settings that it and this program are given. */
export interface Row {
  readonly name: string;
  readonly target: Partial<WireTarget>;
  /** What our base URL has behind the origin: a path, and a query if any. */
  readonly path: string;
  readonly parameters: Parameters;
  /** What the official client sends. */
  readonly theirs: (capture: Capture, stream: boolean) => Promise<Captured>;
  /** Every difference from the official client for the same settings, with its reason. Nothing else may differ. */
  readonly differs: (stream: boolean) => Readonly<Record<string, Difference>>;
}

export const ENCODING: Readonly<Record<string, Difference>> = {
  'accept-encoding': {
    ours: 'gzip',
    theirs: 'gzip, deflate',
    reason: "The client's runtime asks for what it reads; ours for the one encoding it bounds.",
  },
};

/** The differences of a client that asks for JSON even where it asks for a stream. */
export const acceptOfStream = (stream: boolean): Readonly<Record<string, Difference>> => ({
  ...ENCODING,
  ...(stream
    ? {
        accept: {
          ours: 'text/event-stream',
          theirs: 'application/json',
          reason:
            'The client asks for JSON although it asks for a stream; ours names what it takes.',
        },
      }
    : {}),
});

/** What this program sends with the same settings. */
export function ours(origin: string, { target, path, parameters }: Row, stream: boolean): Captured {
  const whole: WireTarget = { ...CHAT, model: MODEL, stream, ...target, baseUrl: origin + path };
  expect(unsupportedParameters(whole, parameters)).toEqual([]);
  const request = buildRequest(whole, { messages: MESSAGES, parameters, keyName: 'lab' });
  const { auth } = request;
  const url = new URL(request.url);
  return {
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries([
      ...request.headers,
      ...(auth?.kind === 'header' ? [[auth.header, `${auth.prefix}${KEY}`]] : []),
    ]),
    body: JSON.parse(new TextDecoder().decode(request.body ?? undefined)),
  };
}
