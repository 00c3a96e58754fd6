import { z } from 'zod';

/** What became of one attempt. Data, never an exception (PRODUCT.md "outcome"). `interrupted`: intent without a result. */
export const outcomeSchema = z.enum([
  'answered',
  'refused',
  'filtered',
  'truncated',
  'rate-limited',
  'timed-out',
  'transport-failed',
  'malformed',
  'interrupted',
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/**
 * How an outcome enters the e-process (METHOD 5.2): `scored` = extraction decides; `miss` = the empty set, factor 1-q;
 * `not-administered` = factor 1, still an exposure.
 */
export type OutcomeUse = 'scored' | 'miss' | 'not-administered';

export const OUTCOME_USE: Readonly<Record<Outcome, OutcomeUse>> = {
  answered: 'scored',
  refused: 'miss',
  filtered: 'miss',
  truncated: 'miss',
  'rate-limited': 'not-administered',
  'timed-out': 'not-administered',
  'transport-failed': 'not-administered',
  malformed: 'not-administered',
  interrupted: 'not-administered',
};

/** Transport and reading errors of HOSTILE.md section 3: a closed table; each belongs to exactly one outcome. */
export const ERROR_OUTCOME = {
  TIMEOUT_CONNECT: 'timed-out',
  TIMEOUT_HEADERS: 'timed-out',
  TIMEOUT_IDLE: 'timed-out',
  TIMEOUT_TOTAL: 'timed-out',
  BODY_TOO_LARGE: 'malformed',
  DECODED_TOO_LARGE: 'malformed',
  DECOMPRESSION_BOMB: 'malformed',
  ENCODING_CORRUPT: 'malformed',
  ENCODING_UNSUPPORTED: 'malformed',
  HEADERS_TOO_LARGE: 'malformed',
  HTTP_PROTOCOL: 'transport-failed',
  LENGTH_MISMATCH: 'transport-failed',
  CONNECTION_LOST: 'transport-failed',
  CONNECT_FAILED: 'transport-failed',
  DNS_FAILED: 'transport-failed',
  PROXY_FAILED: 'transport-failed',
  PROXY_AUTH: 'transport-failed',
  HOST_NOT_CONFIGURED: 'transport-failed',
  REDIRECT_REFUSED: 'transport-failed',
  CONTENT_TYPE: 'malformed',
  INVALID_UTF8: 'malformed',
  INVALID_JSON: 'malformed',
  JSON_TOO_DEEP: 'malformed',
  SCHEMA: 'malformed',
  PROVIDER_ERROR: 'malformed',
  STREAM_TRUNCATED: 'malformed',
  PRIVATE_ADDRESS: 'transport-failed',
  URL_SCHEME: 'transport-failed',
  URL_CREDENTIALS: 'transport-failed',
  TLS_CERT: 'transport-failed',
  TLS_PROTOCOL: 'transport-failed',
  HTTP_STATUS: 'transport-failed',
  RATE_LIMITED: 'rate-limited',
  AUTH_FAILED: 'transport-failed',
  SECRET_ECHOED: 'malformed',
  CANCELLED: 'interrupted',
} as const satisfies Record<string, Outcome>;
export type EndpointErrorCode = keyof typeof ERROR_OUTCOME;
