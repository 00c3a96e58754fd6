import { z } from 'zod';
import {
  authSchema,
  dialectSchema,
  formatSchema,
  jsonSchema,
  parametersSchema,
  type Role,
  type TargetDraftInput,
} from './target.ts';

const nameSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'use lower-case letters, digits or dashes');

/** Where a statement about a vendor comes from, and the day somebody last read it there. */
const sourced = {
  text: z.string().min(1).max(600),
  source: z.url({ protocol: /^https$/, error: 'name the page, as an https URL' }).max(500),
  seen: z.iso.date('use a day that exists, as YYYY-MM-DD'),
};

/** Something about a vendor that changes what an answer proves. */
const quirkSchema = z.strictObject(sourced);

/**
 * What a vendor does with a parameter that is sent: `ignored` without a word, `rejected` with an error, `changed` to
 * another value, `best-effort` without a promise. Where the source does not say what becomes of it: `fixed`, the vendor has
 * a value of its own; `unsupported`, the vendor does not list it. The text says for which models.
 */
const parameterNoteSchema = z.strictObject({
  parameter: parametersSchema.keyof(),
  effect: z.enum(['ignored', 'rejected', 'changed', 'fixed', 'unsupported', 'best-effort']),
  ...sourced,
});

const PLACEHOLDER = /\{([a-z]+)\}/g;
const namesIn = (url: string): string[] =>
  [...url.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');

/** A vendor or server, as data: a target is made from it once and then stands for itself. */
export const presetSchema = z
  .strictObject({
    name: nameSchema,
    title: z.string().min(1).max(100),
    /** Who runs the service; null: a program that anybody may run. */
    vendor: z.string().min(1).max(100).nullable(),
    format: formatSchema,
    /** The base URL; `{name}` stands for a value that the analyst gives. */
    baseUrl: z.string().min(1).max(500),
    /** The values to give, in the order in which to ask for them. */
    values: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z]{1,32}$/),
          title: z.string().min(1).max(100),
          example: z.string().min(1).max(100),
        }),
      )
      .default([]),
    /** What a name of a model looks like here. */
    modelExample: z.string().min(1).max(200),
    /** `none`: a server of your own that asks for no key. */
    key: z.enum(['needed', 'none']).default('needed'),
    /** A server on this machine: such a target needs the consents to private addresses and to plain http. */
    local: z.boolean().default(false),
    auth: authSchema.nullable().default(null),
    headers: z.record(z.string(), z.string()).default({}),
    extra: z.record(z.string(), jsonSchema).default({}),
    dialect: dialectSchema.nullable().default(null),
    notes: z.array(parameterNoteSchema).default([]),
    quirks: z.array(quirkSchema).default([]),
  })
  .superRefine((preset, context) => {
    const asked = preset.values.map(({ name }) => name);
    const used = new Set(namesIn(preset.baseUrl));
    for (const name of used)
      if (!asked.includes(name))
        context.addIssue({
          code: 'custom',
          path: ['values'],
          message: `{${name}} is not described`,
        });
    for (const name of asked)
      if (!used.has(name))
        context.addIssue({ code: 'custom', path: ['values'], message: `${name} is not used` });
    const noted = preset.notes.map(({ parameter }) => parameter);
    if (new Set(noted).size < noted.length)
      context.addIssue({ code: 'custom', path: ['notes'], message: 'one note a parameter' });
    const filled = preset.baseUrl.replace(PLACEHOLDER, 'x');
    if (!z.url({ protocol: preset.local ? /^http$/ : /^https$/ }).safeParse(filled).success)
      context.addIssue({ code: 'custom', path: ['baseUrl'], message: 'use a full URL' });
  });
export type Preset = z.infer<typeof presetSchema>;

/** What the analyst adds to a preset. */
export interface PresetChoice {
  /** Name of the target. */
  readonly name: string;
  readonly model: string;
  readonly role?: Role;
  /** Vault entry of the API key. */
  readonly key?: string | null;
  /** Values for the placeholders of the base URL. */
  readonly values?: Readonly<Record<string, string>>;
}

export type PresetResult =
  | { readonly ok: true; readonly target: TargetDraftInput }
  | { readonly ok: false; readonly problems: readonly { path: string; message: string }[] };

/** A value becomes a host or a segment of a path: nothing that could lead elsewhere. */
const VALUE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?$/;

/**
 * The draft of a target made from a preset. Everything that decides its bytes is copied into it, so a later version of the
 * preset changes no target. Consents are the analyst's and are not given here.
 */
export function applyPreset(preset: Preset, choice: PresetChoice): PresetResult {
  const problems = preset.values.flatMap(({ name, title, example }) => {
    const value = choice.values?.[name];
    if (value === undefined)
      return [{ path: `values.${name}`, message: `Give the ${title}, such as ${example}.` }];
    return VALUE.test(value)
      ? []
      : [
          {
            path: `values.${name}`,
            message: `Use letters, digits, dots and dashes, such as ${example}.`,
          },
        ];
  });
  const unknown = Object.keys(choice.values ?? {}).filter(
    (name) => !preset.values.some((value) => value.name === name),
  );
  for (const name of unknown)
    problems.push({
      path: `values.${name}`,
      message: `The preset ${preset.name} has no value ${name}.`,
    });
  const key = choice.key ?? null;
  if (preset.key === 'needed' && key === null)
    problems.push({ path: 'key', message: 'Name the vault entry that holds the API key.' });
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: true,
    target: {
      name: choice.name,
      preset: preset.name,
      format: preset.format,
      baseUrl: preset.baseUrl.replace(
        PLACEHOLDER,
        (_, name: string) => choice.values?.[name] ?? '',
      ),
      model: choice.model,
      key,
      auth: preset.auth,
      headers: preset.headers,
      extra: preset.extra,
      dialect: preset.dialect,
      ...(choice.role === undefined ? {} : { role: choice.role }),
    },
  };
}
