import { headerValues } from './headers.ts';
import { countField, field, isObject } from './json-guard.ts';
import type { AnswerParts } from './parts.ts';
import type {
  AlsoNamed,
  HeaderPair,
  ReadFailure,
  ReadInput,
  ReadOk,
  ReadWarning,
  TokenLogprob,
  Usage,
} from './types.ts';

/** A reading while it is put together: plain answers and the events of a stream are taken into the same one. */
export interface Draft {
  readonly text: string[];
  readonly reasoning: string[];
  finishReason: string | null;
  end: ReadOk['end'];
  refusal: boolean;
  model: string | null;
  fingerprint: string | null;
  usage: Usage | null;
  readonly logprobs: TokenLogprob[];
  upstream: string | null;
  region: string | null;
  requestId: string | null;
  readonly alsoNamed: { -readonly [name in keyof AlsoNamed]: readonly string[] };
  readonly warnings: Set<ReadWarning>;
}

/** Headers in which providers name a request, the more specific ones first. */
const REQUEST_ID_HEADERS = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'apim-request-id',
  'x-goog-request-id',
  'x-generation-id',
];
const REGION_HEADERS = ['x-ms-region'];

/** Ids and places: short printable words; anything else is not taken over. */
const word = (text: unknown): string | null =>
  typeof text === 'string' && /^[\x21-\x7e]{1,200}$/.test(text) ? text : null;

/** Names of places may hold spaces: `East US`. */
const place = (text: unknown): string | null =>
  typeof text === 'string' && /^[\x20-\x7e]{1,200}$/.test(text) ? text.trim() || null : null;

const firstOf = (
  headers: readonly HeaderPair[],
  names: readonly string[],
  read: (text: unknown) => string | null,
): string | null => {
  for (const name of names) {
    const found = read(headerValues(headers, name)[0]);
    if (found !== null) return found;
  }
  return null;
};

export function newDraft({ headers }: ReadInput, warnings: Set<ReadWarning>): Draft {
  return {
    text: [],
    reasoning: [],
    finishReason: null,
    end: 'unknown',
    refusal: false,
    model: null,
    fingerprint: null,
    usage: null,
    logprobs: [],
    upstream: null,
    region: firstOf(headers, REGION_HEADERS, place),
    requestId: firstOf(headers, REQUEST_ID_HEADERS, word),
    alsoNamed: {},
    warnings,
  };
}

/** An id in the body counts only where no header gives one. */
export function takeRequestId(draft: Draft, id: unknown): void {
  draft.requestId ??= word(id);
}

/** Further names that are kept; a server may send as many as it likes. */
const MOST_NAMES = 8;

/** The first name counts; others, in later pieces of the same answer, are kept beside it. Empty: not said. */
export function takeName(draft: Draft, field: keyof AlsoNamed, name: string | null): void {
  if (name === null || name === '') return;
  draft[field] ??= name;
  if (name === draft[field]) return;
  const also = draft.alsoNamed[field] ?? [];
  if (also.length >= MOST_NAMES || also.includes(name)) return;
  draft.alsoNamed[field] = [...also, name];
}

export const takeModel = (draft: Draft, model: string | null): void =>
  takeName(draft, 'model', model);

/** Tokens with their log-probabilities under the names a provider gives them. */
export function takeLogprobs(draft: Draft, list: unknown, name = 'logprob'): void {
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) {
    draft.warnings.add('bad-logprobs');
    return;
  }
  for (const entry of list) {
    const token = field(entry, 'token');
    const logprob = field(entry, name);
    const isLogprob = typeof logprob === 'number' && Number.isFinite(logprob) && logprob <= 0;
    if (typeof token === 'string' && isLogprob) draft.logprobs.push({ token, logprob });
    else draft.warnings.add('bad-logprobs');
  }
}

/** Names of the counts in a provider's usage object; a dot goes into an object. */
export interface UsageNames {
  readonly prompt: string;
  readonly completion: string;
  readonly total: string | null;
  readonly reasoning: string | null;
  readonly cached: string | null;
}

/** Token counts; null unless an object is there. A stream may report them in parts: the later count stands. */
export function usageOf(value: unknown, names: UsageNames, before: Usage | null): Usage | null {
  if (!isObject(value)) return before;
  const count = (path: string | null): number | null => {
    if (path === null) return null;
    const [outer = path, inner] = path.split('.');
    return inner === undefined ? countField(value, outer) : countField(field(value, outer), inner);
  };
  return {
    promptTokens: count(names.prompt) ?? before?.promptTokens ?? null,
    completionTokens: count(names.completion) ?? before?.completionTokens ?? null,
    totalTokens: count(names.total) ?? before?.totalTokens ?? null,
    reasoningTokens: count(names.reasoning) ?? before?.reasoningTokens ?? null,
    cachedTokens: count(names.cached) ?? before?.cachedTokens ?? null,
  };
}

/** The whole answer, once its parts are all there. */
export function takeParts(parts: AnswerParts, draft: Draft): void {
  draft.text.push(parts.text.joined(''));
  draft.reasoning.push(parts.reasoning.joined('\n\n'));
  if (draft.finishReason === null) draft.warnings.add('no-finish-reason');
}

/** Whether something that is known of the answer says why it has no text. */
export const mayLackText = (draft: Draft): boolean =>
  draft.refusal ||
  draft.warnings.has('tool-calls') ||
  draft.end === 'filter' ||
  draft.end === 'length';

/** The finished reading. */
export function finished(draft: Draft): ReadOk {
  const { finishReason, end, refusal, model, fingerprint, usage, warnings } = draft;
  const text = draft.text.join('');
  // A pair may be split over two pieces, so only the whole text can tell.
  if (!text.isWellFormed()) warnings.add('lone-surrogate');
  for (const name of Object.keys(draft.alsoNamed) as (keyof AlsoNamed)[])
    warnings.add(`${name}-changed`);
  const hasLogprobs = draft.logprobs.length > 0 && !warnings.has('bad-logprobs');
  return {
    ok: true,
    text,
    reasoning: draft.reasoning.join('') || null,
    finishReason,
    end,
    refusal,
    model,
    fingerprint,
    usage,
    logprobs: hasLogprobs ? draft.logprobs : null,
    route: { upstream: draft.upstream, region: draft.region, requestId: draft.requestId },
    ...(Object.keys(draft.alsoNamed).length === 0 ? {} : { alsoNamed: draft.alsoNamed }),
    warnings: [...warnings].sort(),
  };
}

export const schemaFailure = (detail: string): ReadFailure => ({
  ok: false,
  code: 'SCHEMA',
  detail,
});
export const truncated = (detail: string): ReadFailure => ({
  ok: false,
  code: 'STREAM_TRUNCATED',
  detail,
});
