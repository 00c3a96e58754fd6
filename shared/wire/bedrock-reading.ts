import { type EventMessage, eventMessages } from './event-stream.ts';
import { readPiece } from './frame.ts';
import { countField, field, isObject, stringField } from './json-guard.ts';
import { type AnswerParts, newAnswerParts } from './parts.ts';
import { failureByWord } from './provider-error.ts';
import { type Draft, schemaFailure, takeParts, truncated, usageOf } from './reading.ts';
import { decodeUtf8 } from './text.ts';
import type { ReadFailure, ReadOk } from './types.ts';

const USAGE = {
  prompt: 'inputTokens',
  completion: 'outputTokens',
  total: 'totalTokens',
  reasoning: null,
  cached: 'cacheReadInputTokens',
};

/** A plain answer. The model's name is not part of it. */
export function readConverseAnswer(document: object, draft: Draft): ReadFailure | null {
  const content = field(field(field(document, 'output'), 'message'), 'content');
  if (!Array.isArray(content)) return schemaFailure('content: no list');
  const blocks = newAnswerParts();
  for (const [index, block] of content.entries()) {
    const failure = takeBlock(block, index, blocks, draft);
    if (failure) return failure;
  }
  draft.usage = usageOf(field(document, 'usage'), USAGE, draft.usage);
  const failure = takeStop(document, draft);
  if (failure) return failure;
  takeParts(blocks, draft);
  return null;
}

function takeStop(holder: object, draft: Draft): ReadFailure | null {
  const reason = field(holder, 'stopReason') ?? null;
  if (reason !== null && typeof reason !== 'string') return schemaFailure('stopReason: not a text');
  draft.finishReason ??= reason;
  draft.end = endOf(draft.finishReason);
  return null;
}

function endOf(reason: string | null): ReadOk['end'] {
  if (reason === null) return 'unknown';
  if (reason === 'max_tokens' || reason === 'model_context_window_exceeded') return 'length';
  return reason === 'guardrail_intervened' || reason === 'content_filtered' ? 'filter' : 'stop';
}

/** A block of a plain answer, or the delta of one: `reasoningContent` holds its text one level deeper in the former. */
function takeBlock(
  block: unknown,
  index: number,
  blocks: AnswerParts,
  draft: Draft,
): ReadFailure | null {
  if (!isObject(block)) return schemaFailure('content: a block is not an object');
  const text = field(block, 'text');
  if (text !== undefined) {
    if (typeof text !== 'string') return schemaFailure('text: not a text');
    blocks.text.add([index], text);
  }
  const reasoning = field(block, 'reasoningContent');
  const thought = stringField(field(reasoning, 'reasoningText') ?? reasoning, 'text');
  if (thought !== null) blocks.reasoning.add([index], thought);
  if (field(block, 'toolUse') !== undefined) draft.warnings.add('tool-calls');
  return null;
}

/**
 * The binary stream. Without `messageStop` it was cut; of what follows that, only `metadata` belongs to the answer, and
 * nothing behind both.
 */
export function readConverseStream(body: Uint8Array, draft: Draft): ReadFailure | null {
  const messages = eventMessages(body);
  const blocks = newAnswerParts();
  const seen = new Set<string>();
  for (;;) {
    const next = messages.next();
    if (next.done) {
      if (typeof next.value === 'object') return next.value;
      if (next.value === 'unfinished') draft.warnings.add('unfinished-event');
      break;
    }
    const type = next.value.headers.get(':event-type') ?? '';
    const isStopped = seen.has('messageStop');
    if (isStopped && (seen.has('metadata') || CONTENT_EVENTS.has(type))) {
      draft.warnings.add('after-done');
      break;
    }
    seen.add(type);
    const failure = takeMessage(next.value, blocks, draft);
    if (failure) return failure;
  }
  if (draft.finishReason === null) return truncated('no messageStop');
  takeParts(blocks, draft);
  return null;
}

const CONTENT_EVENTS: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
]);

function takeMessage(message: EventMessage, blocks: AnswerParts, draft: Draft): ReadFailure | null {
  const { headers, payload } = message;
  const kind = headers.get(':message-type');
  if (kind === 'exception') return failureByWord(exceptionWord(headers.get(':exception-type')));
  if (kind === 'error') return failureByWord(exceptionWord(headers.get(':error-code')));
  if (kind !== 'event') return schemaFailure('a message is not an event');
  const decoded = decodeUtf8(payload);
  if (!decoded.ok) return decoded;
  const read = readPiece(decoded.text, draft);
  return read.ok ? takeEvent(headers.get(':event-type') ?? '', read.piece, blocks, draft) : read;
}

/** Streams write `throttlingException` where plain answers write `ThrottlingException`. */
const exceptionWord = (type: string | undefined): string | null =>
  type === undefined ? null : type.charAt(0).toUpperCase() + type.slice(1);

function takeEvent(
  type: string,
  event: object,
  blocks: AnswerParts,
  draft: Draft,
): ReadFailure | null {
  const index = countField(event, 'contentBlockIndex') ?? 0;
  if (type === 'contentBlockDelta') return takeBlock(field(event, 'delta'), index, blocks, draft);
  if (type === 'contentBlockStart') {
    if (field(field(event, 'start'), 'toolUse') !== undefined) draft.warnings.add('tool-calls');
  } else if (type === 'messageStop') return takeStop(event, draft);
  else if (type === 'metadata') draft.usage = usageOf(field(event, 'usage'), USAGE, draft.usage);
  return null;
}
