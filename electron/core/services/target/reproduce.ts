import type { Recognised } from '#shared/contract/target.ts';
import {
  type Json,
  PARAMETER_NAMES,
  type ParameterName,
  type Parameters,
  parametersSchema,
  type TargetDraft,
} from '#shared/domain/target.ts';
import { clip, visible } from '#shared/util/visible.ts';
import { adapterOf, buildRequest } from '#shared/wire/adapters.ts';
import { type Body, isJsonObject } from '#shared/wire/body.ts';
import { extraClashes } from '#shared/wire/request-problems.ts';
import type { ChatMessage } from '#shared/wire/types.ts';
import { bodyOf } from './check.ts';

const SHOWN_CHARACTERS = 200;

/** Every leaf of a JSON value with its path; empty lists and objects are leaves. */
export function leavesOf(
  value: Json,
  before: readonly (string | number)[] = [],
): Map<string, Json> {
  const leaves = new Map<string, Json>();
  const items: [string | number, Json][] = Array.isArray(value)
    ? value.map((item, at): [number, Json] => [at, item])
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  if (items.length === 0) leaves.set(before.join('.'), value);
  for (const [name, item] of items)
    for (const [path, leaf] of leavesOf(item, [...before, name])) leaves.set(path, leaf);
  return leaves;
}

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function at(body: Json, path: string): Json | undefined {
  let found: Json | undefined = body;
  for (const name of path.split('.')) {
    if (!isJsonObject(found) || !Object.hasOwn(found, name)) return undefined;
    found = found[name];
  }
  return found;
}

/** Does the body say at this path what the parameter would write there? A single stop may stand without its list. */
function says(body: Body, path: string, wanted: Json): boolean {
  const found = at(body, path);
  if (found === undefined) return false;
  if (isJsonObject(wanted) && isJsonObject(found))
    return [...leavesOf(wanted)].every(([inner, value]) => same(at(found, inner), value));
  if (Array.isArray(wanted) && wanted.length === 1 && typeof found === 'string')
    return same(wanted[0], found);
  return same(found, wanted);
}

/** The values that a body could mean by a parameter: whatever stands in it and is of the right kind. */
function candidates(body: Body, name: ParameterName): Json[] {
  const values: Json[] = [true, false];
  for (const value of leavesOf(body).values())
    values.push(value, ...(typeof value === 'string' ? [[value], value.toLowerCase()] : []));
  const lists = (value: Json): void => {
    if (Array.isArray(value)) values.push(value);
    const inner = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : [];
    for (const item of inner) lists(item);
  };
  lists(body);
  const seen = new Set<string>();
  return values.filter((value) => {
    const key = JSON.stringify(value);
    if (seen.has(key)) return false;
    seen.add(key);
    return parametersSchema.shape[name].safeParse(value).success && value !== undefined;
  });
}

/**
 * The parameters that a body sets, found with the adapter's own rules: whatever a format (or a later one) writes for a
 * parameter is recognised by the same rules.
 */
export function parametersIn(target: TargetDraft, body: Body): Parameters {
  const { fieldsOf } = adapterOf(target.format);
  const claimed = new Set<string>();
  const found: Record<string, Json> = {};
  for (const name of PARAMETER_NAMES) {
    for (const value of candidates(body, name)) {
      const fields = Object.entries(fieldsOf(target, name, value) ?? {});
      const isNew = fields.some(([path]) => !claimed.has(path));
      if (!isNew || !fields.every(([path, field]) => says(body, path, field))) continue;
      found[name] = value;
      for (const [path] of fields) claimed.add(path);
      break;
    }
  }
  return parametersSchema.parse(found);
}

/** What of a body another body does not have; objects are compared field by field. */
function missingFrom(pasted: Body, built: Body): Body {
  const rest: Body = {};
  for (const [name, value] of Object.entries(pasted)) {
    const other = Object.hasOwn(built, name) ? built[name] : undefined;
    if (other === undefined) rest[name] = value;
    else if (isJsonObject(value) && isJsonObject(other)) {
      const inner = missingFrom(value, other);
      if (Object.keys(inner).length > 0) rest[name] = inner;
    }
  }
  return rest;
}

function without(extra: Body, path: string): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  const parent = names.length === 0 ? extra : at(extra, names.join('.'));
  if (isJsonObject(parent)) delete parent[last];
}

const shown = (value: Json | undefined): string | null =>
  value === undefined ? null : visible(clip(JSON.stringify(value), SHOWN_CHARACTERS).text);

export interface Reproduced {
  readonly draft: TargetDraft;
  readonly differences: Recognised['differences'];
}

/** The JSON body that a target would send for a conversation. */
export function builtBody(draft: TargetDraft, messages: readonly ChatMessage[]): Body {
  const question = { messages, parameters: draft.parameters, keyName: null };
  const body = bodyOf(buildRequest(draft, question)) as Json;
  return isJsonObject(body) ? body : {};
}

/**
 * Completes a draft so that it sends the pasted body: parameters by the rules of the format, everything else as further
 * fields. What then still differs is told, path by path.
 */
export function reproduce(
  draft: TargetDraft,
  pasted: Body,
  messages: readonly ChatMessage[],
): Reproduced {
  const withParameters = { ...draft, parameters: parametersIn(draft, pasted) };
  const extra = structuredClone(missingFrom(pasted, builtBody(withParameters, messages)));
  for (const path of extraClashes({ ...withParameters, extra })) without(extra, path);
  const complete = { ...withParameters, extra };
  const before = leavesOf(pasted);
  const after = leavesOf(builtBody(complete, messages));
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return {
    draft: complete,
    differences: paths
      .filter((path) => !same(before.get(path), after.get(path)))
      .map((path) => ({ path, pasted: shown(before.get(path)), built: shown(after.get(path)) })),
  };
}
