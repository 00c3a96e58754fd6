import type { Format, Json } from '#shared/domain/target.ts';
import { type Body, isJsonObject } from '#shared/wire/body.ts';
import type { ChatMessage } from '#shared/wire/types.ts';

/** What the path of a URL says: the format, the base URL without the format's own path, and what stands in the path. */
export interface Endpoint {
  readonly format: Format;
  readonly basePath: string;
  readonly model: string | null;
  /** Whether the path asks for a stream; null: only the body can say it. */
  readonly stream: boolean | null;
}

const PATHS: readonly (readonly [RegExp, Format])[] = [
  [/^(?<base>.*)\/chat\/completions\/?$/, 'openai-chat'],
  [/^(?<base>.*)\/responses\/?$/, 'openai-responses'],
  [/^(?<base>.*)\/messages\/?$/, 'anthropic-messages'],
  [/^(?<base>.*)\/models\/(?<model>[^/:]+):(?<how>(?:stream)?generateContent)$/i, 'gemini'],
  [/^(?<base>.*)\/(?<model>[A-Za-z]+\/[^/:]+):(?<how>(?:stream)?generateContent)$/i, 'gemini'],
  [/^(?<base>.*)\/model\/(?<model>[^/]+)\/converse(?<how>-stream)?$/, 'bedrock-converse'],
  [/^(?<base>.*)\/api\/chat\/?$/, 'ollama'],
];

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The format of a path; `custom` when it is none that is known. */
export function endpointOf(pathname: string): Endpoint {
  for (const [pattern, format] of PATHS) {
    const groups = pattern.exec(pathname)?.groups;
    if (!groups) continue;
    const isPathFormat = format === 'gemini' || format === 'bedrock-converse';
    return {
      format,
      basePath: groups.base ?? '',
      model: groups.model === undefined ? null : decoded(groups.model),
      stream: isPathFormat ? /^(?:-stream|stream)/i.test(groups.how ?? '') : null,
    };
  }
  return { format: 'custom', basePath: '', model: null, stream: null };
}

export interface Conversation {
  readonly messages: ChatMessage[];
  /** Kinds of content that are no text. */
  readonly leftOut: string[];
}

const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  system: 'system',
  developer: 'developer',
  user: 'user',
  human: 'user',
  assistant: 'assistant',
  model: 'assistant',
};

/** The text of a content: a string, or a list of parts with texts. */
function textOf(content: Json | undefined, leftOut: string[]): string {
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? content : content === undefined ? [] : [content];
  const texts = parts.flatMap((part) => {
    if (typeof part === 'string') return [part];
    if (isJsonObject(part) && typeof part.text === 'string') return [part.text];
    leftOut.push(isJsonObject(part) && typeof part.type === 'string' ? part.type : 'a part');
    return [];
  });
  return texts.join('\n');
}

/** The conversation of a body, in the terms of every format. */
export function conversationIn(body: Body): Conversation {
  const messages: ChatMessage[] = [];
  const leftOut: string[] = [];
  for (const name of ['system', 'systemInstruction', 'system_instruction']) {
    const system = body[name];
    if (system === undefined) continue;
    const content = isJsonObject(system) ? system.parts : system;
    const several = Array.isArray(content) && content.length > 1 ? content : [content];
    for (const one of several)
      messages.push({
        role: 'system',
        content: textOf(one === undefined || Array.isArray(one) ? one : [one], leftOut),
      });
  }
  if (typeof body.input === 'string') messages.push({ role: 'user', content: body.input });
  const list = [body.messages, body.contents, body.input].find(Array.isArray);
  const turns = list ?? (isJsonObject(body.contents) ? [body.contents] : []);
  for (const turn of turns as Json[]) {
    if (!isJsonObject(turn)) continue;
    const role = ROLES[typeof turn.role === 'string' ? turn.role : 'user'];
    if (role === undefined) leftOut.push(`a message of the role ${String(turn.role)}`);
    else messages.push({ role, content: textOf(turn.content ?? turn.parts, leftOut) });
  }
  return { messages, leftOut };
}

/** Fields under which services of other formats take a question. */
const PROMPT_FIELDS = [
  'prompt',
  'input',
  'inputs',
  'query',
  'question',
  'text',
  'message',
  'content',
];

/**
 * A copy of a body with `{{prompt}}` in place of the question: the last message of the user, or a field of a usual name, or
 * the longest text. Null when there is no text at all.
 */
export function withPromptPlaced(
  body: Json,
): { readonly body: Json; readonly place: string } | null {
  const copy = structuredClone(body);
  const places: { path: string; set: () => void; text: string }[] = [];
  const walk = (value: Json, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const entries: [string, Json][] = Array.isArray(value)
      ? value.map((item, at): [string, Json] => [String(at), item])
      : Object.entries(value);
    for (const [name, item] of entries) {
      const here = path === '' ? name : `${path}.${name}`;
      if (typeof item === 'string')
        places.push({
          path: here,
          text: item,
          set: () => {
            (value as Record<string, Json>)[name] = '{{prompt}}';
          },
        });
      else walk(item, here);
    }
  };
  walk(copy, '');
  const ofUser = places.filter(({ path }) => {
    const turn = /^(.*)\.content(?:\.\d+\.text)?$/.exec(path)?.[1];
    return (
      turn !== undefined &&
      places.some((other) => other.path === `${turn}.role` && ROLES[other.text] === 'user')
    );
  });
  const named = PROMPT_FIELDS.flatMap((name) =>
    places.filter(({ path }) => path === name || path.endsWith(`.${name}`)),
  );
  const longest = [...places].sort((a, b) => b.text.length - a.text.length);
  const chosen = ofUser.at(-1) ?? named[0] ?? longest[0];
  if (chosen === undefined) return null;
  chosen.set();
  return { body: copy, place: chosen.path };
}
