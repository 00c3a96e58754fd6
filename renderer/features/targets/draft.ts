import type { Input, Output } from '#shared/contract/index.ts';
import type { Failed } from '../../client/client.ts';

export type Draft = Input<'target.preview'>['target'];
export type Target = Output<'target.list'>['targets'][number];
export type Role = Target['target']['role'];

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

export const PARAMETERS = [
  ['temperature', 'Temperature'],
  ['top_p', 'Top p'],
  ['max_tokens', 'Max tokens'],
  ['max_completion_tokens', 'Max completion tokens'],
  ['seed', 'Seed'],
  ['frequency_penalty', 'Frequency penalty'],
  ['presence_penalty', 'Presence penalty'],
] as const;
export type ParameterName = (typeof PARAMETERS)[number][0];

/** The form as text, the way it is typed. */
export interface Form {
  readonly name: string;
  readonly role: Role;
  readonly baseUrl: string;
  readonly model: string;
  readonly key: string;
  readonly stream: boolean;
  readonly parameters: Readonly<Record<ParameterName, string>>;
  readonly stop: readonly string[];
  readonly headers: string;
  readonly allowPrivate: boolean;
  readonly allowHttp: boolean;
  readonly released: string;
  readonly note: string;
}

export const EMPTY: Form = {
  name: '',
  role: 'suspect',
  baseUrl: '',
  model: '',
  key: '',
  stream: false,
  parameters: {
    temperature: '',
    top_p: '',
    max_tokens: '',
    max_completion_tokens: '',
    seed: '',
    frequency_penalty: '',
    presence_penalty: '',
  },
  stop: [],
  headers: '',
  allowPrivate: false,
  allowHttp: false,
  released: '',
  note: '',
};

export function formOf({ target }: Target): Form {
  const parameters = { ...EMPTY.parameters };
  for (const [name] of PARAMETERS) {
    const value = target.parameters[name];
    if (value !== undefined) parameters[name] = String(value);
  }
  return {
    name: target.name,
    role: target.role,
    baseUrl: target.baseUrl,
    model: target.model,
    key: target.key ?? '',
    stream: target.stream,
    parameters,
    stop: target.parameters.stop ?? [],
    headers: Object.entries(target.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    allowPrivate: target.allowPrivate,
    allowHttp: target.allowHttp,
    released: target.released ?? '',
    note: target.note,
  };
}

export function draftOf(form: Form): Draft {
  const parameters: Record<string, number | string[]> = {};
  for (const [name] of PARAMETERS) {
    const text = form.parameters[name].trim();
    if (text !== '') parameters[name] = Number(text);
  }
  if (form.stop.length > 0) parameters.stop = [...form.stop];
  const headers: Record<string, string> = {};
  for (const line of form.headers.split('\n')) {
    const at = line.indexOf(':');
    if (at > 0) headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
  }
  return {
    name: form.name.trim(),
    role: form.role,
    format: 'openai-chat',
    baseUrl: form.baseUrl.trim(),
    model: form.model.trim(),
    key: form.key === '' ? null : form.key,
    stream: form.stream,
    parameters,
    headers,
    allowPrivate: form.allowPrivate,
    allowHttp: form.allowHttp,
    released: form.released === '' ? null : form.released,
    note: form.note,
  };
}

/** The message for one field of a refused draft; the path of an issue starts with `target`. */
export function fieldError(error: Failed | null, field: string): string | null {
  const issues = (error?.data as { issues?: { path: string; message: string }[] } | undefined)
    ?.issues;
  return issues?.find((issue) => issue.path === `target.${field}`)?.message ?? null;
}

export const hostOf = (baseUrl: string): string => {
  try {
    return new URL(baseUrl).host;
  } catch {
    return baseUrl;
  }
};
