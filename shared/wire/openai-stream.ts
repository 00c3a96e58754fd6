import { field, isObject, parseGuarded, stringField } from './json-guard.ts';
import { providerError } from './openai-error.ts';
import { endOf, isRefusal, readUsage, reasoningOf } from './openai-message.ts';
import { parseSse, type SseEvent } from './sse.ts';
import type { ReadFailure, ReadResult, ReadWarning, Usage } from './types.ts';

const DONE = '[DONE]';

interface Assembly {
  text: string[];
  reasoning: string[];
  finishReason: string | null;
  refusal: boolean;
  model: string | null;
  fingerprint: string | null;
  usage: Usage | null;
  upstream: string | null;
  choiceSeen: boolean;
}

const schema = (detail: string): ReadFailure => ({ ok: false, code: 'SCHEMA', detail });

/**
 * Puts the answer together from the chunks of a stream; the same content gives the same reading as a plain answer.
 * Neither [DONE] nor a finish_reason: the stream was cut.
 */
export function readStream(text: string, warnings: Set<ReadWarning>): ReadResult {
  const split = parseSse(text);
  if (!split.ok) return { ok: false, code: 'BODY_TOO_LARGE', detail: 'an event above 1 MiB' };
  if (split.unfinished) warnings.add('unfinished-event');
  const into: Assembly = {
    text: [],
    reasoning: [],
    finishReason: null,
    refusal: false,
    model: null,
    fingerprint: null,
    usage: null,
    upstream: null,
    choiceSeen: false,
  };
  let done = false;
  for (const event of split.events) {
    if (done) {
      warnings.add('after-done');
      break;
    }
    if (event.data === DONE) done = true;
    else {
      const failure = takeEvent(event, into, warnings);
      if (failure) return failure;
    }
  }
  if (!done && into.finishReason === null) {
    return { ok: false, code: 'STREAM_TRUNCATED', detail: 'neither [DONE] nor a finish_reason' };
  }
  if (!into.choiceSeen) return schema('the stream holds no choice');
  if (into.finishReason === null) warnings.add('no-finish-reason');
  const answer = into.text.join('');
  // A pair may be split over two chunks, so only the whole text can tell.
  if (!answer.isWellFormed()) warnings.add('lone-surrogate');
  return {
    ok: true,
    text: answer,
    reasoning: into.reasoning.join('') || null,
    finishReason: into.finishReason,
    end: endOf(into.finishReason),
    refusal: into.refusal,
    model: into.model,
    fingerprint: into.fingerprint,
    usage: into.usage,
    logprobs: null,
    route: { upstream: into.upstream, region: null, requestId: null },
    warnings: [...warnings].sort(),
  };
}

function takeEvent(
  event: SseEvent,
  into: Assembly,
  warnings: Set<ReadWarning>,
): ReadFailure | null {
  const parsed = parseGuarded(event.data);
  if (event.event === 'error') {
    const error = parsed.ok ? providerError(parsed.value) : null;
    return error ?? { ok: false, code: 'PROVIDER_ERROR', detail: 'error event' };
  }
  if (!parsed.ok) return parsed;
  if (parsed.warnings.includes('duplicate-key')) warnings.add('duplicate-key');
  const chunk = parsed.value;
  if (!isObject(chunk)) return schema('a chunk is not an object');
  const error = providerError(chunk);
  if (error) return error;
  const model = stringField(chunk, 'model');
  if (model !== null && into.model !== null && model !== into.model) warnings.add('model-changed');
  into.model ??= model;
  into.upstream ??= stringField(chunk, 'provider');
  into.fingerprint ??= stringField(chunk, 'system_fingerprint');
  into.usage = readUsage(field(chunk, 'usage')) ?? into.usage;
  const choices = field(chunk, 'choices') ?? [];
  if (!Array.isArray(choices)) return schema('choices: no list');
  for (const choice of choices) {
    const failure = takeChoice(choice, into, warnings);
    if (failure) return failure;
  }
  return null;
}

function takeChoice(
  choice: unknown,
  into: Assembly,
  warnings: Set<ReadWarning>,
): ReadFailure | null {
  if (!isObject(choice)) return schema('a choice is not an object');
  const index = field(choice, 'index') ?? 0;
  if (index !== 0) {
    warnings.add('several-choices');
    return null;
  }
  into.choiceSeen = true;
  const finish = field(choice, 'finish_reason') ?? null;
  if (finish !== null && typeof finish !== 'string') return schema('finish_reason: not a text');
  into.finishReason ??= finish;
  const delta = field(choice, 'delta') ?? null;
  if (delta === null) return null;
  if (!isObject(delta)) return schema('delta: not an object');
  const content = field(delta, 'content') ?? null;
  if (content !== null && typeof content !== 'string') return schema('content: not a text');
  if (content !== null) into.text.push(content);
  const reasoning = reasoningOf(delta);
  if (reasoning !== null) into.reasoning.push(reasoning);
  if (isRefusal(field(delta, 'refusal'))) into.refusal = true;
  const calls = field(delta, 'tool_calls');
  if (Array.isArray(calls) && calls.length > 0) warnings.add('tool-calls');
  return null;
}
