import { errors } from 'undici';
import type { EndpointErrorCode } from '#shared/domain/outcome.ts';

/** Ends an exchange. `detail` is made of fixed words and error codes: no secret, no response text. */
export class ExchangeFailure extends Error {
  readonly code: EndpointErrorCode;
  readonly detail: string;
  constructor(code: EndpointErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

/** The `code` of a system, TLS or undici error; messages may quote a server and are not used. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' && /^[\w/]{1,64}$/.test(error.code) ? error.code : '';
}

/** What went wrong while a connection was made with TLS. `known`: the server had shown its certificate by then. */
export function tlsFailure(error: unknown, known: boolean): ExchangeFailure {
  const code = errorCode(error);
  // Once it has, nothing but our certificate is left for TLS 1.2 to fail of: there was none that it takes.
  if (known && code.endsWith('_HANDSHAKE_FAILURE')) return new ExchangeFailure('TLS_CERT', code);
  if (code.startsWith('ERR_SSL_')) return alertFailure(code);
  if (code === 'EPROTO') return new ExchangeFailure('TLS_PROTOCOL', code);
  if (SOCKET_CODES.has(code)) return new ExchangeFailure('CONNECT_FAILED', code);
  return new ExchangeFailure('TLS_CERT', code || 'certificate refused');
}

/** An alert about a certificate, ours or theirs, or about TLS itself. */
const alertFailure = (code: string): ExchangeFailure =>
  new ExchangeFailure(/CERTIFICATE|UNKNOWN_CA/.test(code) ? 'TLS_CERT' : 'TLS_PROTOCOL', code);

const SOCKET_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTCONN',
  'EACCES',
  'EPERM',
]);

/** Whether the operating system reported it: undici's own words for its own acts are no news. */
export const isSystemError = (error: unknown): boolean => /^E[A-Z]+$/.test(errorCode(error));

/** Whether TLS itself ended the connection. */
export const isTlsAlert = (error: unknown): boolean => errorCode(error).startsWith('ERR_SSL_');

/** What undici says of a request that it will not write. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** What went wrong once the connection stood. `inBody`: the response headers had come. */
export function exchangeFailure(error: unknown, inBody: boolean): ExchangeFailure {
  if (error instanceof ExchangeFailure) return error;
  const code = errorCode(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new ExchangeFailure('HEADERS_TOO_LARGE', code);
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    // undici says so of whatever is wrong in a head, once it has read a length there.
    return inBody
      ? new ExchangeFailure('LENGTH_MISMATCH', code)
      : new ExchangeFailure('HTTP_PROTOCOL', 'not HTTP/1.1');
  }
  // undici asserts what its parser should have seen to, such as a status below 100.
  if (code === 'ERR_ASSERTION') return new ExchangeFailure('HTTP_PROTOCOL', 'not HTTP/1.1');
  if (error instanceof errors.HTTPParserError) {
    // The parser gives this error no code of its own.
    return inBody && error.message.includes('Invalid EOF state')
      ? new ExchangeFailure('LENGTH_MISMATCH', 'ended before the last chunk')
      : new ExchangeFailure('HTTP_PROTOCOL', code || 'not HTTP/1.1');
  }
  if (UNWRITABLE.has(code)) {
    return new ExchangeFailure('HTTP_PROTOCOL', 'the request cannot be written as HTTP');
  }
  // TLS 1.3: a server says only after the handshake what it thinks of our certificate.
  if (code.startsWith('ERR_SSL_')) return alertFailure(code);
  // The other side closed in good order, yet before the end it had announced.
  if (inBody && code === 'UND_ERR_SOCKET') return new ExchangeFailure('LENGTH_MISMATCH', code);
  return new ExchangeFailure('CONNECTION_LOST', code || 'the connection ended');
}
