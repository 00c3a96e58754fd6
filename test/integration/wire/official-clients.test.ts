import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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

const KEY = 'lab-secret-key';
const MODEL = 'model-1';
const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'Answer in one word.' },
  { role: 'user', content: 'Wie heißt der „graue“ Hund? 🐕' },
  { role: 'assistant', content: 'Odo' },
  { role: 'user', content: 'And the cat?' },
];
const CONVERSATION = MESSAGES.slice(1);

/** What a request is, in a shape in which two can be compared: one leaf a line. */
type Leaves = Readonly<Record<string, unknown>>;
interface Captured {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Headers that decide how a request is understood; the others name the client or belong to the connection. */
const COMPARED = [
  'content-type',
  'accept',
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'anthropic-version',
];

function leaves(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[at, value]];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${at}.${name}`));
}

const leavesOf = ({ method, path, headers, body }: Captured): Leaves => ({
  method,
  path,
  ...Object.fromEntries(
    COMPARED.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  ),
  ...Object.fromEntries(leaves(body, 'body')),
});

/** Every leaf that is not the same, as [ours, theirs]. */
function differences(ours: Captured, theirs: Captured): Record<string, [unknown, unknown]> {
  const [mine, other] = [leavesOf(ours), leavesOf(theirs)];
  return Object.fromEntries(
    [...new Set([...Object.keys(mine), ...Object.keys(other)])]
      .filter((name) => mine[name] !== other[name])
      .map((name) => [name, [mine[name], other[name]]]),
  );
}

const REFUSAL = { error: { type: 'invalid_request_error', message: 'enough' } };
let server: Server;
let origin: string;
let last: Captured | null = null;

beforeAll(async () => {
  server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      last = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body: JSON.parse(Buffer.concat(pieces).toString('utf8')),
      };
      // The client has said all it had to say.
      response.writeHead(400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(REFUSAL));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function captured(call: () => Promise<unknown>): Promise<Captured> {
  last = null;
  await call().catch(() => null);
  if (last === null) throw new Error('the client sent nothing');
  return last;
}

function ours(target: Partial<WireTarget>, parameters: Parameters): Captured {
  const whole: WireTarget = { ...CHAT, baseUrl: origin, model: MODEL, ...target };
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

const JSON_ACCEPT = 'application/json';
const SSE_ACCEPT = 'text/event-stream';

/** Every difference from the official client for the same settings, with its reason. Nothing else may differ. */
interface Row {
  readonly name: string;
  readonly mine: (stream: boolean) => Captured;
  readonly theirs: (stream: boolean) => Promise<Captured>;
  readonly differs: (
    stream: boolean,
  ) => Record<
    string,
    { readonly ours: unknown; readonly theirs: unknown; readonly reason: string }
  >;
}

const acceptOfStream = {
  accept: {
    ours: SSE_ACCEPT,
    theirs: JSON_ACCEPT,
    reason: 'The client asks for JSON although it asks for a stream; ours names what it takes.',
  },
};

const ROWS: readonly Row[] = [
  {
    name: 'openai, Chat Completions',
    mine: (stream) =>
      ours(
        { baseUrl: `${origin}/v1`, stream },
        {
          temperature: 0.5,
          top_p: 0.9,
          max_completion_tokens: 64,
          seed: 7,
          frequency_penalty: 0.25,
          presence_penalty: -0.5,
          stop: ['END', 'STOP'],
          logprobs: true,
          top_logprobs: 3,
          reasoning_effort: 'low',
        },
      ),
    theirs: (stream) =>
      captured(() =>
        new OpenAI({ apiKey: KEY, baseURL: `${origin}/v1`, maxRetries: 0 }).chat.completions.create(
          {
            model: MODEL,
            messages: MESSAGES as OpenAI.Chat.ChatCompletionMessageParam[],
            temperature: 0.5,
            top_p: 0.9,
            max_completion_tokens: 64,
            seed: 7,
            frequency_penalty: 0.25,
            presence_penalty: -0.5,
            stop: ['END', 'STOP'],
            logprobs: true,
            top_logprobs: 3,
            reasoning_effort: 'low',
            ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
          },
        ),
      ),
    differs: (stream) => (stream ? acceptOfStream : {}),
  },
  {
    name: 'openai, Responses',
    mine: (stream) =>
      ours(
        { format: 'openai-responses', baseUrl: `${origin}/v1`, stream },
        {
          temperature: 0.5,
          top_p: 0.9,
          max_tokens: 64,
          logprobs: true,
          top_logprobs: 3,
          reasoning_effort: 'low',
        },
      ),
    theirs: (stream) =>
      captured(() =>
        new OpenAI({ apiKey: KEY, baseURL: `${origin}/v1`, maxRetries: 0 }).responses.create({
          model: MODEL,
          input: MESSAGES as OpenAI.Responses.EasyInputMessage[],
          store: false,
          temperature: 0.5,
          top_p: 0.9,
          max_output_tokens: 64,
          include: ['message.output_text.logprobs'],
          top_logprobs: 3,
          reasoning: { effort: 'low' },
          ...(stream ? { stream } : {}),
        }),
      ),
    differs: (stream) => (stream ? acceptOfStream : {}),
  },
  {
    name: '@anthropic-ai/sdk, Messages',
    mine: (stream) =>
      ours(
        { format: 'anthropic-messages', baseUrl: `${origin}/v1`, stream },
        { max_tokens: 2_000, stop: ['END'], reasoning_effort: 'low', thinking: 1_024 },
      ),
    theirs: (stream) =>
      captured(() =>
        new Anthropic({ apiKey: KEY, baseURL: origin, maxRetries: 0 }).messages.create({
          model: MODEL,
          system: 'Answer in one word.',
          messages: CONVERSATION as Anthropic.MessageParam[],
          max_tokens: 2_000,
          stop_sequences: ['END'],
          output_config: { effort: 'low' },
          thinking: { type: 'enabled', budget_tokens: 1_024 },
          ...(stream ? { stream } : {}),
        }),
      ),
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
      ...(stream ? acceptOfStream : {}),
    }),
  },
  {
    name: '@anthropic-ai/sdk, Messages, asked as the client does',
    mine: (stream) =>
      ours(
        {
          format: 'anthropic-messages',
          baseUrl: `${origin}/v1`,
          stream,
          headers: { 'anthropic-version': '2026-10-21' },
          auth: { kind: 'header', header: 'authorization', prefix: 'Bearer ' },
        },
        { max_tokens: 64, thinking: false },
      ),
    theirs: (stream) =>
      captured(() =>
        new Anthropic({ apiKey: KEY, baseURL: origin, maxRetries: 0 }).messages.create({
          model: MODEL,
          system: 'Answer in one word.',
          messages: CONVERSATION as Anthropic.MessageParam[],
          max_tokens: 64,
          thinking: { type: 'disabled' },
          ...(stream ? { stream } : {}),
        }),
      ),
    differs: (stream) => (stream ? acceptOfStream : {}),
  },
  {
    name: '@google/genai, generateContent',
    mine: (stream) =>
      ours(
        { format: 'gemini', baseUrl: `${origin}/v1beta`, stream },
        {
          temperature: 0.5,
          top_p: 0.9,
          top_k: 40,
          max_tokens: 64,
          seed: 7,
          frequency_penalty: 0.25,
          presence_penalty: -0.5,
          stop: ['END'],
          logprobs: true,
          top_logprobs: 3,
          reasoning_effort: 'low',
        },
      ),
    theirs: (stream) =>
      captured(async () => {
        const client = new GoogleGenAI({
          apiKey: KEY,
          apiVersion: 'v1beta',
          httpOptions: { baseUrl: origin, retryOptions: { attempts: 1 } },
        });
        const input = {
          model: MODEL,
          contents: CONVERSATION.map(({ role, content }) => ({
            role: role === 'assistant' ? 'model' : 'user',
            parts: [{ text: content }],
          })),
          config: {
            systemInstruction: { parts: [{ text: 'Answer in one word.' }] },
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
        ours: stream ? SSE_ACCEPT : JSON_ACCEPT,
        theirs: '*/*',
        reason: 'The client takes anything; ours names what it takes.',
      },
    }),
  },
  {
    name: '@aws-sdk/client-bedrock-runtime, Converse',
    mine: (stream) =>
      ours(
        { format: 'bedrock-converse', model: 'arn:aws:bedrock:eu-central-1::x/y-v1:0', stream },
        { temperature: 0.5, top_p: 0.9, max_tokens: 64, stop: ['END'] },
      ),
    theirs: async (stream) => {
      let sent: Captured | null = null;
      const client = new BedrockRuntimeClient({
        region: 'eu-central-1',
        endpoint: origin,
        token: { token: KEY },
        authSchemePreference: ['httpBearerAuth'],
        maxAttempts: 1,
        requestHandler: {
          handle: async (request: {
            method: string;
            path: string;
            headers: Record<string, string>;
            body: unknown;
          }) => {
            const { method, path, headers, body } = request;
            const text =
              typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
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
        modelId: 'arn:aws:bedrock:eu-central-1::x/y-v1:0',
        system: [{ text: 'Answer in one word.' }],
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
    },
    differs: (stream) => ({
      accept: {
        ours: stream ? 'application/vnd.amazon.eventstream' : JSON_ACCEPT,
        theirs: undefined,
        reason: 'The client names nothing; ours names what it takes.',
      },
    }),
  },
  {
    name: 'ollama, chat',
    mine: (stream) =>
      ours(
        { format: 'ollama', stream },
        {
          temperature: 0.5,
          top_p: 0.9,
          top_k: 40,
          min_p: 0.05,
          max_tokens: 64,
          seed: 7,
          frequency_penalty: 0.25,
          presence_penalty: -0.5,
          stop: ['END'],
          logprobs: true,
          top_logprobs: 3,
          thinking: false,
        },
      ),
    theirs: (stream) =>
      captured(async () => {
        const client = new Ollama({ host: origin, headers: { authorization: `Bearer ${KEY}` } });
        const input = {
          model: MODEL,
          messages: MESSAGES.map(({ role, content }) => ({ role, content })),
          think: false,
          logprobs: true,
          top_logprobs: 3,
          options: {
            temperature: 0.5,
            top_p: 0.9,
            top_k: 40,
            min_p: 0.05,
            num_predict: 64,
            seed: 7,
            frequency_penalty: 0.25,
            presence_penalty: -0.5,
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
              theirs: JSON_ACCEPT,
              reason: 'The client asks for JSON although lines of JSON come; ours names them.',
            },
          }
        : {},
  },
];

describe.each(ROWS)('$name', ({ mine, theirs, differs }) => {
  it.each([false, true])('builds the same request, streamed: %s', async (stream) => {
    const expected = Object.fromEntries(
      Object.entries(differs(stream)).map(([name, row]) => [name, [row.ours, row.theirs]]),
    );
    expect(differences(mine(stream), await theirs(stream))).toEqual(expected);
  });
});
