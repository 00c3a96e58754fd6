import type { Auth, Json } from '../domain/target.ts';
import { type Body, fieldsByRules, type Rules } from './body.ts';
import { systemTexts, turns } from './conversation.ts';
import { readText } from './frame.ts';
import { readGeminiAnswer, readGeminiStream } from './gemini-reading.ts';
import { jsonPost, pathSegment, putParameters } from './outbound.ts';
import type { Adapter, BuildInput, OutboundRequest, ReadInput, ReadResult } from './types.ts';

/** The key travels in a header; this format also knows `?key=`, which would put it into logs. */
const API_KEY: Auth = { kind: 'header', header: 'x-goog-api-key', prefix: '' };

const LEVELS: Readonly<Record<string, string>> = {
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
};

const RULES: Rules = {
  temperature: 'generationConfig.temperature',
  top_p: 'generationConfig.topP',
  max_tokens: 'generationConfig.maxOutputTokens',
  max_completion_tokens: 'generationConfig.maxOutputTokens',
  seed: 'generationConfig.seed',
  frequency_penalty: 'generationConfig.frequencyPenalty',
  presence_penalty: 'generationConfig.presencePenalty',
  stop: 'generationConfig.stopSequences',
  top_k: 'generationConfig.topK',
  logprobs: 'generationConfig.responseLogprobs',
  top_logprobs: 'generationConfig.logprobs',
  reasoning_effort: (value) => {
    const level = LEVELS[String(value)];
    return level === undefined ? null : { 'generationConfig.thinkingConfig.thinkingLevel': level };
  },
  // 0 is off, -1 leaves the amount to the model.
  thinking: (value) => ({
    'generationConfig.thinkingConfig.thinkingBudget':
      typeof value === 'number' ? value : value === true ? -1 : 0,
  }),
};

const fieldsOf: Adapter['fieldsOf'] = ({ dialect }, name, value) =>
  fieldsByRules(RULES, dialect, name, value);

const required: Adapter['required'] = [];

/** The exact request of the Gemini generateContent format; also that of Vertex AI, with another base URL. */
function build(input: BuildInput): OutboundRequest {
  const system = systemTexts(input.messages);
  const body: Body = {
    contents: turns(input.messages).map(
      ({ role, content }): Json => ({
        role: role === 'assistant' ? 'model' : 'user',
        parts: [{ text: content }],
      }),
    ),
  };
  if (system.length > 0) body.systemInstruction = { parts: system.map((text) => ({ text })) };
  putParameters(body, input, RULES);
  const method = input.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return jsonPost(input, {
    path: `/${modelPath(input.model)}:${method}`,
    body,
    accept: input.stream ? 'text/event-stream' : 'application/json',
    auth: API_KEY,
  });
}

/** A bare name is one of `models/`; a name with its collection (`tunedModels/…`) is taken as it is. */
function modelPath(model: string): string {
  const path = model.includes('/') ? model : `models/${model}`;
  return path.split('/').map(pathSegment).join('/');
}

/** Reads a response, plain or streamed. */
const read = (input: ReadInput): ReadResult =>
  readText(input, {
    document: readGeminiAnswer,
    stream: { types: ['text/event-stream'], take: readGeminiStream },
  });

export const gemini: Adapter = { fieldsOf, required, build, read };
