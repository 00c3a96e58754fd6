import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';
import { ExchangeFailure } from './failure.ts';
import { awsKeyOf, signV4 } from './sigv4.ts';

export const REDACTED = '[REDACTED]';

/** The URL (null: no URL at all), or the failure that says why no connection may be made for it. */
export function checkUrl(url: URL | null, allowHttp: boolean): URL {
  if (url === null) throw new ExchangeFailure('URL_SCHEME', 'not a URL');
  if (url.username !== '' || url.password !== '') {
    throw new ExchangeFailure('URL_CREDENTIALS', 'credentials in the URL');
  }
  if (url.protocol === 'http:') {
    if (!allowHttp) throw new ExchangeFailure('URL_SCHEME', 'http, and no consent for it');
  } else if (url.protocol !== 'https:') {
    throw new ExchangeFailure('URL_SCHEME', 'neither https nor http');
  }
  return url;
}

/** Printable ASCII without spaces: anything else could end the header or be read otherwise by the server. */
const SECRET = /^[\x21-\x7e]{1,4096}$/;

/** Why a secret cannot be sent; the secret itself is never part of the words. */
function secretFailure(
  request: OutboundRequest,
  secret: string | undefined,
): ExchangeFailure | null {
  if (request.auth === null) return null;
  if (secret === undefined)
    return new ExchangeFailure('AUTH_FAILED', 'the key is not in the vault');
  if (!SECRET.test(secret))
    return new ExchangeFailure('AUTH_FAILED', 'the key holds characters no header can carry');
  if (request.auth.kind === 'sigv4' && awsKeyOf(secret) === null)
    return new ExchangeFailure('AUTH_FAILED', 'the key is not ID:SECRET or ID:SECRET:TOKEN');
  return null;
}

/** Headers as they are handed to undici, and as they are recorded: the same but for the secret. */
export interface AuthHeaders {
  readonly sent: readonly HeaderPair[];
  readonly recorded: readonly HeaderPair[];
}

export const NO_AUTH: AuthHeaders = { sent: [], recorded: [] };

const SECRET_HEADERS: ReadonlySet<string> = new Set(['authorization', 'x-amz-security-token']);

/** The headers that carry or prove the secret, made at the last moment. Errors: AUTH_FAILED. */
export async function authHeaders(
  request: OutboundRequest,
  secret: string | undefined,
  wallMs: number,
): Promise<AuthHeaders> {
  const refused = secretFailure(request, secret);
  if (refused) throw refused;
  const { auth } = request;
  if (auth === null || secret === undefined) return NO_AUTH;
  if (auth.kind === 'header')
    return {
      sent: [[auth.header, auth.prefix + secret]],
      recorded: [[auth.header, auth.prefix + REDACTED]],
    };
  const key = awsKeyOf(secret);
  if (key === null) return NO_AUTH;
  const sent = await signV4({ ...request, auth }, key, wallMs);
  return {
    sent,
    recorded: sent.map(([name, value]) => [name, SECRET_HEADERS.has(name) ? REDACTED : value]),
  };
}

/** Every header in sent order; undici puts host and connection first and the length last. */
export function recordedHeaders(
  request: OutboundRequest,
  url: URL | null,
  auth: AuthHeaders,
): HeaderPair[] {
  const length = request.body?.byteLength ?? (request.method === 'POST' ? 0 : null);
  return [
    ['host', url?.host ?? ''],
    ['connection', 'close'],
    ...request.headers,
    ...auth.recorded,
    ...(length === null ? [] : [['content-length', `${length}`] as const]),
  ];
}

/** The URL as recorded: credentials that were refused do not get into the evidence either. */
export function recordedUrl(text: string, url: URL | null): string {
  if (url === null) return REDACTED;
  if (url.username === '' && url.password === '') return text;
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  return bare.href;
}
