import type { Json } from '../domain/target.ts';
import { type Body, fieldsByRules, type Rules } from './body.ts';
import { readText } from './frame.ts';
import { BEARER, jsonPost, putParameters } from './outbound.ts';
import { readResponseObject, readResponseStream } from './responses-reading.ts';
import type { Adapter, BuildInput, OutboundRequest, ReadInput, ReadResult } from './types.ts';

const INCLUDE_LOGPROBS: Json = ['message.output_text.logprobs'];

const RULES: Rules = {
  temperature: 'temperature',
  top_p: 'top_p',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  // Log-probabilities come when they are included; without the field there are none.
  logprobs: (value) => (value === true ? { include: INCLUDE_LOGPROBS } : {}),
  top_logprobs: (value) => ({ top_logprobs: value, include: INCLUDE_LOGPROBS }),
  reasoning_effort: 'reasoning.effort',
};

const fieldsOf: Adapter['fieldsOf'] = ({ dialect }, name, value) =>
  fieldsByRules(RULES, dialect, name, value);

const required: Adapter['required'] = [];

/** The exact request of the OpenAI Responses format. `store` is false: the provider is asked not to keep the question. */
function build(input: BuildInput): OutboundRequest {
  const body: Body = {
    model: input.model,
    // System messages stay where they stand; `instructions` could only hold the first.
    input: input.messages.map(({ role, content }): Json => ({ role, content })),
    store: false,
  };
  putParameters(body, input, RULES);
  if (input.stream) body.stream = true;
  return jsonPost(input, {
    path: '/responses',
    body,
    accept: input.stream ? 'text/event-stream' : 'application/json',
    auth: BEARER,
  });
}

/** Reads a response, plain or streamed. */
const read = (input: ReadInput): ReadResult =>
  readText(input, {
    document: readResponseObject,
    stream: { types: ['text/event-stream'], take: readResponseStream },
  });

export const openaiResponses: Adapter = { fieldsOf, required, build, read };
