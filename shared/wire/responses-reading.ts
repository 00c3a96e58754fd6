import { takeSse } from './frame.ts';
import { countField, field, isObject, stringField } from './json-guard.ts';
import { type AnswerParts, newAnswerParts } from './parts.ts';
import { failureOfError, providerError } from './provider-error.ts';
import {
  type Draft,
  mayLackText,
  schemaFailure,
  takeLogprobs,
  takeModel,
  takeParts,
  takeRequestId,
  truncated,
  usageOf,
} from './reading.ts';
import type { ReadFailure } from './types.ts';

const USAGE = {
  prompt: 'input_tokens',
  completion: 'output_tokens',
  total: 'total_tokens',
  reasoning: 'output_tokens_details.reasoning_tokens',
  cached: 'input_tokens_details.cached_tokens',
};

/** A plain answer: the response object. */
export function readResponseObject(document: object, draft: Draft): ReadFailure | null {
  const items = field(document, 'output');
  const failure = takeState(document, draft);
  if (failure) return failure;
  if (!Array.isArray(items)) return schemaFailure('output: no list');
  const output = newAnswerParts();
  const wrong = takeItems(items, output, draft);
  if (wrong) return wrong;
  return close(output, draft);
}

function close(output: AnswerParts, draft: Draft): ReadFailure | null {
  takeParts(output, draft);
  return output.text.isEmpty && !mayLackText(draft) ? schemaFailure('output: no text') : null;
}

/** Model, usage and how it ended; of a plain answer and of the response object that an event carries. */
function takeState(response: object, draft: Draft): ReadFailure | null {
  const error = providerError(response);
  if (error) return error;
  takeModel(draft, stringField(response, 'model'));
  takeRequestId(draft, field(response, 'id'));
  draft.usage = usageOf(field(response, 'usage'), USAGE, draft.usage);
  const status = field(response, 'status') ?? null;
  if (status !== null && typeof status !== 'string') return schemaFailure('status: not a text');
  if (status === 'failed') return failureOfError(null);
  if (status === 'completed' || status === 'incomplete') {
    const reason = stringField(field(response, 'incomplete_details'), 'reason');
    draft.finishReason = reason ?? status;
    draft.end = endOf(status, reason);
  } else if (status !== null && status !== 'in_progress' && status !== 'queued') {
    return schemaFailure('status: not one of an answer');
  }
  return null;
}

function endOf(status: string, reason: string | null): Draft['end'] {
  if (status === 'completed') return 'stop';
  if (reason === 'content_filter') return 'filter';
  return reason === 'max_output_tokens' ? 'length' : 'unknown';
}

function takeItems(
  items: readonly unknown[],
  output: AnswerParts,
  draft: Draft | null,
): ReadFailure | null {
  for (const [index, item] of items.entries()) {
    if (!isObject(item)) return schemaFailure('output: an item is not an object');
    const type = stringField(item, 'type');
    if (type === 'message') {
      const failure = takeMessage(item, index, output, draft);
      if (failure) return failure;
    } else if (type === 'reasoning') takeReasoning(item, index, output);
    else if (isCall(type)) draft?.warnings.add('tool-calls');
  }
  return null;
}

const isCall = (type: string | null): boolean => type?.endsWith('_call') ?? false;

function takeMessage(
  item: object,
  index: number,
  output: AnswerParts,
  draft: Draft | null,
): ReadFailure | null {
  const content = field(item, 'content');
  if (!Array.isArray(content)) return schemaFailure('content: no list');
  for (const [at, part] of content.entries()) {
    const type = stringField(part, 'type');
    if (type === 'refusal') {
      if (draft) draft.refusal = true;
    } else if (type === 'output_text') {
      const text = stringField(part, 'text');
      if (text === null) return schemaFailure('text: not a text');
      output.text.add([index, at], text);
      if (draft) takeLogprobs(draft, field(part, 'logprobs'));
    }
  }
  return null;
}

/** The reasoning itself first, then its summary, where a provider gives either. */
function takeReasoning(item: object, index: number, output: AnswerParts): void {
  for (const [place, name] of ['content', 'summary'].entries()) {
    const parts = field(item, name);
    if (!Array.isArray(parts)) continue;
    for (const [at, part] of parts.entries())
      output.reasoning.add([index, place, at], stringField(part, 'text') ?? '');
  }
}

const FINAL = ['response.completed', 'response.incomplete', 'response.failed'];

/**
 * A stream of events. The pieces are the answer; the response object of the last event says how it ended, and gives the
 * text only where no pieces came. Without that last event the stream was cut.
 */
export function readResponseStream(text: string, draft: Draft): ReadFailure | null {
  const output = newAnswerParts();
  let last: object | null = null;
  const failure = takeSse(text, draft, {
    isDone: () => last !== null,
    isOver: () => last !== null,
    // Some servers end with the mark of the chat format.
    isEnd: ({ data }) => data === '[DONE]',
    take: (event) => {
      const type = stringField(event, 'type');
      if (type === 'error') return failureOfError(event);
      const response = field(event, 'response');
      if (type !== null && FINAL.includes(type)) {
        if (!isObject(response)) return schemaFailure('response: not an object');
        last = response;
        return type === 'response.failed'
          ? failureOfError(field(response, 'error'))
          : takeState(response, draft);
      }
      if (isObject(response)) return takeState(response, draft);
      return takeDelta(type, event, output, draft);
    },
  });
  if (failure) return failure;
  if (last === null) return truncated('no last event');
  const items = field(last, 'output');
  if (!Array.isArray(items)) return close(output, draft);
  const whole = newAnswerParts();
  // What came with the pieces is not taken twice.
  const wrong = takeItems(items, whole, draft.logprobs.length > 0 ? null : draft);
  if (wrong) return wrong;
  const isRepeated = !output.text.isEmpty && !whole.text.isEmpty;
  if (isRepeated && whole.text.joined('') !== output.text.joined(''))
    draft.warnings.add('stream-disagrees');
  return close(
    {
      text: output.text.isEmpty ? whole.text : output.text,
      reasoning: output.reasoning.isEmpty ? whole.reasoning : output.reasoning,
    },
    draft,
  );
}

function takeDelta(
  type: string | null,
  event: object,
  output: AnswerParts,
  draft: Draft,
): ReadFailure | null {
  const index = countField(event, 'output_index') ?? 0;
  const delta = field(event, 'delta');
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (type === 'response.output_text.delta') {
    if (!isText(delta)) return schemaFailure('delta: not a text');
    output.text.add([index, countField(event, 'content_index') ?? 0], delta);
    takeLogprobs(draft, field(event, 'logprobs'));
  } else if (type === 'response.reasoning_text.delta') {
    const at = countField(event, 'content_index') ?? 0;
    if (isText(delta)) output.reasoning.add([index, 0, at], delta);
  } else if (type === 'response.reasoning_summary_text.delta') {
    const at = countField(event, 'summary_index') ?? 0;
    if (isText(delta)) output.reasoning.add([index, 1, at], delta);
  } else if (type === 'response.refusal.delta') draft.refusal = true;
  else if (type === 'response.output_item.added') {
    if (isCall(stringField(field(event, 'item'), 'type'))) draft.warnings.add('tool-calls');
  }
  return null;
}
