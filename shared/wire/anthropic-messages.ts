import type { Auth, Json, ParameterName } from '../domain/target.ts';
import { readAnthropicMessage, readAnthropicStream } from './anthropic-reading.ts';
import { type Body, fieldsByRules, type Rules } from './body.ts';
import { systemTexts, turns } from './conversation.ts';
import { readText } from './frame.ts';
import { jsonPost, putParameters } from './outbound.ts';
import type {
  Adapter,
  BuildInput,
  OutboundRequest,
  ReadInput,
  ReadResult,
  WireTarget,
} from './types.ts';

const API_KEY: Auth = { kind: 'header', header: 'x-api-key', prefix: '' };

/**
 * The version of the API that the requests are written for; a header of the target replaces it. Not the latest: from
 * 2026-10-21 on, no request may name a temperature, and evidence needs one that is known.
 */
const VERSION = '2023-06-01';
const VERSION_WITHOUT_SAMPLING = '2026-10-21';
const SAMPLING: readonly ParameterName[] = ['temperature', 'top_p', 'top_k'];

const EFFORTS: readonly Json[] = ['low', 'medium', 'high', 'xhigh'];

const RULES: Rules = {
  temperature: 'temperature',
  top_p: 'top_p',
  max_tokens: 'max_tokens',
  max_completion_tokens: 'max_tokens',
  stop: 'stop_sequences',
  top_k: 'top_k',
  reasoning_effort: (value) => (EFFORTS.includes(value) ? { 'output_config.effort': value } : null),
  thinking: (value) => ({ thinking: thinkingOf(value) }),
};

function thinkingOf(value: Json): Json {
  if (typeof value === 'number') return { type: 'enabled', budget_tokens: value };
  return { type: value === true ? 'adaptive' : 'disabled' };
}

const fieldsOf: Adapter['fieldsOf'] = (target, name, value) =>
  SAMPLING.includes(name) && versionOf(target) >= VERSION_WITHOUT_SAMPLING
    ? null
    : fieldsByRules(RULES, target.dialect, name, value);

/** Versions are dates, so they compare as texts. */
function versionOf({ headers }: WireTarget): string {
  const own = Object.entries(headers).find(([name]) => name.toLowerCase() === 'anthropic-version');
  return own?.[1] ?? VERSION;
}

const required: Adapter['required'] = ['max_tokens'];

/** The exact request of the Anthropic Messages format. */
function build(input: BuildInput): OutboundRequest {
  const system = systemTexts(input.messages);
  const body: Body = { model: input.model };
  if (system.length === 1) body.system = system[0] ?? '';
  else if (system.length > 1) body.system = system.map((text) => ({ type: 'text', text }));
  body.messages = turns(input.messages).map(({ role, content }): Json => ({ role, content }));
  putParameters(body, input, RULES);
  if (input.stream) body.stream = true;
  return jsonPost(input, {
    path: '/messages',
    body,
    accept: input.stream ? 'text/event-stream' : 'application/json',
    auth: API_KEY,
    headers: [['anthropic-version', VERSION]],
  });
}

/** Reads a response, plain or streamed. */
const read = (input: ReadInput): ReadResult =>
  readText(input, {
    document: readAnthropicMessage,
    stream: { types: ['text/event-stream'], take: readAnthropicStream },
  });

export const anthropicMessages: Adapter = { fieldsOf, required, build, read };
