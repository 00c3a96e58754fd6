import { join } from 'node:path';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI, type GoogleGenAIOptions, ThinkingLevel } from '@google/genai';
import type OpenAI from 'openai';
import { AzureOpenAI } from 'openai';
import { targetFromPreset } from '#core/services/target/presets.ts';
import type { Parameters } from '#shared/domain/target.ts';
import { ROOT } from '../../helpers/workspace.ts';
import type { Capture, Captured } from './captured-request.ts';
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

const BEDROCK_MODEL = 'arn:aws:bedrock:eu-central-1::x/y-v1:0';
const API_VERSION = '2024-10-21';
const PROJECT = { location: 'europe-west4', project: 'my-project' };

/** What a preset makes, with its path at the origin of the capture. */
function ofPreset(preset: string, values: Record<string, string>): Pick<Row, 'target' | 'path'> {
  const { target } = targetFromPreset(join(ROOT, 'resources'), {
    preset,
    name: 'compared',
    model: MODEL,
    key: 'lab',
    values,
    consent: false,
  });
  const { format, auth, headers, extra, dialect } = target;
  return {
    target: { format, auth, headers, extra, dialect },
    path: new URL(target.baseUrl).pathname,
  };
}

const azure = (capture: Capture, stream: boolean) =>
  capture.of(() =>
    new AzureOpenAI({
      apiKey: KEY,
      endpoint: capture.origin,
      apiVersion: API_VERSION,
      maxRetries: 0,
    }).chat.completions.create({
      model: MODEL,
      messages: MESSAGES as OpenAI.Chat.ChatCompletionMessageParam[],
      ...NUCLEUS,
      ...PENALTIES,
      max_completion_tokens: 64,
      stop: ['END'],
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
  );
const AZURE_PARAMETERS = { ...NUCLEUS, ...PENALTIES, stop: ['END'] };

const gemini = (options: GoogleGenAIOptions) => (capture: Capture, stream: boolean) =>
  capture.of(async () => {
    const client = new GoogleGenAI({
      ...options,
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
  });
const GEMINI_PARAMETERS: Parameters = {
  ...NUCLEUS,
  ...PENALTIES,
  ...LOGPROBS,
  top_k: 40,
  max_tokens: 64,
  stop: ['END'],
  reasoning_effort: 'low',
};
const acceptOfGemini = (stream: boolean): ReturnType<Row['differs']> => ({
  ...ENCODING,
  accept: {
    ours: stream ? 'text/event-stream' : 'application/json',
    theirs: '*/*',
    reason: 'The client takes anything; ours names what it takes.',
  },
});

/** In place of the credentials of a machine: the token that the client would have fetched with them. */
const fixedToken = {
  getRequestHeaders: async () => new Headers({ authorization: `Bearer ${KEY}` }),
} as unknown as NonNullable<NonNullable<GoogleGenAIOptions['googleAuthOptions']>['authClient']>;

/** The client speaks HTTP/2, so what it sends is read where it hands a request to its transport. */
async function bedrock(capture: Capture, stream: boolean): Promise<Captured> {
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

/** Clients of the clouds, and of Gemini, which has one client for both of its services. */
export const CLOUD_CLIENTS: readonly Row[] = [
  {
    name: 'openai, AzureOpenAI, at a deployment',
    target: { auth: { kind: 'header', header: 'api-key', prefix: '' } },
    path: `/openai/deployments/${MODEL}?api-version=${API_VERSION}`,
    parameters: { ...AZURE_PARAMETERS, max_completion_tokens: 64 },
    theirs: azure,
    differs: acceptOfStream,
  },
  {
    name: 'openai, AzureOpenAI, beside the preset for the v1 API',
    ...ofPreset('azure', { resource: 'contoso-lab' }),
    parameters: { ...AZURE_PARAMETERS, max_tokens: 64 },
    theirs: azure,
    differs: (stream) => ({
      path: {
        ours: '/openai/v1/chat/completions',
        theirs: `/openai/deployments/${MODEL}/chat/completions?api-version=${API_VERSION}`,
        reason:
          'The client knows the dated API only, with the deployment in the path; in the v1 API it is the model of the body.',
      },
      ...acceptOfStream(stream),
    }),
  },
  {
    name: '@google/genai, generateContent',
    target: { format: 'gemini' },
    path: '/v1beta',
    parameters: GEMINI_PARAMETERS,
    theirs: gemini({ apiKey: KEY, apiVersion: 'v1beta' }),
    differs: acceptOfGemini,
  },
  {
    name: '@google/genai, generateContent at Vertex',
    ...ofPreset('vertex', PROJECT),
    parameters: GEMINI_PARAMETERS,
    theirs: gemini({
      vertexai: true,
      ...PROJECT,
      apiVersion: 'v1',
      googleAuthOptions: { authClient: fixedToken },
    }),
    differs: acceptOfGemini,
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
      'accept-encoding': {
        ours: 'gzip',
        theirs: undefined,
        reason: 'The client takes no encoding; ours the one it bounds.',
      },
    }),
  },
];
