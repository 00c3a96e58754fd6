import type { Format, Json, ParameterName, Parameters } from '../domain/target.ts';
import { PARAMETER_NAMES, parametersSchema } from '../domain/target.ts';
import { adapterOf, buildRequest, unsupportedParameters } from './adapters.ts';
import { type Body, overlaps, putField, setParameters } from './body.ts';
import type { WireTarget } from './types.ts';

/** Why a target with these parameters must not be asked; `path` is the field of the target, dotted. */
export interface RequestProblem {
  readonly path: string;
  readonly message: string;
}

/**
 * Everything that would make the request something else than what was asked for: a parameter that cannot be sent, one that
 * the provider demands and that is missing, two that claim one field, a further field that the format writes itself, a
 * template with a mistake. Empty: `buildRequest` sends all of it.
 */
export function requestProblems(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { format } = target;
  const unsupported = unsupportedParameters(target, parameters).map((name) => ({
    path: `parameters.${name}`,
    message: `The format ${format} cannot send ${name} with this value. Remove it: a parameter that is set is sent or refused, never dropped.`,
  }));
  const clashes = extraClashes(target).map((path) => ({
    path: `extra.${path}`,
    message: `The format ${format} writes ${path} itself. Set it by its own field, or remove it from extra.`,
  }));
  const own = adapterOf(format).problems?.(target) ?? [];
  const template =
    format !== 'custom' && target.template !== null
      ? [{ path: 'template', message: 'Only the format custom has a template. Remove it.' }]
      : [];
  return [
    ...unsupported,
    ...missing(target, parameters),
    ...collisions(target, parameters),
    ...clashes,
    ...template,
    ...own,
    ...addressProblems(target, parameters),
  ];
}

const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?=[/?]|$)/i;

/** Dot segments are resolved on the way: the address asked would not be the one that is shown and recorded. */
function addressProblems(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { url } = buildRequest(target, { messages: QUESTION, parameters, keyName: null });
  return DOT_SEGMENT.test(url)
    ? [{ path: 'model', message: 'The address holds a segment . or .. . Leave it out.' }]
    : [];
}

function missing(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { required } = adapterOf(target.format);
  if (required.length === 0) return [];
  const body = bodyOf(target, parameters);
  return required
    .filter((field) => !Object.hasOwn(body, field))
    .map((field) => ({
      path: `parameters.${field}`,
      message: `The format ${target.format} demands ${field}. Set it: nothing is sent that you did not choose.`,
    }));
}

function collisions(target: WireTarget, parameters: Parameters): RequestProblem[] {
  const { fieldsOf } = adapterOf(target.format);
  const claimed = new Map<string, ParameterName>();
  const problems: RequestProblem[] = [];
  for (const [name, value] of setParameters(parameters)) {
    const taken = new Map<string, ParameterName>();
    for (const [path, field] of Object.entries(fieldsOf(target, name, value) ?? {})) {
      for (const leaf of leavesOf(path, field)) {
        const other = claimed.get(leaf);
        // Two that say the same thing, such as both ways to ask for log-probabilities, do not contradict each other.
        if (other !== undefined && !isShared(leaf))
          problems.push({
            path: `parameters.${name}`,
            message: `${name} and ${other} are the same field here (${leaf}). Set one of them.`,
          });
        taken.set(leaf, name);
      }
    }
    for (const [leaf, by] of taken) if (!claimed.has(leaf)) claimed.set(leaf, by);
  }
  return problems;
}

/** Fields that several parameters switch on in the same way. */
const isShared = (leaf: string): boolean => leaf === 'include';

function leavesOf(path: string, value: Json): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  return Object.entries(value).flatMap(([name, inner]) => leavesOf(`${path}.${name}`, inner));
}

/** Fields of `extra` that the format writes itself, whether or not this question makes it do so; dotted paths. */
export function extraClashes(target: WireTarget): string[] {
  if (Object.keys(target.extra).length === 0) return [];
  return overlaps(everyField(target), target.extra);
}

const SAMPLES: readonly Json[] = [1, 0.5, true, false, 'low', ['x']];

/** A body with every field that the format can write for this target. */
function everyField(target: WireTarget): Body {
  const body = bodyOf({ ...target, stream: true }, {});
  for (const name of PARAMETER_NAMES) {
    for (const value of SAMPLES) {
      if (!parametersSchema.shape[name].safeParse(value).success) continue;
      const fields = adapterOf(target.format).fieldsOf(target, name, value) ?? {};
      for (const [path, field] of Object.entries(fields)) putField(body, path, field);
    }
  }
  return body;
}

const QUESTION = [
  { role: 'system', content: '…' },
  { role: 'user', content: '…' },
] as const;

function bodyOf(target: WireTarget, parameters: Parameters): Body {
  const question = { messages: QUESTION, parameters, keyName: null };
  const { body } = buildRequest({ ...target, extra: {} }, question);
  if (body === null || NO_JSON.includes(target.format)) return {};
  return JSON.parse(new TextDecoder().decode(body)) as Body;
}

/** Formats whose body need not be a JSON object. */
const NO_JSON: readonly Format[] = ['custom', 'paste'];
