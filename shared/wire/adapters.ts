import type { Format, Json, ParameterName, Parameters } from '../domain/target.ts';
import { anthropicMessages } from './anthropic-messages.ts';
import { bedrockConverse } from './bedrock-converse.ts';
import { setParameters } from './body.ts';
import { custom } from './custom.ts';
import { gemini } from './gemini.ts';
import { ollama } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import { paste } from './paste.ts';
import type { Adapter, BuildInput, ChatMessage, OutboundRequest, WireTarget } from './types.ts';

const ADAPTERS: Readonly<Record<Format, Adapter>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'bedrock-converse': bedrockConverse,
  ollama,
  custom,
  paste,
};

/** The adapter of a wire format. */
export const adapterOf = (format: Format): Adapter => ADAPTERS[format];

/** Parameters that are set and that the target's format cannot send; a plan with one of them is refused. */
export function unsupportedParameters(target: WireTarget, parameters: Parameters): ParameterName[] {
  const { fieldsOf } = adapterOf(target.format);
  return setParameters(parameters)
    .filter(([name, value]: [ParameterName, Json]) => fieldsOf(target, name, value) === null)
    .map(([name]) => name);
}

/** What a question of a target is made of, beside the target. */
export interface Question {
  readonly messages: readonly ChatMessage[];
  readonly parameters: Parameters;
  /** Vault entry of the API key; null: no key is sent. */
  readonly keyName: string | null;
}

/** The exact request of one question. The run, the preview and the verifier of a bundle all build with this. */
export function buildRequest(target: WireTarget, question: Question): OutboundRequest {
  const input: BuildInput = {
    format: target.format,
    baseUrl: target.baseUrl,
    model: target.model,
    stream: target.stream,
    headers: target.headers,
    auth: target.auth,
    extra: target.extra,
    template: target.template,
    dialect: target.dialect,
    ...question,
  };
  return adapterOf(target.format).build(input);
}
