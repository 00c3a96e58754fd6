import type { Dialect, Json, ParameterName, Parameters } from '../domain/target.ts';
import { PARAMETER_NAMES } from '../domain/target.ts';
import { isObject } from './json-guard.ts';
import type { BodyFields } from './types.ts';

/** A request body under construction: its keys stand in the order in which they are sent. */
export type Body = { [name: string]: Json };

/** A field of the body, or a function from the value to fields; null: this value cannot be sent. */
export type Rule = string | ((value: Json) => BodyFields | null);
export type Rules = Readonly<Partial<Record<ParameterName, Rule>>>;

/** The fields that carry a parameter: as the vendor spells it, else as the format does; null: it cannot be sent. */
export function fieldsByRules(
  rules: Rules,
  dialect: Dialect | null,
  name: ParameterName,
  value: Json,
): BodyFields | null {
  if (name === 'thinking' && dialect?.thinking) return thinkingFields(dialect.thinking, value);
  const renamed = dialect?.renames[name];
  if (renamed !== undefined) return { [renamed]: value };
  const rule = rules[name];
  if (rule === undefined) return null;
  return typeof rule === 'string' ? { [rule]: value } : rule(value);
}

function thinkingFields(
  spelling: NonNullable<Dialect['thinking']>,
  value: Json,
): BodyFields | null {
  if (typeof value !== 'number') {
    const fields = value === true ? spelling.on : spelling.off;
    return fields && Object.fromEntries(byName(fields));
  }
  if (spelling.budget === null) return null;
  return Object.fromEntries(
    byName(spelling.budget).map(([path, field]) => [path, withBudget(field, value)]),
  );
}

function withBudget(field: Json, budget: number): Json {
  if (field === '{{budget}}') return budget;
  if (Array.isArray(field)) return field.map((item) => withBudget(item, budget));
  if (!isJsonObject(field)) return field;
  return Object.fromEntries(
    Object.entries(field).map(([name, item]) => [name, withBudget(item, budget)]),
  );
}

/** Parameters that are set, in the order of the requests. */
export function setParameters(parameters: Parameters): [ParameterName, Json][] {
  return PARAMETER_NAMES.flatMap((name) => {
    const value = parameters[name];
    return value === undefined ? [] : [[name, value] as [ParameterName, Json]];
  });
}

/**
 * The fields of an object that a target holds, by name. A bundle keeps targets as canonical JSON, which knows no other
 * order, and the same bytes must come out of it.
 */
export const byName = <T>(object: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));

export const isJsonObject = (value: Json | undefined): value is Body => isObject(value);

/** Puts a value at a path of the body; objects on the way are made. */
export function putField(body: Body, path: string, value: Json): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let at = body;
  for (const name of names) {
    const next = ownField(at, name);
    if (isJsonObject(next)) at = next;
    else {
      const made: Body = {};
      at[name] = made;
      at = made;
    }
  }
  const old = ownField(at, last);
  // Two parameters may share an object, such as a switch and its budget.
  if (isJsonObject(old) && isJsonObject(value)) mergeExtra(old, value);
  else at[last] = structuredCopy(value);
}

const ownField = (body: Body, name: string): Json | undefined =>
  Object.hasOwn(body, name) ? body[name] : undefined;

/** The one name that cannot be assigned to an object; what stands under it is left out, so `requestProblems` refuses it. */
const FORBIDDEN = '__proto__';

/** Whether that name stands anywhere in a JSON value. */
export function holdsForbidden(value: Json): boolean {
  if (Array.isArray(value)) return value.some(holdsForbidden);
  if (!isJsonObject(value)) return false;
  return Object.entries(value).some(([name, inner]) => name === FORBIDDEN || holdsForbidden(inner));
}

/** Adds what the body does not have yet; what the adapter wrote stays. */
export function mergeExtra(body: Body, extra: Readonly<Record<string, Json>>): void {
  for (const [name, value] of byName(extra)) {
    if (name === FORBIDDEN) continue;
    const old = ownField(body, name);
    if (old === undefined) body[name] = structuredCopy(value);
    else if (isJsonObject(old) && isJsonObject(value)) mergeExtra(old, value);
  }
}

/** A later merge must not reach into the target's own objects. */
function structuredCopy(value: Json): Json {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (!isJsonObject(value)) return value;
  const copy: Body = {};
  mergeExtra(copy, value);
  return copy;
}

/** Paths that stand in both: what `mergeExtra` would leave out. */
export function overlaps(
  body: Readonly<Record<string, Json>>,
  extra: Readonly<Record<string, Json>>,
  before = '',
): string[] {
  return Object.entries(extra).flatMap(([name, value]) => {
    const path = `${before}${name}`;
    if (name === FORBIDDEN) return [path];
    const old = Object.hasOwn(body, name) ? body[name] : undefined;
    if (old === undefined) return [];
    return isJsonObject(old) && isJsonObject(value) ? overlaps(old, value, `${path}.`) : [path];
  });
}
