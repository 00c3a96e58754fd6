/** What a request says about itself, before anything of it is believed. */
export interface RequestFacts {
  readonly method: string;
  /** The request target exactly as sent. */
  readonly url: string;
  /** Name, value, name, value ... exactly as sent. */
  readonly rawHeaders: readonly string[];
}

export interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Every value of a header, in order; more than one is a fact that must not be hidden by joining. */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  return values;
}

/** The `Host` that this server answers to, or null: a page on another name that resolves to 127.0.0.1 gets nothing. */
function trustedHost(facts: RequestFacts, port: number): string | null {
  const hosts = headerValues(facts.rawHeaders, 'host');
  const [host] = hosts;
  if (hosts.length !== 1 || host === undefined) return null;
  const known = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  return known.includes(host) ? host : null;
}

/** The rules for every request, whatever it asks for. Null = go on. */
export function refuseRequest(facts: RequestFacts, port: number): Refusal | null {
  // `GET http://name/` would bring a second host name beside the header; `//name/` reads like one.
  if (!facts.url.startsWith('/') || facts.url.startsWith('//'))
    return { status: 400, message: 'Only a plain path may be asked for.' };
  const host = trustedHost(facts, port);
  if (host === null) return { status: 421, message: 'This server does not answer to that host.' };
  if (!sameOriginOrAbsent(facts, host))
    return { status: 403, message: 'Pages of other origins may not ask here.' };
  const sites = headerValues(facts.rawHeaders, 'sec-fetch-site');
  if (sites.some((site) => site !== 'same-origin' && site !== 'none'))
    return { status: 403, message: 'Pages of other sites may not ask here.' };
  return null;
}

function sameOriginOrAbsent(facts: RequestFacts, host: string): boolean {
  const origins = headerValues(facts.rawHeaders, 'origin');
  return origins.length === 0 || (origins.length === 1 && origins[0] === `http://${host}`);
}

/** True when the browser itself says that our own page asks: `Origin` for writes, `Sec-Fetch-Site` for reads. */
export function isAskedByOwnPage(facts: RequestFacts, port: number): boolean {
  const origin = headerValues(facts.rawHeaders, 'origin')[0];
  if (origin !== undefined) return origin === `http://${trustedHost(facts, port)}`;
  const sites = headerValues(facts.rawHeaders, 'sec-fetch-site');
  return sites.length === 1 && sites[0] === 'same-origin';
}

/** The rules for a request that changes something, beside the session and its token. Null = go on. */
export function refuseWrite(facts: RequestFacts): Refusal | null {
  if (headerValues(facts.rawHeaders, 'origin').length !== 1)
    return { status: 403, message: 'A call must say its origin.' };
  const types = headerValues(facts.rawHeaders, 'content-type');
  const isJson = /^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(types[0] ?? '');
  if (types.length !== 1 || !isJson)
    return { status: 415, message: 'A call must be application/json.' };
  if (headerValues(facts.rawHeaders, 'content-encoding').length > 0)
    return { status: 415, message: 'A call must not be compressed.' };
  return null;
}

/** The path without its query; nothing is decoded, so an encoded name is simply another name. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
