import type { Input, Output } from '#shared/contract/index.ts';
import type { ParameterName, TargetDraft } from '#shared/domain/target.ts';
import type { Failed } from '../../client/client.ts';

export type Draft = Input<'target.preview'>['target'];
export type Target = Output<'target.list'>['targets'][number];
export type Preset = Output<'preset.list'>['presets'][number];
export type Role = TargetDraft['role'];
export type Format = TargetDraft['format'];

export const ROLES: readonly {
  readonly value: Role;
  readonly label: string;
  readonly means: string;
}[] = [
  { value: 'suspect', label: 'Suspect', means: 'the model in question' },
  { value: 'control', label: 'Control', means: 'presumed innocent; shows what chance does' },
  {
    value: 'temporal-control',
    label: 'Temporal control',
    means: 'released before the canaries were planted; cannot have learned them',
  },
  {
    value: 'known-positive',
    label: 'Known positive',
    means: 'trained on our outputs by us; shows that the method sees it',
  },
  { value: 'reference', label: 'Reference', means: 'our own model' },
];
export const roleWord = (role: Role): string => ROLES.find((r) => r.value === role)?.label ?? role;

export const FORMATS: readonly {
  readonly value: Format;
  readonly label: string;
  /** What is appended to the base URL. */
  readonly appends: string;
}[] = [
  { value: 'openai-chat', label: 'OpenAI Chat Completions', appends: '/chat/completions' },
  { value: 'openai-responses', label: 'OpenAI Responses', appends: '/responses' },
  { value: 'anthropic-messages', label: 'Anthropic Messages', appends: '/messages' },
  { value: 'gemini', label: 'Gemini generateContent', appends: '/models/…:generateContent' },
  { value: 'bedrock-converse', label: 'Bedrock Converse', appends: '/model/…/converse' },
  { value: 'ollama', label: 'Ollama', appends: '/api/chat' },
  { value: 'custom', label: 'Template of your own', appends: 'The path of the template' },
  { value: 'paste', label: 'By hand: a product that has only a chat', appends: 'Nothing' },
];
export const formatWord = (format: Format): string =>
  FORMATS.find((f) => f.value === format)?.label ?? format;

export const PARAMETERS: readonly (readonly [ParameterName, string])[] = [
  ['temperature', 'Temperature'],
  ['top_p', 'Top p'],
  ['max_tokens', 'Max tokens'],
  ['max_completion_tokens', 'Max completion tokens'],
  ['seed', 'Seed'],
  ['frequency_penalty', 'Frequency penalty'],
  ['presence_penalty', 'Presence penalty'],
  ['top_k', 'Top k'],
  ['min_p', 'Min p'],
  ['top_logprobs', 'Top logprobs'],
];
/** Parameters that are chosen, with their values; the empty one leaves it to the endpoint. */
export const CHOICES: readonly (readonly [ParameterName, string, readonly string[]])[] = [
  ['logprobs', 'Log-probabilities', ['true', 'false']],
  ['reasoning_effort', 'Reasoning effort', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']],
];

/** Every parameter that is one text in the form. */
export const TYPED: readonly ParameterName[] = [
  ...PARAMETERS.map(([name]) => name),
  ...CHOICES.map(([name]) => name),
  'thinking',
];

export const READ_PATHS = [
  ['text', 'Text of the answer'],
  ['reasoning', 'Reasoning'],
  ['finish', 'Why it ended'],
  ['model', 'Model id'],
  ['error', 'Error'],
  ['promptTokens', 'Tokens of the prompt'],
  ['completionTokens', 'Tokens of the answer'],
] as const;
type ReadPath = (typeof READ_PATHS)[number][0];

/** The template as text, the way it is typed. */
export interface TemplateForm {
  readonly method: 'POST' | 'GET';
  readonly path: string;
  readonly body: string;
  readonly stream: 'none' | 'sse' | 'jsonl';
  readonly read: Readonly<Record<ReadPath, string>>;
  readonly done: string;
  readonly lengthValues: string;
  readonly filterValues: string;
}

/** The form as text, the way it is typed. */
export interface Form {
  readonly name: string;
  readonly role: Role;
  readonly format: Format;
  readonly preset: string;
  /** Values for the placeholders of the preset's URL. */
  readonly values: Readonly<Record<string, string>>;
  readonly baseUrl: string;
  readonly model: string;
  readonly key: string;
  readonly auth: 'format' | 'header' | 'sigv4';
  readonly authHeader: string;
  readonly authPrefix: string;
  readonly authRegion: string;
  readonly authService: string;
  readonly stream: boolean;
  readonly parameters: Readonly<Partial<Record<ParameterName, string>>>;
  /** One a line; \n stands for a line feed. */
  readonly stop: string;
  readonly extra: string;
  readonly template: TemplateForm;
  readonly dialect: TargetDraft['dialect'];
  readonly headers: string;
  readonly allowPrivate: boolean;
  readonly allowHttp: boolean;
  readonly proxy: TargetDraft['network']['proxy']['kind'];
  readonly proxyUrl: string;
  readonly proxyScript: string;
  readonly proxyKey: string;
  readonly systemRoots: boolean;
  readonly extraCa: string;
  readonly pin: string;
  readonly clientCertificate: string;
  readonly limits: Readonly<Record<keyof TargetDraft['limits'], string>>;
  readonly priceIn: string;
  readonly priceOut: string;
  readonly priceDate: string;
  readonly priceSource: string;
  readonly released: string;
  readonly note: string;
}

export const EMPTY: Form = {
  name: '',
  role: 'suspect',
  format: 'openai-chat',
  preset: '',
  values: {},
  baseUrl: '',
  model: '',
  key: '',
  auth: 'format',
  authHeader: '',
  authPrefix: '',
  authRegion: '',
  authService: 'bedrock',
  stream: false,
  parameters: {},
  stop: '',
  extra: '',
  template: {
    method: 'POST',
    path: '/generate',
    body: '{\n  "model": "{{model}}",\n  "prompt": "{{prompt}}"\n}',
    stream: 'none',
    read: {
      text: '$.text',
      reasoning: '',
      finish: '',
      model: '',
      error: '',
      promptTokens: '',
      completionTokens: '',
    },
    done: '',
    lengthValues: '',
    filterValues: '',
  },
  dialect: null,
  headers: '',
  allowPrivate: false,
  allowHttp: false,
  proxy: 'none',
  proxyUrl: '',
  proxyScript: '',
  proxyKey: '',
  systemRoots: false,
  extraCa: '',
  pin: '',
  clientCertificate: '',
  limits: {
    concurrency: '',
    requestsPerMinute: '',
    tokensPerMinute: '',
    costUsd: '',
    exposures: '',
  },
  priceIn: '',
  priceOut: '',
  priceDate: '',
  priceSource: '',
  released: '',
  note: '',
};

const text = (value: unknown): string =>
  value === null || value === undefined ? '' : String(value);
const json = (value: unknown): string => JSON.stringify(value, null, 2);
const headerLines = (headers: Readonly<Record<string, string>>): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
const stopLines = (stop: readonly string[] | undefined): string =>
  (stop ?? []).map((one) => one.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')).join('\n');

function templateForm(template: TargetDraft['template']): TemplateForm {
  if (template === null) return EMPTY.template;
  return {
    method: template.method,
    path: template.path,
    body: template.body === null ? '' : json(template.body),
    stream: template.stream,
    read: Object.fromEntries(
      READ_PATHS.map(([name]) => [name, text(template.read[name])]),
    ) as TemplateForm['read'],
    done: text(template.done),
    lengthValues: template.lengthValues.join(', '),
    filterValues: template.filterValues.join(', '),
  };
}

/** What is typed in the form for a target as it is. */
export function formOf(target: TargetDraft): Form {
  const { network, price, auth } = target;
  const { stop, ...parameters } = target.parameters;
  return {
    name: target.name,
    role: target.role,
    format: target.format,
    preset: target.preset ?? '',
    values: {},
    baseUrl: target.baseUrl,
    model: target.model,
    key: target.key ?? '',
    auth: auth?.kind ?? 'format',
    authHeader: auth?.kind === 'header' ? auth.header : '',
    authPrefix: auth?.kind === 'header' ? auth.prefix : '',
    authRegion: auth?.kind === 'sigv4' ? auth.region : '',
    authService: auth?.kind === 'sigv4' ? auth.service : EMPTY.authService,
    stream: target.stream,
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, value]) => [name, text(value)]),
    ),
    stop: stopLines(stop),
    extra: Object.keys(target.extra).length === 0 ? '' : json(target.extra),
    template: templateForm(target.template),
    dialect: target.dialect,
    headers: headerLines(target.headers),
    allowPrivate: target.allowPrivate,
    allowHttp: target.allowHttp,
    proxy: network.proxy.kind,
    proxyUrl: network.proxy.kind === 'manual' ? network.proxy.url : '',
    proxyScript: network.proxy.kind === 'pac' ? network.proxy.script : '',
    proxyKey: 'key' in network.proxy ? (network.proxy.key ?? '') : '',
    systemRoots: network.roots === 'system',
    extraCa: network.extraCa ?? '',
    pin: network.pinSha256 ?? '',
    clientCertificate: network.clientCertificate ?? '',
    limits: {
      concurrency: text(target.limits.concurrency),
      requestsPerMinute: text(target.limits.requestsPerMinute),
      tokensPerMinute: text(target.limits.tokensPerMinute),
      costUsd: text(target.limits.costUsd),
      exposures: text(target.limits.exposures),
    },
    priceIn: text(price?.inputPerMillion),
    priceOut: text(price?.outputPerMillion),
    priceDate: price?.asOf ?? '',
    priceSource: price?.source ?? '',
    released: target.released ?? '',
    note: target.note,
  };
}

/** What a preset fills in; names, model, consents and parameters stay as they were typed. */
export function withPreset(form: Form, preset: Preset, values: Form['values']): Form {
  const baseUrl = preset.baseUrl.replace(/\{([a-z]+)\}/g, (whole, name: string) =>
    values[name] ? values[name] : whole,
  );
  return {
    ...form,
    preset: preset.name,
    values,
    format: preset.format,
    baseUrl,
    dialect: preset.dialect,
    headers: headerLines(preset.headers),
    extra: Object.keys(preset.extra).length === 0 ? '' : json(preset.extra),
    auth: preset.auth?.kind ?? 'format',
    authHeader: preset.auth?.kind === 'header' ? preset.auth.header : '',
    authPrefix: preset.auth?.kind === 'header' ? preset.auth.prefix : '',
    authRegion: preset.auth?.kind === 'sigv4' ? preset.auth.region : '',
    authService: preset.auth?.kind === 'sigv4' ? preset.auth.service : EMPTY.authService,
  };
}

/** The message for one field of a refused draft, or for one below it; the path of an issue starts with `target`. */
export function fieldError(error: Failed | null, field: string): string | null {
  const issues = (error?.data as { issues?: { path: string; message: string }[] } | undefined)
    ?.issues;
  return issueAt(
    issues?.map(({ path, ...issue }) => ({ ...issue, path: path.replace(/^target\./, '') })),
    field,
  );
}

/** The first message at a field or below it; the fields below `template` are fields of their own. */
export const issueAt = (
  issues: readonly { readonly path: string; readonly message: string }[] | undefined,
  field: string,
): string | null =>
  issues?.find(
    ({ path }) => path === field || (field !== 'template' && path.startsWith(`${field}.`)),
  )?.message ?? null;

export const hostOf = (baseUrl: string): string => {
  try {
    return new URL(baseUrl).host;
  } catch {
    return baseUrl;
  }
};
