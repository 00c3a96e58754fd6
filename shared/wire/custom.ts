import type { Json, Template } from '../domain/target.ts';
import { PARAMETER_NAMES } from '../domain/target.ts';
import { setParameters } from './body.ts';
import { asText, systemTexts, turns } from './conversation.ts';
import { customPlain, customStream, LINE_TYPES } from './custom-reading.ts';
import { readText } from './frame.ts';
import { isJsonPath } from './json-path.ts';
import { authSlot, BEARER, pathSegment, urlOf, withHeaders } from './outbound.ts';
import { fillJson, fillText, placeholdersIn, type Values } from './placeholders.ts';
import type {
  Adapter,
  BuildInput,
  HeaderPair,
  OutboundRequest,
  ReadInput,
  ReadResult,
  WireTarget,
} from './types.ts';

/** A template that sends nothing and finds nothing: what a target without one means. */
export const NO_TEMPLATE: Template = {
  method: 'POST',
  path: '',
  body: null,
  stream: 'none',
  read: {
    text: '$',
    reasoning: null,
    finish: null,
    model: null,
    error: null,
    promptTokens: null,
    completionTokens: null,
  },
  done: null,
  lengthValues: [],
  filterValues: [],
};

/** Names of the question, beside those of the parameters. */
const QUESTION_NAMES = ['model', 'prompt', 'system', 'messages', 'stream'];

const namesUsed = ({ template, headers }: Pick<WireTarget, 'template' | 'headers'>): Set<string> =>
  new Set([
    ...placeholdersIn(template?.path ?? ''),
    ...placeholdersIn(template?.body ?? null),
    ...Object.values(headers).flatMap(placeholdersIn),
  ]);

/** A parameter can be sent where the template has its placeholder; it then stands in no field of a known name. */
const fieldsOf: Adapter['fieldsOf'] = (target, name) => (namesUsed(target).has(name) ? {} : null);

const required: Adapter['required'] = [];

function valuesOf(input: BuildInput, used: ReadonlySet<string>): Values {
  const system = systemTexts(input.messages);
  const rest = used.has('system') ? turns(input.messages) : input.messages;
  return new Map<string, Json>([
    ['model', input.model],
    ['prompt', asText(rest)],
    ...(system.length === 0 ? [] : [['system', system.join('\n\n')] as const]),
    ['messages', input.messages.map(({ role, content }) => ({ role, content }))],
    ['stream', input.template?.stream !== undefined && input.template.stream !== 'none'],
    ...setParameters(input.parameters),
  ]);
}

/** A header holds printable ASCII; anything else could end it. */
const headerText = (text: string): string =>
  text.toWellFormed().replace(/[^\x20-\x7e]/gu, encodeURIComponent);

/** The request of a template: placeholders are replaced, nothing is run. In the path they are percent-encoded. */
function build(input: BuildInput): OutboundRequest {
  const template = input.template ?? NO_TEMPLATE;
  const values = valuesOf(input, namesUsed(input));
  const body = template.body === null ? undefined : fillJson(template.body, values);
  const path = fillText(template.path, values, pathSegment);
  const further = Object.entries(input.headers).map(([name, value]): [string, string] => [
    name,
    fillText(value, values, headerText),
  ]);
  const own: HeaderPair[] = [
    ...(body === undefined ? [] : [['content-type', 'application/json'] as const]),
    ['accept', acceptOf(template)],
    ['accept-encoding', 'gzip'],
  ];
  return {
    method: template.method,
    url: urlOf(input.baseUrl, path),
    headers: withHeaders(own, Object.fromEntries(further)),
    auth: authSlot(input, BEARER),
    body: body === undefined ? null : new TextEncoder().encode(JSON.stringify(body)),
  };
}

const STREAM_TYPES: Readonly<Record<Template['stream'], readonly string[]>> = {
  none: [],
  sse: ['text/event-stream'],
  jsonl: LINE_TYPES,
};

const acceptOf = ({ stream }: Template): string => STREAM_TYPES[stream][0] ?? 'application/json';

/** Reads by the paths of the template; the template alone says whether the answer is a stream. */
function read(input: ReadInput, own: Template | null): ReadResult {
  const template = own ?? NO_TEMPLATE;
  const types = STREAM_TYPES[template.stream];
  const isStream = template.stream !== 'none';
  return readText(
    { ...input, stream: isStream },
    {
      document: customPlain(template),
      ...(isStream ? { stream: { types, take: customStream(template) } } : {}),
    },
  );
}

/** What is wrong with a template. */
function problems(target: WireTarget): { path: string; message: string }[] {
  const { template } = target;
  if (template === null)
    return [{ path: 'template', message: 'The format custom needs a template. Add one.' }];
  const used = namesUsed(target);
  const known: readonly string[] = [...QUESTION_NAMES, ...PARAMETER_NAMES];
  const found: { path: string; message: string }[] = [];
  for (const name of used)
    if (!known.includes(name))
      found.push({
        path: 'template',
        message: `There is no placeholder {{${name}}}. Use one of ${known.join(', ')}.`,
      });
  if (!used.has('prompt') && !used.has('messages'))
    found.push({
      path: 'template.body',
      message: 'The question is not in the request. Put {{prompt}} or {{messages}} into it.',
    });
  for (const [name, value] of Object.entries(target.headers))
    if (placeholdersIn(value).some((used) => ['prompt', 'system', 'messages'].includes(used)))
      found.push({
        path: `headers.${name}`,
        message: 'A header cannot carry the question. Put it into the body or the path.',
      });
  for (const [name, path] of Object.entries(template.read))
    if (path !== null && !isJsonPath(path))
      found.push({
        path: `template.read.${name}`,
        message: `${path} is not a path of names, indices and wildcards, such as $.choices[0].text.`,
      });
  if (target.stream !== (template.stream !== 'none'))
    found.push({
      path: 'stream',
      message: target.stream
        ? 'The template says that the answer is no stream. Set template.stream to sse or jsonl.'
        : 'The template says that the answer is a stream. Set stream: true as well.',
    });
  if (template.method === 'GET' && template.body !== null)
    found.push({ path: 'template.body', message: 'GET has no body. Use POST, or set body: null.' });
  if (Object.keys(target.extra).length > 0)
    found.push({ path: 'extra', message: 'Put further fields into the body of the template.' });
  if (target.dialect !== null)
    found.push({ path: 'dialect', message: 'A template names its fields itself. Leave it out.' });
  return found;
}

export const custom: Adapter = { fieldsOf, required, problems, build, read };
