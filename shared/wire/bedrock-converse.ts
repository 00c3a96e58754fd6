import type { Json } from '../domain/target.ts';
import { readConverseAnswer, readConverseStream } from './bedrock-reading.ts';
import { type Body, fieldsByRules, type Rules } from './body.ts';
import { systemTexts, turns } from './conversation.ts';
import { readText, statusFailure, typeFailure } from './frame.ts';
import { mediaType } from './headers.ts';
import { BEARER, jsonPost, pathSegment, putParameters } from './outbound.ts';
import { finished, newDraft } from './reading.ts';
import type { Adapter, BuildInput, OutboundRequest, ReadInput, ReadResult } from './types.ts';

const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** What only some models know goes into `additionalModelRequestFields`: by the target's dialect or its further fields. */
const RULES: Rules = {
  temperature: 'inferenceConfig.temperature',
  top_p: 'inferenceConfig.topP',
  max_tokens: 'inferenceConfig.maxTokens',
  max_completion_tokens: 'inferenceConfig.maxTokens',
  stop: 'inferenceConfig.stopSequences',
};

const fieldsOf: Adapter['fieldsOf'] = ({ dialect }, name, value) =>
  fieldsByRules(RULES, dialect, name, value);

const required: Adapter['required'] = [];

/**
 * The exact request of the Bedrock Converse format. By default the key is a Bedrock API key, sent as a bearer token; with
 * `auth.kind: sigv4` the transport signs these bytes instead.
 */
function build(input: BuildInput): OutboundRequest {
  const system = systemTexts(input.messages);
  const body: Body = {
    messages: turns(input.messages).map(
      ({ role, content }): Json => ({ role, content: [{ text: content }] }),
    ),
  };
  if (system.length > 0) body.system = system.map((text) => ({ text }));
  putParameters(body, input, RULES);
  // The id of a model may be an ARN with slashes and colons: it is one segment of the path.
  const method = input.stream ? 'converse-stream' : 'converse';
  return jsonPost(input, {
    path: `/model/${pathSegment(input.model)}/${method}`,
    body,
    accept: input.stream ? EVENT_STREAM : 'application/json',
    auth: BEARER,
  });
}

/** Reads a response: a JSON document, or Amazon's binary event stream. */
function read(input: ReadInput): ReadResult {
  const isBinary = input.stream && mediaType(input.headers) === EVENT_STREAM;
  if (!isBinary) return readText(input, { document: readConverseAnswer });
  const refused = statusFailure(input) ?? typeFailure(input, [EVENT_STREAM]);
  if (refused) return refused;
  const draft = newDraft(input, new Set());
  return readConverseStream(input.body, draft) ?? finished(draft);
}

export const bedrockConverse: Adapter = { fieldsOf, required, build, read };
