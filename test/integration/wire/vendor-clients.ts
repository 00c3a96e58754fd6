import Anthropic from '@anthropic-ai/sdk';
import { Ollama } from 'ollama';
import OpenAI from 'openai';
import type { Capture } from './captured-request.ts';
import {
  acceptOfStream,
  CONVERSATION,
  ENCODING,
  KEY,
  LOGPROBS,
  MESSAGES,
  MODEL,
  NUCLEUS,
  PENALTIES,
  type Row,
  SYSTEM,
} from './client-row.ts';

const openai = ({ origin }: Capture) =>
  new OpenAI({ apiKey: KEY, baseURL: `${origin}/v1`, maxRetries: 0 });

type AnthropicSettings = Omit<Anthropic.MessageCreateParams, 'model' | 'messages' | 'stream'>;
const anthropic = (settings: AnthropicSettings) => (capture: Capture, stream: boolean) =>
  capture.of(() =>
    new Anthropic({ apiKey: KEY, baseURL: capture.origin, maxRetries: 0 }).messages.create({
      model: MODEL,
      system: SYSTEM,
      messages: CONVERSATION as Anthropic.MessageParam[],
      ...settings,
      ...(stream ? { stream } : {}),
    }),
  );

/** The client speaks a later version of the API than requests name unless the target says otherwise. */
const newerVersion = (stream: boolean): ReturnType<Row['differs']> => ({
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
});

/** Clients of vendors and servers that are asked at their own hosts. */
export const VENDOR_CLIENTS: readonly Row[] = [
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
    theirs: (capture, stream) =>
      capture.of(() =>
        openai(capture).chat.completions.create({
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
    theirs: (capture, stream) =>
      capture.of(() =>
        openai(capture).responses.create({
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
    differs: newerVersion,
  },
  {
    // The client's types know none of the three since version 2026-10-21 refuses them, but it hands on what it is given.
    name: '@anthropic-ai/sdk, Messages, sampling that its types no longer have',
    target: { format: 'anthropic-messages' },
    path: '/v1',
    parameters: { ...NUCLEUS, top_k: 40, max_tokens: 64 },
    theirs: anthropic({ max_tokens: 64, ...{ ...NUCLEUS, top_k: 40 } }),
    differs: newerVersion,
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
    theirs: (capture, stream) =>
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
    differs: (stream) => ({
      ...ENCODING,
      ...(stream
        ? {
            accept: {
              ours: 'application/x-ndjson',
              theirs: 'application/json',
              reason: 'The client asks for JSON although lines of JSON come; ours names them.',
            },
          }
        : {}),
    }),
  },
];
