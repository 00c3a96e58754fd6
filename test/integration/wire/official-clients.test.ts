import Anthropic from '@anthropic-ai/sdk';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI, ThinkingLevel } from '@google/genai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parameters } from '#shared/domain/target.ts';
import { buildRequest, unsupportedParameters } from '#shared/wire/adapters.ts';
import type { ChatMessage, WireTarget } from '#shared/wire/types.ts';
import { CHAT } from '../../helpers/wire.ts';
import { type Capture, type Captured, differences, startCapture } from './captured-request.ts';

const KEY = 'lab-secret-key';
const MODEL = 'model-1';
const BEDROCK_MODEL = 'arn:aws:bedrock:eu-central-1::x/y-v1:0';
const SYSTEM = 'Answer in one word.';
const CONVERSATION: readonly ChatMessage[] = [
  { role: 'user', content: 'Wie heißt der „graue“ Hund? 🐕' },
  { role: 'assistant', content: 'Odo' },
  { role: 'user', content: 'And the cat?' },
];
const MESSAGES: readonly ChatMessage[] = [{ role: 'system', content: SYSTEM }, ...CONVERSATION];

// Parameters by our names. A client that has the same name for one is given it from here; where it has another, the row says it.
const NUCLEUS = { temperature: 0.5, top_p: 0.9 } as const;
const PENALTIES = { seed: 7, frequency_penalty: 0.25, presence_penalty: -0.5 } as const;
const LOGPROBS = { logprobs: true, top_logprobs: 3 } as const;

let capture: Capture;
beforeAll(async () => {
  capture = await startCapture();
});
afterAll(() => capture.close());

/** What this program sends with the same settings. */
function ours({ target, path, parameters }: Row, stream: boolean): Captured {
  const baseUrl = `${capture.origin}${path}`;
  const whole: WireTarget = { ...CHAT, baseUrl, model: MODEL, stream, ...target };
  expect(unsupportedParameters(whole, parameters)).toEqual([]);
  const request = buildRequest(whole, { messages: MESSAGES, parameters, keyName: 'lab' });
  const { auth } = request;
  const url = new URL(request.url);
  return {
    method: request.method,
    path: `${url.pathname}${url.search}`,
    headers: Object.fromEntries([
      ...request.headers,
      ...(auth?.kind === 'header' ? [[auth.header, `${auth.prefix}${KEY}`]] : []),
    ]),
    body: JSON.parse(new TextDecoder().decode(request.body ?? undefined)),
  };
}

interface Row {
  readonly name: string;
  readonly target: Partial<WireTarget>;
  /** Path of our base URL. */
  readonly path: '' | '/v1' | '/v1beta';
  readonly parameters: Parameters;
  /** What the official client sends. */
  readonly theirs: (stream: boolean) => Promise<Captured>;
  /** Every difference from the official client for the same settings, with its reason. Nothing else may differ. */
  readonly differs: (
    stream: boolean,
  ) => Record<
    string,
    { readonly ours: unknown; readonly theirs: unknown; readonly reason: string }
  >;
}

const acceptOfStream = (stream: boolean) =>
  stream
    ? {
        accept: {
          ours: 'text/event-stream',
          theirs: 'application/json',
          reason:
            'The client asks for JSON although it asks for a stream; ours names what it takes.',
        },
      }
    : {};

const openai = () => new OpenAI({ apiKey: KEY, baseURL: `${capture.origin}/v1`, maxRetries: 0 });

type AnthropicSettings = Omit<Anthropic.MessageCreateParams, 'model' | 'messages' | 'stream'>;
const anthropic = (settings: AnthropicSettings) => (stream: boolean) =>
  capture.of(() =>
    new Anthropic({ apiKey: KEY, baseURL: capture.origin, maxRetries: 0 }).messages.create({
      model: MODEL,
      system: SYSTEM,
      messages: CONVERSATION as Anthropic.MessageParam[],
      ...settings,
      ...(stream ? { stream } : {}),
    }),
  );

/** The client speaks HTTP/2, so what it sends is read where it hands a request to its transport. */
async function bedrock(stream: boolean): Promise<Captured> {
  let sent: Captured | null = null;
  const client = new BedrockRuntimeClient({
    region: 'eu-central-1',
    endpoint: capture.origin,
    token: { token: KEY },
    authSchemePreference: ['httpBearerAuth'],
    maxAttempts: 1,
    requestHandler: {
      handle: async ({ method, path, headers, body }: Captured) => {
        const text = typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
        sent = {
          method,
          path,
          headers: Object.fromEntries(
            Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
          ),
          body: JSON.parse(text),
        };
        throw new Error('enough');
      },
    },
  });
  const input = {
    modelId: BEDROCK_MODEL,
    system: [{ text: SYSTEM }],
    messages: CONVERSATION.map(({ role, content }) => ({
      role: role === 'assistant' ? ('assistant' as const) : ('user' as const),
      content: [{ text: content }],
    })),
    inferenceConfig: { temperature: 0.5, topP: 0.9, maxTokens: 64, stopSequences: ['END'] },
  };
  await (stream
    ? client.send(new ConverseStreamCommand(input))
    : client.send(new ConverseCommand(input))
  ).catch(() => null);
  if (sent === null) throw new Error('the client sent nothing');
  return sent;
}

const ROWS: readonly Row[] = [
  {
    name: 'openai, Chat Completions',
    target: {},
    path: '/v1',
    parameters: {
      ...NUCLEUS,
      ...PENALTIES,
      ...LOGPROBS,
      max_completion_tokens: 64,
      stop: ['END', 'STOP'],
      reasoning_effort: 'low',
    },
    theirs: (stream) =>
      capture.of(() =>
        openai().chat.completions.create({
          model: MODEL,
          messages: MESSAGES as OpenAI.Chat.ChatCompletionMessageParam[],
          ...NUCLEUS,
          ...PENALTIES,
          ...LOGPROBS,
          max_completion_tokens: 64,
          stop: ['END', 'STOP'],
          reasoning_effort: 'low',
          ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
        }),
      ),
    differs: acceptOfStream,
  },
  {
    name: 'openai, Responses',
    target: { format: 'openai-responses' },
    path: '/v1',
    parameters: { ...NUCLEUS, ...LOGPROBS, max_tokens: 64, reasoning_effort: 'low' },
    theirs: (stream) =>
      capture.of(() =>
        openai().responses.create({
          model: MODEL,
          input: MESSAGES as OpenAI.Responses.EasyInputMessage[],
          store: false,
          ...NUCLEUS,
          max_output_tokens: 64,
          include: ['message.output_text.logprobs'],
          top_logprobs: 3,
          reasoning: { effort: 'low' },
          ...(stream ? { stream } : {}),
        }),
      ),
    differs: acceptOfStream,
  },
  {
    name: '@anthropic-ai/sdk, Messages',
    target: { format: 'anthropic-messages' },
    path: '/v1',
    parameters: { max_tokens: 2_000, stop: ['END'], reasoning_effort: 'low', thinking: 1_024 },
    theirs: anthropic({
      max_tokens: 2_000,
      stop_sequences: ['END'],
      output_config: { effort: 'low' },
      thinking: { type: 'enabled', budget_tokens: 1_024 },
    }),
    differs: (stream) => ({
      'anthropic-version': {
        ours: '2023-06-01',
        theirs: '2026-10-21',
        reason: 'The newer version takes no temperature; a header of the target asks for it.',
      },
      'x-api-key': {
        ours: KEY,
        theirs: undefined,
        reason: 'The documented header of version 2023-06-01; `auth` of the target changes it.',
      },
      authorization: {
        ours: undefined,
        theirs: `Bearer ${KEY}`,
        reason: 'As above: the client sends the key so since version 2026-10-21.',
      },
      ...acceptOfStream(stream),
    }),
  },
  {
    name: '@anthropic-ai/sdk, Messages, asked as the client does',
    target: {
      format: 'anthropic-messages',
      headers: { 'anthropic-version': '2026-10-21' },
      auth: { kind: 'header', header: 'authorization', prefix: 'Bearer ' },
    },
    path: '/v1',
    parameters: { max_tokens: 64, thinking: false },
    theirs: anthropic({ max_tokens: 64, thinking: { type: 'disabled' } }),
    differs: acceptOfStream,
  },
  {
    name: '@google/genai, generateContent',
    target: { format: 'gemini' },
    path: '/v1beta',
    parameters: {
      ...NUCLEUS,
      ...PENALTIES,
      ...LOGPROBS,
      top_k: 40,
      max_tokens: 64,
      stop: ['END'],
      reasoning_effort: 'low',
    },
    theirs: (stream) =>
      capture.of(async () => {
        const client = new GoogleGenAI({
          apiKey: KEY,
          apiVersion: 'v1beta',
          httpOptions: { baseUrl: capture.origin, retryOptions: { attempts: 1 } },
        });
        const input = {
          model: MODEL,
          contents: CONVERSATION.map(({ role, content }) => ({
            role: role === 'assistant' ? 'model' : 'user',
            parts: [{ text: content }],
          })),
          config: {
            systemInstruction: { parts: [{ text: SYSTEM }] },
            temperature: 0.5,
            topP: 0.9,
            topK: 40,
            maxOutputTokens: 64,
            seed: 7,
            frequencyPenalty: 0.25,
            presencePenalty: -0.5,
            stopSequences: ['END'],
            responseLogprobs: true,
            logprobs: 3,
            thinkingConfig: { thinkingLevel: ThinkingLevel.LOW },
          },
        };
        if (!stream) return client.models.generateContent(input);
        for await (const _piece of await client.models.generateContentStream(input)) break;
      }),
    differs: (stream) => ({
      accept: {
        ours: stream ? 'text/event-stream' : 'application/json',
        theirs: '*/*',
        reason: 'The client takes anything; ours names what it takes.',
      },
    }),
  },
  {
    name: '@aws-sdk/client-bedrock-runtime, Converse',
    target: { format: 'bedrock-converse', model: BEDROCK_MODEL },
    path: '',
    parameters: { ...NUCLEUS, max_tokens: 64, stop: ['END'] },
    theirs: bedrock,
    differs: (stream) => ({
      accept: {
        ours: stream ? 'application/vnd.amazon.eventstream' : 'application/json',
        theirs: undefined,
        reason: 'The client names nothing; ours names what it takes.',
      },
    }),
  },
  {
    name: 'ollama, chat',
    target: { format: 'ollama' },
    path: '',
    parameters: {
      ...NUCLEUS,
      ...PENALTIES,
      ...LOGPROBS,
      top_k: 40,
      min_p: 0.05,
      max_tokens: 64,
      stop: ['END'],
      thinking: false,
    },
    theirs: (stream) =>
      capture.of(async () => {
        const client = new Ollama({
          host: capture.origin,
          headers: { authorization: `Bearer ${KEY}` },
        });
        const input = {
          model: MODEL,
          messages: MESSAGES.map(({ role, content }) => ({ role, content })),
          think: false,
          ...LOGPROBS,
          options: {
            ...NUCLEUS,
            ...PENALTIES,
            top_k: 40,
            min_p: 0.05,
            num_predict: 64,
            stop: ['END'],
          },
        };
        // The two overloads differ in the literal only.
        await (stream ? client.chat({ ...input, stream: true }) : client.chat(input));
      }),
    differs: (stream) =>
      stream
        ? {
            accept: {
              ours: 'application/x-ndjson',
              theirs: 'application/json',
              reason: 'The client asks for JSON although lines of JSON come; ours names them.',
            },
          }
        : {},
  },
];

describe.each(ROWS)('$name', (row) => {
  it.each([false, true])('builds the same request, streamed: %s', async (stream) => {
    const expected = Object.fromEntries(
      Object.entries(row.differs(stream)).map(([name, { ours, theirs }]) => [name, [ours, theirs]]),
    );
    expect(differences(ours(row, stream), await row.theirs(stream))).toEqual(expected);
  });
});
