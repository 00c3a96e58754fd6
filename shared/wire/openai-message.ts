import { countField, field, isObject, stringField } from './json-guard.ts';
import type { ReadFailure, ReadOk, ReadWarning, Usage } from './types.ts';

export type MessageReading =
  | {
      readonly ok: true;
      readonly text: string;
      readonly reasoning: string | null;
      readonly finishReason: string | null;
      readonly end: ReadOk['end'];
      readonly refusal: boolean;
    }
  | ReadFailure;

const schema = (detail: string): ReadFailure => ({ ok: false, code: 'SCHEMA', detail });

/**
 * The first choice of a plain answer. Content must be a string; null or absent only where the answer says why (a
 * refusal, a filter, the length limit, tool calls), and then the text is empty.
 */
export function readMessage(choice: unknown, warnings: Set<ReadWarning>): MessageReading {
  if (!isObject(choice)) return schema('choices[0]: not an object');
  const message = field(choice, 'message');
  if (!isObject(message)) return schema('message: not an object');
  const finish = field(choice, 'finish_reason');
  if (finish !== undefined && finish !== null && typeof finish !== 'string') {
    return schema('finish_reason: not a text');
  }
  const finishReason = finish ?? null;
  if (finishReason === null) warnings.add('no-finish-reason');
  const refusal = isRefusal(field(message, 'refusal'));
  const calls = field(message, 'tool_calls');
  const tools = Array.isArray(calls) && calls.length > 0;
  if (tools) warnings.add('tool-calls');
  const content = field(message, 'content') ?? null;
  if (content !== null && typeof content !== 'string') return schema('content: not a text');
  const explained =
    refusal || tools || finishReason === 'content_filter' || finishReason === 'length';
  if (content === null && !explained) return schema('content: missing');
  return {
    ok: true,
    text: content ?? '',
    reasoning: reasoningOf(message),
    finishReason,
    end: endOf(finishReason),
    refusal,
  };
}

/** What a finish_reason of this format means. */
export const endOf = (finishReason: string | null): ReadOk['end'] =>
  finishReason === null
    ? 'unknown'
    : finishReason === 'length'
      ? 'length'
      : finishReason === 'content_filter'
        ? 'filter'
        : 'stop';

export const isRefusal = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** The reasoning text under the two names in use; null when there is none. */
export const reasoningOf = (message: unknown): string | null =>
  (stringField(message, 'reasoning_content') ?? stringField(message, 'reasoning')) || null;

/** Token counts; null unless an object is there. */
export function readUsage(value: unknown): Usage | null {
  if (!isObject(value)) return null;
  return {
    promptTokens: countField(value, 'prompt_tokens'),
    completionTokens: countField(value, 'completion_tokens'),
    totalTokens: countField(value, 'total_tokens'),
    reasoningTokens: countField(field(value, 'completion_tokens_details'), 'reasoning_tokens'),
    cachedTokens: countField(field(value, 'prompt_tokens_details'), 'cached_tokens'),
  };
}
