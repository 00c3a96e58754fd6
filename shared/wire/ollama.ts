import type { Json } from '../domain/target.ts';
import { type Body, fieldsByRules, type Rules } from './body.ts';
import { readText } from './frame.ts';
import { field, isObject, stringField } from './json-guard.ts';
import { takeLines } from './json-lines.ts';
import { BEARER, jsonPost, putParameters } from './outbound.ts';
import { type Draft, schemaFailure, takeLogprobs, takeModel, usageOf } from './reading.ts';
import type {
  Adapter,
  BuildInput,
  OutboundRequest,
  ReadFailure,
  ReadInput,
  ReadResult,
} from './types.ts';

const EFFORTS: readonly Json[] = ['low', 'medium', 'high'];

const RULES: Rules = {
  temperature: 'options.temperature',
  top_p: 'options.top_p',
  max_tokens: 'options.num_predict',
  max_completion_tokens: 'options.num_predict',
  seed: 'options.seed',
  frequency_penalty: 'options.frequency_penalty',
  presence_penalty: 'options.presence_penalty',
  stop: 'options.stop',
  top_k: 'options.top_k',
  min_p: 'options.min_p',
  logprobs: 'logprobs',
  top_logprobs: 'top_logprobs',
  reasoning_effort: (value) => (EFFORTS.includes(value) ? { think: value } : null),
  thinking: (value) => (typeof value === 'boolean' ? { think: value } : null),
};

const fieldsOf: Adapter['fieldsOf'] = ({ dialect }, name, value) =>
  fieldsByRules(RULES, dialect, name, value);

const required: Adapter['required'] = [];

/** The exact request of Ollama's own format. `stream` always stands in it: left out, it means true. */
function build(input: BuildInput): OutboundRequest {
  const body: Body = {
    model: input.model,
    messages: input.messages.map(
      ({ role, content }): Json => ({ role: role === 'developer' ? 'system' : role, content }),
    ),
    stream: input.stream,
  };
  putParameters(body, input, RULES);
  return jsonPost(input, {
    path: '/api/chat',
    body,
    accept: input.stream ? 'application/x-ndjson' : 'application/json',
    auth: BEARER,
  });
}

/** Reads a response: one object, or one object a line. */
const read = (input: ReadInput): ReadResult =>
  readText(input, {
    document: (document, draft) => take(document, draft) ?? close(draft),
    stream: {
      types: ['application/x-ndjson'],
      take: (text, draft) => {
        let isDone = false;
        const failure = takeLines(text, draft, {
          isDone: () => isDone,
          isOver: () => isDone,
          take: (piece) => {
            isDone = field(piece, 'done') === true;
            return take(piece, draft);
          },
        });
        return failure ?? close(draft);
      },
    },
  });

function close(draft: Draft): null {
  if (draft.finishReason === null) draft.warnings.add('no-finish-reason');
  return null;
}

const USAGE = {
  prompt: 'prompt_eval_count',
  completion: 'eval_count',
  total: null,
  reasoning: null,
  cached: null,
};

function take(piece: object, draft: Draft): ReadFailure | null {
  takeModel(draft, stringField(piece, 'model'));
  // The counts stand beside the message, and only where the answer ends.
  if (field(piece, 'eval_count') !== undefined || field(piece, 'prompt_eval_count') !== undefined)
    draft.usage = usageOf(piece, USAGE, draft.usage);
  const reason = field(piece, 'done_reason') ?? null;
  if (reason !== null && typeof reason !== 'string')
    return schemaFailure('done_reason: not a text');
  if (reason !== null) {
    draft.finishReason ??= reason;
    draft.end = draft.finishReason === 'length' ? 'length' : 'stop';
  }
  takeLogprobs(draft, field(piece, 'logprobs'));
  const message = field(piece, 'message');
  if (!isObject(message)) return schemaFailure('message: not an object');
  const content = field(message, 'content') ?? '';
  if (typeof content !== 'string') return schemaFailure('content: not a text');
  draft.text.push(content);
  const thinking = stringField(message, 'thinking');
  if (thinking !== null) draft.reasoning.push(thinking);
  const calls = field(message, 'tool_calls');
  if (Array.isArray(calls) && calls.length > 0) draft.warnings.add('tool-calls');
  return null;
}

export const ollama: Adapter = { fieldsOf, required, build, read };
