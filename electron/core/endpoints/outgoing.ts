import type { HeaderPair, OutboundRequest } from '#shared/wire/types.ts';
import { ExchangeFailure } from './failure.ts';

export const REDACTED = '[REDACTED]';

/** The URL, or the failure that says why no connection may be made for it. */
export function checkUrl(text: string, allowHttp: boolean): URL {
  const url = URL.parse(text);
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
export function secretFailure(
  request: OutboundRequest,
  secret: string | undefined,
): ExchangeFailure | null {
  if (request.auth === null) return null;
  if (secret === undefined)
    return new ExchangeFailure('AUTH_FAILED', 'the key is not in the vault');
  if (SECRET.test(secret)) return null;
  return new ExchangeFailure('AUTH_FAILED', 'the key holds characters no header can carry');
}

/** The headers handed to undici, the secret among them: made at the last moment, kept nowhere. */
export function headersToSend(request: OutboundRequest, secret: string | undefined): HeaderPair[] {
  const { auth, headers } = request;
  if (auth?.kind !== 'header' || secret === undefined) return [...headers];
  return [...headers, [auth.header, auth.prefix + secret]];
}

/** Every header in sent order; undici puts host and connection first and the length last. */
export function recordedHeaders(request: OutboundRequest): HeaderPair[] {
  const length = request.body?.byteLength ?? (request.method === 'POST' ? 0 : null);
  return [
    ['host', URL.parse(request.url)?.host ?? ''],
    ['connection', 'close'],
    ...headersToSend(request, REDACTED),
    ...(length === null ? [] : [['content-length', `${length}`] as const]),
  ];
}

/** The URL as recorded: credentials that were refused do not get into the evidence either. */
export function recordedUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null) return REDACTED;
  if (url.username === '' && url.password === '') return text;
  url.username = '';
  url.password = '';
  return url.href;
}
