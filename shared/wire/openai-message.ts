import { field, isObject, stringField } from './json-guard.ts';
import { failureOfError } from './provider-error.ts';
import {
  type Draft,
  mayLackText,
  schemaFailure,
  takeLogprobs,
  takeModel,
  takeName,
  takeRequestId,
  usageOf,
} from './reading.ts';
import type { ReadFailure, ReadOk } from './types.ts';

/**
 * A plain answer; the choice of index 0 counts, as in a stream. Content must be a string; null or absent only where the
 * answer says why (a refusal, a filter, the length limit, tool calls), and then the text is empty.
 */
export function readMessage(document: object, draft: Draft): ReadFailure | null {
  const choices = field(document, 'choices');
  if (!Array.isArray(choices) || choices.length === 0) return schemaFailure('choices: no list');
  if (choices.length > 1) draft.warnings.add('several-choices');
  const isFirst = (one: unknown): boolean => (field(one, 'index') ?? 0) === 0;
  const choice: unknown = choices.find(isFirst) ?? choices[0];
  if (!isObject(choice)) return schemaFailure('choices[0]: not an object');
  const message = field(choice, 'message');
  if (!isObject(message)) return schemaFailure('message: not an object');
  takeOrigin(document, draft);
  const failure = takePart(choice, message, draft);
  return failure ?? closeMessage(draft);
}

/** The end of an answer, plain or streamed: one that holds no content at all must say why. */
export function closeMessage(draft: Draft): ReadFailure | null {
  countThoughts(draft);
  if (draft.finishReason === null) draft.warnings.add('no-finish-reason');
  return draft.text.length === 0 && !mayLackText(draft) ? schemaFailure('content: missing') : null;
}

/** Most count the thinking in the answer's tokens; where the total adds up only with it, it stands beside them (xAI). */
function countThoughts(draft: Draft): void {
  if (draft.usage === null) return;
  const { promptTokens, completionTokens, totalTokens, reasoningTokens } = draft.usage;
  if (promptTokens === null || completionTokens === null) return;
  const withThoughts = completionTokens + (reasoningTokens ?? 0);
  if (totalTokens === promptTokens + withThoughts)
    draft.usage = { ...draft.usage, completionTokens: withThoughts };
}

/** Who answered and what it cost; of a whole answer or of a chunk. */
export function takeOrigin(document: object, draft: Draft): void {
  takeModel(draft, stringField(document, 'model'));
  takeRequestId(draft, field(document, 'id'));
  takeName(draft, 'upstream', stringField(document, 'provider'));
  takeName(draft, 'fingerprint', stringField(document, 'system_fingerprint'));
  draft.usage = usageOf(field(document, 'usage'), USAGE, draft.usage);
}

const USAGE = {
  prompt: 'prompt_tokens',
  completion: 'completion_tokens',
  total: 'total_tokens',
  reasoning: 'completion_tokens_details.reasoning_tokens',
  cached: 'prompt_tokens_details.cached_tokens',
};

/** A choice with its message (plain) or its delta (a chunk of a stream): the same fields. */
export function takePart(choice: object, message: object, draft: Draft): ReadFailure | null {
  const failure = takeFinish(choice, draft);
  if (failure) return failure;
  const content = field(message, 'content') ?? null;
  if (content !== null && typeof content !== 'string') return schemaFailure('content: not a text');
  if (content !== null) draft.text.push(content);
  const reasoning = reasoningOf(message);
  if (reasoning !== null) draft.reasoning.push(reasoning);
  if (isRefusal(field(message, 'refusal'))) draft.refusal = true;
  const calls = field(message, 'tool_calls');
  if (Array.isArray(calls) && calls.length > 0) draft.warnings.add('tool-calls');
  takeLogprobs(draft, field(field(choice, 'logprobs'), 'content'));
  return null;
}

/** Finish reasons that say that the provider broke off: `error` of OpenRouter, the other of DeepSeek. */
const BROKEN: ReadonlySet<string> = new Set(['error', 'insufficient_system_resource']);

export function takeFinish(choice: object, draft: Draft): ReadFailure | null {
  const finish = field(choice, 'finish_reason') ?? null;
  if (finish !== null && typeof finish !== 'string')
    return schemaFailure('finish_reason: not a text');
  if (finish !== null && BROKEN.has(finish)) return failureOfError(field(choice, 'error'));
  draft.finishReason ??= finish;
  draft.end = endOf(draft.finishReason);
  return null;
}

/** What a finish_reason of this format means. */
const endOf = (finishReason: string | null): ReadOk['end'] =>
  finishReason === null
    ? 'unknown'
    : finishReason === 'length'
      ? 'length'
      : finishReason === 'content_filter'
        ? 'filter'
        : 'stop';

const isRefusal = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The reasoning text under the two names in use; null when there is none. */
const reasoningOf = (message: unknown): string | null =>
  (stringField(message, 'reasoning_content') ?? stringField(message, 'reasoning')) || null;
