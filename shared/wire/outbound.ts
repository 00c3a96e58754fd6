import type { Auth } from '../domain/target.ts';
import {
  type Body,
  byName,
  fieldsByRules,
  mergeExtra,
  putField,
  type Rules,
  setParameters,
} from './body.ts';
import type { BuildInput, HeaderPair, OutboundRequest } from './types.ts';

export const BEARER: Auth = { kind: 'header', header: 'authorization', prefix: 'Bearer ' };

/**
 * Base URL plus a path; a query of the base (`?api-version=…`) keeps its place, a query of the path follows it. The path
 * cannot change the host: it always begins with a slash.
 */
export function urlOf(baseUrl: string, path: string): string {
  const [base, query] = splitQuery(baseUrl.split('#')[0] ?? '');
  const [ownPath, ownQuery] = splitQuery(path.split('#')[0] ?? '');
  const queries = [query, ownQuery].filter((part) => part !== '').join('&');
  const slash = ownPath === '' || ownPath.startsWith('/') ? '' : '/';
  return `${base.replace(/\/+$/, '')}${slash}${ownPath}${queries === '' ? '' : `?${queries}`}`;
}

function splitQuery(text: string): [path: string, query: string] {
  const at = text.indexOf('?');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** A segment of a path; also the characters that encodeURIComponent leaves alone and signers encode. */
export const pathSegment = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Ours first, then the target's by name; a name that ours has is replaced where it stands. */
export function withHeaders(
  own: readonly HeaderPair[],
  further: Readonly<Record<string, string>>,
): HeaderPair[] {
  const headers = [...own];
  for (const [name, value] of byName(further)) {
    const known = headers.findIndex(([key]) => key.toLowerCase() === name.toLowerCase());
    if (known === -1) headers.push([name, value]);
    else headers[known] = [name, value];
  }
  return headers;
}

export function authSlot(input: BuildInput, byDefault: Auth): OutboundRequest['auth'] {
  return input.keyName === null ? null : { ...(input.auth ?? byDefault), keyName: input.keyName };
}

/** Writes the parameters into a body. One that the format cannot send is left to `requestProblems`. */
export function putParameters(body: Body, input: BuildInput, rules: Rules): void {
  for (const [name, value] of setParameters(input.parameters)) {
    const fields = fieldsByRules(rules, input.dialect, name, value) ?? {};
    for (const [path, field] of Object.entries(fields)) putField(body, path, field);
  }
}

export interface JsonPost {
  /** Appended to the base URL. */
  readonly path: string;
  readonly body: Body;
  /** Media type asked for. */
  readonly accept: string;
  readonly auth: Auth;
  readonly headers?: readonly HeaderPair[];
}

/**
 * The request of a JSON format: the further fields of the target are added, never laid over. The API key is named, never
 * present; the transport writes it as the last header. No user agent is sent: a target must not know an audit by it.
 */
export function jsonPost(input: BuildInput, post: JsonPost): OutboundRequest {
  mergeExtra(post.body, input.extra);
  const own: HeaderPair[] = [
    ['content-type', 'application/json'],
    ['accept', post.accept],
    ['accept-encoding', 'gzip'],
    ...(post.headers ?? []),
  ];
  return {
    method: 'POST',
    url: urlOf(input.baseUrl, post.path),
    headers: withHeaders(own, input.headers),
    auth: authSlot(input, post.auth),
    body: new TextEncoder().encode(JSON.stringify(post.body)),
  };
}
