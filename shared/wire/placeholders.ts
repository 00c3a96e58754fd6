import type { Json } from '../domain/target.ts';
import { type Body, byName, isJsonObject } from './body.ts';

/** Values by name; a name that is absent has no value in this question. */
export type Values = ReadonlyMap<string, Json>;

const PLACEHOLDER = /\{\{([a-z_]{1,40})\}\}/g;
const WHOLE = /^\{\{([a-z_]{1,40})\}\}$/;

/** Names of the placeholders in every string of a JSON value. */
export function placeholdersIn(value: Json): string[] {
  if (typeof value === 'string')
    return [...value.matchAll(PLACEHOLDER)].map(([, name]) => name ?? '');
  if (Array.isArray(value)) return value.flatMap(placeholdersIn);
  return isJsonObject(value) ? Object.values(value).flatMap(placeholdersIn) : [];
}

/**
 * A copy with the placeholders replaced, once: text that is put in is not searched again. A string that is one placeholder
 * and nothing else becomes the value with its own type, and is left out when there is no value.
 */
export function fillJson(value: Json, values: Values): Json | undefined {
  if (typeof value === 'string') {
    const whole = WHOLE.exec(value)?.[1];
    return whole === undefined ? fillText(value, values, (text) => text) : values.get(whole);
  }
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const filled = fillJson(item, values);
      return filled === undefined ? [] : [filled];
    });
  }
  if (!isJsonObject(value)) return value;
  const filled: Body = {};
  for (const [name, item] of byName(value)) {
    const inner = name === '__proto__' ? undefined : fillJson(item, values);
    if (inner !== undefined) filled[name] = inner;
  }
  return filled;
}

/** A text with the placeholders replaced; what is put in goes through `encode`. */
export function fillText(text: string, values: Values, encode: (text: string) => string): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) return '';
    return encode(typeof value === 'string' ? value : JSON.stringify(value));
  });
}
