import { split } from 'shlex';
import { AppError } from '#shared/contract/errors.ts';
import type { Recognised } from '#shared/contract/target.ts';
import {
  curlRequest,
  httpRequest,
  joinContinuedLines,
  looksLikeHttp,
  type PastedRequest,
  type Remark,
} from '#shared/domain/curl.ts';
import {
  type Auth,
  type Json,
  type TargetDraft,
  targetDraftSchema,
} from '#shared/domain/target.ts';
import { buildRequest } from '#shared/wire/adapters.ts';
import { type Body, isJsonObject } from '#shared/wire/body.ts';
import { NO_TEMPLATE } from '#shared/wire/custom.ts';
import { parseGuarded } from '#shared/wire/json-guard.ts';
import type { ChatMessage } from '#shared/wire/types.ts';
import { presetAt } from './preset.ts';
import { conversationIn, type Endpoint, endpointOf, withPromptPlaced } from './recognise-body.ts';
import { type Credentials, takeCredentials } from './recognise-keys.ts';
import { reproduce } from './reproduce.ts';

function refuse(message: string): never {
  throw new AppError('BAD_INPUT', message, { issues: [{ path: 'text', message }] });
}

function read(text: string): PastedRequest {
  if (looksLikeHttp(text)) {
    const pasted = httpRequest(text);
    return pasted.ok ? pasted.request : refuse(pasted.message);
  }
  let words: string[];
  try {
    words = split(joinContinuedLines(text));
  } catch {
    return refuse('A quote is opened and not closed. Paste the whole command.');
  }
  const pasted = curlRequest(words);
  return pasted.ok ? pasted.request : refuse(pasted.message);
}

/** Headers that we write, or that say nothing about the target. */
const OURS =
  /^(?:host|connection|content-length|content-type|accept|accept-encoding|accept-language|user-agent|origin|referer|transfer-encoding|expect|te|upgrade|cache-control|pragma|priority|sec-.*)$/;

function furtherHeaders(credentials: Credentials, own: readonly (readonly [string, string])[]) {
  const headers: Record<string, string> = {};
  const notUnderstood: Remark[] = [];
  const ofFormat = new Map(own.map(([name, value]) => [name.toLowerCase(), value]));
  for (const [name, value] of credentials.headers) {
    const lower = name.toLowerCase();
    if (lower === 'content-type' && !/^application\/json\b/i.test(value))
      notUnderstood.push({ what: 'content-type', why: 'bodies are sent as application/json' });
    if (OURS.test(lower) || ofFormat.get(lower) === value) continue;
    const fits = targetDraftSchema.shape.headers.safeParse({ [name]: value });
    if (fits.success) headers[name] = value;
    else notUnderstood.push({ what: `header ${name.slice(0, 64)}`, why: 'it cannot be sent' });
  }
  return { headers, notUnderstood };
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .split('/')
    .at(-1)
    ?.replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64) || 'target';

function jsonBody(request: PastedRequest): Json {
  if (request.body === null)
    refuse('The request has no body. Paste a call that asks the model something.');
  const parsed = parseGuarded(request.body);
  if (parsed.ok) return parsed.value as Json;
  return refuse(
    parsed.code === 'INVALID_JSON'
      ? 'The body is not JSON. Paste the call as it is sent.'
      : 'The body is too large or nested too deeply to be the call of a model. Paste a shorter one.',
  );
}

interface Parts {
  readonly resources: string;
  readonly request: PastedRequest;
  readonly credentials: Credentials;
  readonly endpoint: Endpoint;
  readonly body: Json;
}

function baseDraft(
  { resources, request, credentials, endpoint, body }: Parts,
  model: string,
): TargetDraft {
  const { url, key, proxyKey } = credentials;
  const base = new URL(url);
  base.pathname = endpoint.basePath;
  base.hash = '';
  if (endpoint.format === 'gemini') base.searchParams.delete('alt');
  const preset = presetAt(resources, url, endpoint.format);
  const stream = endpoint.stream ?? (isJsonObject(body) ? streamOf(endpoint, body) : false);
  return targetDraftSchema.parse({
    name: slug(model),
    format: endpoint.format,
    preset: preset?.name ?? null,
    dialect: preset?.dialect ?? null,
    baseUrl: base.href.replace(/\/(?=$|\?)/, ''),
    model,
    key: key?.name ?? null,
    stream,
    network: {
      proxy: request.proxy
        ? { kind: 'manual', url: request.proxy.url, key: proxyKey?.name ?? null }
        : { kind: 'none' },
    },
  });
}

/** Ollama streams unless it is told not to. */
const streamOf = ({ format }: Endpoint, body: Body): boolean =>
  format === 'ollama' ? body.stream !== false : body.stream === true;

/** The auth of the pasted request; null where the format sends the key so by itself. */
function ownAuth(draft: TargetDraft, auth: Auth | null): Auth | null {
  if (auth === null) return null;
  const { auth: slot } = buildRequest(
    { ...draft, auth: null },
    { messages: [], parameters: {}, keyName: 'x' },
  );
  const isDefault =
    slot?.kind === 'header' &&
    auth.kind === 'header' &&
    slot.header === auth.header &&
    slot.prefix === auth.prefix;
  return isDefault ? null : auth;
}

interface Drafted {
  readonly draft: TargetDraft;
  readonly messages: readonly ChatMessage[];
  readonly differences: Recognised['differences'];
  readonly notUnderstood: readonly Remark[];
}

/** A format that is known by its path: the draft that sends the same body. */
function knownDraft(parts: Parts, body: Body): Drafted {
  const { messages, leftOut } = conversationIn(body);
  const named = parts.endpoint.model ?? body.model;
  if (typeof named !== 'string' || named === '')
    return refuse('The request names no model. Paste a call with its model.');
  const { draft, differences } = reproduce(baseDraft(parts, named), body, messages);
  return {
    draft,
    messages,
    differences,
    notUnderstood: leftOut.map((what) => ({ what, why: 'only text is asked' })),
  };
}

const READ_GUESSES: readonly (readonly [(body: Json) => boolean, string])[] = [
  [(body) => isJsonObject(body) && Array.isArray(body.messages), '$.choices[0].message.content'],
  [(body) => isJsonObject(body) && body.inputs !== undefined, '$[0].generated_text'],
];

/** Any other request: a template of it, with the question put in. */
function customDraft(parts: Parts): Drafted {
  const placed = withPromptPlaced(parts.body);
  if (placed === null) return refuse('The body holds no text that a question could replace.');
  const body = placed.body;
  const named = isJsonObject(body) && typeof body.model === 'string' ? body.model : null;
  if (isJsonObject(body) && named !== null && placed.place !== 'model') body.model = '{{model}}';
  const { url } = parts.credentials;
  const draft = baseDraft(parts, named ?? url.hostname);
  const origin = new URL(url.origin);
  const path = `${url.pathname}${url.search}`;
  const text = READ_GUESSES.find(([fits]) => fits(parts.body))?.[1] ?? '$.text';
  return {
    draft: {
      ...draft,
      baseUrl: origin.href.replace(/\/$/, ''),
      template: {
        ...NO_TEMPLATE,
        method: parts.request.method === 'GET' ? 'GET' : 'POST',
        path: path === '/' ? '' : path,
        body,
        stream: isJsonObject(body) && body.stream === true ? 'sse' : 'none',
        read: { ...NO_TEMPLATE.read, text },
      },
    },
    messages: isJsonObject(parts.body) ? conversationIn(parts.body).messages : [],
    differences: [],
    notUnderstood: [
      {
        what: 'where the answer stands',
        why: `a request does not say it; ${text} is a guess: correct template.read.text after a test call`,
      },
      {
        what: `{{prompt}} at ${placed.place}`,
        why: 'the question stands there; move it if that is wrong',
      },
    ],
  };
}

/**
 * A target from a pasted curl command or HTTP request. No shell is run, no file is read, nothing is sent or stored. Keys are
 * taken out of everything but `keys`. Errors: BAD_INPUT at `text`, when it is no request that asks a model.
 */
export function recogniseTarget(resources: string, text: string): Recognised {
  const request = read(text);
  const url = URL.parse(request.url);
  if (url === null || !/^https?:$/.test(url.protocol))
    return refuse('The URL is not an http or https URL.');
  const credentials = takeCredentials(request, url);
  const body = jsonBody(request);
  const found = endpointOf(credentials.url.pathname);
  const endpoint: Endpoint =
    isJsonObject(body) && request.method === 'POST'
      ? found
      : { format: 'custom', basePath: '', model: null, stream: null };
  const parts: Parts = { resources, request, credentials, endpoint, body };
  const drafted =
    endpoint.format !== 'custom' && isJsonObject(body)
      ? knownDraft(parts, body)
      : customDraft(parts);
  const question = { messages: [], parameters: {}, keyName: null };
  const { headers, notUnderstood } = furtherHeaders(
    credentials,
    buildRequest({ ...drafted.draft, parameters: {} } as TargetDraft, question).headers,
  );
  const draft = targetDraftSchema.parse({
    ...drafted.draft,
    headers,
    auth: ownAuth(drafted.draft, credentials.auth),
  });
  return {
    source: request.source,
    format: draft.format,
    draft,
    keys: [credentials.key, credentials.proxyKey].filter((key) => key !== null),
    messages: drafted.messages.map(({ role, content }) => ({ role, content })),
    differences: drafted.differences,
    notUnderstood: [
      ...request.notUnderstood,
      ...credentials.notUnderstood,
      ...notUnderstood,
      ...drafted.notUnderstood,
    ],
    refused: [...request.refused, ...credentials.refused],
  };
}
