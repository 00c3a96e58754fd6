import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { ExchangeFailure } from './failure.ts';
import type { Hop, ProxyWay } from './types.ts';

/** `host:port` of a URL, ASCII, the default port written out. */
export function originOf(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}

/** The port of a URL, the default one included. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** `host:port` of a hop. */
export const hopHost = (hop: Hop): string =>
  `${hop.hostname.includes(':') ? `[${hop.hostname}]` : hop.hostname}:${hop.port}`;

function hopOf(text: string, kind: Hop['kind'], credentials: string | undefined): Hop {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (
    url === null ||
    (url.protocol !== 'http:' && url.protocol !== 'https:') ||
    url.hostname === ''
  )
    throw new ExchangeFailure('PROXY_FAILED', 'the proxy is not an http or https URL');
  let own: string | null = null;
  if (url.username !== '' || url.password !== '') {
    try {
      own = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    } catch {
      throw new ExchangeFailure('PROXY_FAILED', 'the proxy URL cannot be read');
    }
  }
  return {
    kind,
    secure: url.protocol === 'https:',
    hostname: bare(url.hostname),
    port: portOf(url),
    credentials: credentials ?? own,
  };
}

type Env = Readonly<Record<string, string | undefined>>;

const variable = (env: Env, name: string): string =>
  (env[name] ?? '').trim() || (env[name.toUpperCase()] ?? '').trim();

/** One entry of no_proxy: `*`, an address, a CIDR block, or a name that also covers what ends in it; with or without a port. */
function exempts(entry: string, hostname: string, port: number): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) {
    if (!ipaddr.isValidCIDR(entry) || isIP(hostname) === 0) return false;
    const [network, bits] = ipaddr.parseCIDR(entry);
    const address = ipaddr.process(hostname);
    return address.kind() === network.kind() && address.match([network, bits] as never);
  }
  const parts = /^(?:\[(.+)\]|([^:]+)|(.+:.+:.*?))(?::(\d+))?$/.exec(entry);
  if (parts?.[4] !== undefined && Number(parts[4]) !== port) return false;
  const name = (parts?.[1] ?? parts?.[2] ?? parts?.[3] ?? entry)
    .toLowerCase()
    .replace(/^\*?\./, '');
  if (isIP(hostname) !== 0) return name === hostname;
  return name !== '' && (hostname === name || hostname.endsWith(`.${name}`));
}

/** What https_proxy, http_proxy, all_proxy and no_proxy say about a URL, small letters first; null: directly. */
export function systemHop(env: Env, url: URL): Hop | null {
  const text =
    variable(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy') ||
    variable(env, 'all_proxy');
  if (text === '') return null;
  const hostname = bare(url.hostname).toLowerCase();
  const exempt = variable(env, 'no_proxy')
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
  return exempt.some((entry) => exempts(entry, hostname, portOf(url)))
    ? null
    : hopOf(text, 'system', undefined);
}

const MOST_ENTRIES = 8;

/**
 * The list that a configuration script or the system returned. What this program cannot use (SOCKS) is passed over; a list with nothing
 * usable is a failure, for going out directly would be a surprise.
 */
export function pacHops(
  list: string,
  { kind, credentials }: { readonly kind: Hop['kind']; readonly credentials?: string | undefined },
): (Hop | null)[] {
  const hops = list
    .split(';', MOST_ENTRIES)
    .map((entry) => entry.trim().split(/\s+/))
    .flatMap(([type = '', host = '', ...rest]): (Hop | null)[] => {
      if (rest.length > 0) return [];
      if (/^direct$/i.test(type) && host === '') return [null];
      if (!/^[\w.[\]:-]{1,300}$/.test(host)) return [];
      if (/^(?:proxy|http)$/i.test(type)) return [hopOf(`http://${host}`, kind, credentials)];
      if (/^https$/i.test(type)) return [hopOf(`https://${host}`, kind, credentials)];
      return [];
    });
  if (hops.length === 0)
    throw new ExchangeFailure('PROXY_FAILED', 'the list of proxies names no usable way');
  return hops;
}

/** What stands right behind a quote, or behind the word for a kind of proxy, and is a host with its port. */
const WRITTEN = /(?:["'`]|\b(?:proxy|https?)\s+)((?:\[[\da-f:.]+\]|[\w.-]+):\d{1,5})(?![\w.:-])/gi;

/**
 * The proxies that a configuration script can name: those that stand in its text as `host:port`, for its text is what the
 * analyst configured. One that it puts together is not among them.
 */
export function writtenProxies(script: string): ReadonlySet<string> {
  const written = Array.from(script.matchAll(WRITTEN), ([, text = '']) =>
    URL.parse(`http://${text}`),
  );
  return new Set(written.flatMap((url) => (url === null ? [] : [originOf(url)])));
}

/** The proxy that the analyst wrote down. */
export const manualHop = (
  way: Pick<Extract<ProxyWay, { kind: 'manual' }>, 'url' | 'credentials'>,
): Hop => hopOf(way.url, 'manual', way.credentials);
