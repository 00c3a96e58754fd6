import type { Json } from '../domain/target.ts';
import { type Body, fieldsByRules, type Rules } from './body.ts';
import { readText } from './frame.ts';
import { readMessage } from './openai-message.ts';
import { readStream } from './openai-stream.ts';
import { BEARER, jsonPost, putParameters } from './outbound.ts';
import type { Adapter, BuildInput, OutboundRequest, ReadInput, ReadResult } from './types.ts';

/** The parameters have the names of this format. */
const RULES: Rules = {
  temperature: 'temperature',
  top_p: 'top_p',
  max_tokens: 'max_tokens',
  max_completion_tokens: 'max_completion_tokens',
  seed: 'seed',
  frequency_penalty: 'frequency_penalty',
  presence_penalty: 'presence_penalty',
  stop: 'stop',
  top_k: 'top_k',
  min_p: 'min_p',
  logprobs: 'logprobs',
  top_logprobs: 'top_logprobs',
  reasoning_effort: 'reasoning_effort',
};

const fieldsOf: Adapter['fieldsOf'] = ({ dialect }, name, value) =>
  fieldsByRules(RULES, dialect, name, value);

const required: Adapter['required'] = [];

/** The exact request of the OpenAI chat format: equal input gives equal bytes. */
export function build(input: BuildInput): OutboundRequest {
  const body: Body = {
    model: input.model,
    messages: input.messages.map(({ role, content }): Json => ({ role, content })),
  };
  putParameters(body, input, RULES);
  if (input.stream) {
    body.stream = true;
    body.stream_options = { include_usage: true };
  }
  return jsonPost(input, {
    path: '/chat/completions',
    body,
    accept: input.stream ? 'text/event-stream' : 'application/json',
    auth: BEARER,
  });
}

/** Reads a response, plain or streamed. */
export const read = (input: ReadInput): ReadResult =>
  readText(input, {
    document: readMessage,
    stream: { types: ['text/event-stream'], take: readStream },
  });

export const openaiChat: Adapter = { fieldsOf, required, build, read };
