import type { ReadFailure, ReadWarning } from './types.ts';

export const JSON_DEPTH = 64;
/** Most lists, objects and keys of a document: each costs far more memory than the few bytes it is written with. */
export const JSON_PARTS = 2_000_000;

export type GuardedJson =
  | { readonly ok: true; readonly value: unknown; readonly warnings: readonly ReadWarning[] }
  | ReadFailure;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const isSpace = (code: number) => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/**
 * JSON.parse for bytes a stranger sent. One scan first refuses deep nesting and too many parts (before anything is allocated
 * for them) and notes repeated keys and lone surrogate escapes, which JSON.parse cannot see. Read the value through `field` only.
 */
export function parseGuarded(text: string): GuardedJson {
  const scanned = scan(text);
  if (!Array.isArray(scanned)) return scanned;
  try {
    return { ok: true, value: JSON.parse(text), warnings: scanned };
  } catch {
    // The message of JSON.parse quotes the text, so it is not passed on.
    return { ok: false, code: 'INVALID_JSON', detail: 'not a JSON document' };
  }
}

const TOO_DEEP: ReadFailure = {
  ok: false,
  code: 'JSON_TOO_DEEP',
  detail: `nested deeper than ${JSON_DEPTH}`,
};
const TOO_MANY: ReadFailure = {
  ok: false,
  code: 'BODY_TOO_LARGE',
  detail: `more than ${JSON_PARTS} lists, objects and keys`,
};

/** Warnings of a text, or why it is not parsed. Text that is not JSON gives whatever: JSON.parse judges it. */
function scan(text: string): ReadWarning[] | ReadFailure {
  const warnings = new Set<ReadWarning>();
  // One entry per open bracket: the keys of an object so far, null for an array.
  const stack: (Set<string> | null)[] = [];
  let parts = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      const raw = text.slice(at, end + 1);
      const escaped = raw.includes('\\u');
      if (escaped && !isWellFormed(raw)) warnings.add('lone-surrogate');
      const keys = stack.at(-1);
      if (keys) {
        let next = end + 1;
        while (isSpace(text.charCodeAt(next))) next++;
        if (text[next] === ':') {
          const key = raw.includes('\\') ? unescaped(raw) : raw.slice(1, -1);
          if (keys.has(key)) warnings.add('duplicate-key');
          keys.add(key);
          parts++;
        }
      }
      at = end;
    } else if (code === 0x7b || code === 0x5b) {
      if (stack.length === JSON_DEPTH) return TOO_DEEP;
      parts++;
      stack.push(code === 0x7b ? new Set() : null);
    } else if (code === 0x7d || code === 0x5d) {
      stack.pop();
    }
    if (parts > JSON_PARTS) return TOO_MANY;
  }
  return [...warnings];
}

/** Index of the closing quote of the string that opens at `start`; the end of the text when it never closes. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at;
  }
  return text.length;
}

function unescaped(raw: string): string {
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw;
  }
}

const isWellFormed = (raw: string) => unescaped(raw).isWellFormed();

/** An own field of an object; undefined for anything else. Never reaches a prototype, whatever the key is. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

export const stringField = (value: unknown, name: string): string | null => {
  const found = field(value, name);
  return typeof found === 'string' ? found : null;
};

export const countField = (value: unknown, name: string): number | null => {
  const found = field(value, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
};

export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
