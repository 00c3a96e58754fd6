import { takeSse } from './frame.ts';
import { countField, field, isObject, stringField } from './json-guard.ts';
import { type AnswerParts, newAnswerParts } from './parts.ts';
import { failureOfError } from './provider-error.ts';
import {
  type Draft,
  schemaFailure,
  takeModel,
  takeParts,
  takeRequestId,
  truncated,
  usageOf,
} from './reading.ts';
import type { ReadFailure, ReadOk } from './types.ts';

const USAGE = {
  prompt: 'input_tokens',
  completion: 'output_tokens',
  total: null,
  reasoning: 'output_tokens_details.thinking_tokens',
  cached: 'cache_read_input_tokens',
};

/** A plain answer: the message object. An empty list of blocks is an empty answer. */
export function readAnthropicMessage(document: object, draft: Draft): ReadFailure | null {
  if (stringField(document, 'type') === 'error') return failureOfError(null);
  const content = field(document, 'content');
  if (!Array.isArray(content)) return schemaFailure('content: no list');
  const blocks = newAnswerParts();
  for (const [index, block] of content.entries()) {
    const failure = takeBlock(block, index, blocks, draft);
    if (failure) return failure;
  }
  takeOrigin(document, draft);
  const failure = takeStop(document, draft);
  if (failure) return failure;
  takeParts(blocks, draft);
  return null;
}

function takeOrigin(message: object, draft: Draft): void {
  takeModel(draft, stringField(message, 'model'));
  takeRequestId(draft, field(message, 'id'));
  draft.usage = usageOf(field(message, 'usage'), USAGE, draft.usage);
}

function takeStop(message: unknown, draft: Draft): ReadFailure | null {
  const reason = field(message, 'stop_reason') ?? null;
  if (reason !== null && typeof reason !== 'string')
    return schemaFailure('stop_reason: not a text');
  draft.finishReason ??= reason;
  draft.end = endOf(draft.finishReason);
  if (draft.finishReason === 'refusal') draft.refusal = true;
  return null;
}

const endOf = (reason: string | null): ReadOk['end'] =>
  reason === null
    ? 'unknown'
    : reason === 'max_tokens' || reason === 'model_context_window_exceeded'
      ? 'length'
      : 'stop';

/** A block as a whole (plain) or as it starts (stream); unknown kinds of blocks are no text. */
function takeBlock(
  block: unknown,
  index: number,
  blocks: AnswerParts,
  draft: Draft,
): ReadFailure | null {
  if (!isObject(block)) return schemaFailure('content: a block is not an object');
  const type = stringField(block, 'type');
  if (type === 'text') {
    const text = stringField(block, 'text');
    if (text === null) return schemaFailure('text: not a text');
    blocks.text.add([index], text);
  } else if (type === 'thinking') {
    blocks.reasoning.add([index], stringField(block, 'thinking') ?? '');
  } else if (type?.endsWith('tool_use')) draft.warnings.add('tool-calls');
  return null;
}

/** A stream of events. Neither `message_stop` nor a stop reason: the stream was cut. */
export function readAnthropicStream(text: string, draft: Draft): ReadFailure | null {
  const blocks = newAnswerParts();
  let started = false;
  let stopped = false;
  const failure = takeSse(text, draft, {
    isDone: () => stopped || draft.finishReason !== null,
    isOver: () => stopped,
    take: (event) => {
      const type = stringField(event, 'type');
      if (type === 'error') return failureOfError(field(event, 'error'));
      if (type === 'message_start') {
        const message = field(event, 'message');
        if (!isObject(message)) return schemaFailure('message: not an object');
        started = true;
        takeOrigin(message, draft);
      } else if (type === 'content_block_start') {
        const index = countField(event, 'index') ?? 0;
        return takeBlock(field(event, 'content_block'), index, blocks, draft);
      } else if (type === 'content_block_delta') return takeDelta(event, blocks);
      else if (type === 'message_delta') {
        draft.usage = usageOf(field(event, 'usage'), USAGE, draft.usage);
        return takeStop(field(event, 'delta'), draft);
      } else if (type === 'message_stop') stopped = true;
      return null;
    },
  });
  if (failure) return failure;
  if (!started) return truncated('the stream does not begin with a message');
  takeParts(blocks, draft);
  return null;
}

function takeDelta(event: object, blocks: AnswerParts): ReadFailure | null {
  const index = countField(event, 'index') ?? 0;
  const delta = field(event, 'delta');
  if (!isObject(delta)) return schemaFailure('delta: not an object');
  const type = stringField(delta, 'type');
  if (type === 'text_delta') {
    const text = stringField(delta, 'text');
    if (text === null) return schemaFailure('text: not a text');
    blocks.text.add([index], text);
  } else if (type === 'thinking_delta') {
    blocks.reasoning.add([index], stringField(delta, 'thinking') ?? '');
  }
  return null;
}
