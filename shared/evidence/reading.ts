import { type Identity, identityOf } from '../domain/identity.ts';
import { type EndpointErrorCode, ERROR_OUTCOME, type Outcome } from '../domain/outcome.ts';
import { outcomeOf } from '../wire/outcome.ts';
import { readResponse } from '../wire/read-response.ts';
import type { EvidenceAttempt, PanelTarget } from './document.ts';

/** What the stored bytes of an attempt say, read again by the code that read them first. */
export interface Reading {
  readonly outcome: Outcome;
  readonly errorCode: EndpointErrorCode | null;
  /** The final answer; null where there is none to read. */
  readonly text: string | null;
  /** Who answered, as the answer says; null where there is none to read. */
  readonly identity: Identity | null;
  /** False where only the transport could know the outcome (a timeout, a lost connection): it can't be read from bytes. */
  readonly fromBytes: boolean;
  /** The transport gave it up, yet the bytes that came hold a readable answer. Printed, so that it can't be a quiet exclusion. */
  readonly readableAnyway: boolean;
}

/** Codes that the transport gives before or instead of reading the response. */
const TRANSPORT_CODES: ReadonlySet<EndpointErrorCode> = new Set<EndpointErrorCode>([
  'TIMEOUT_CONNECT',
  'TIMEOUT_HEADERS',
  'TIMEOUT_IDLE',
  'TIMEOUT_TOTAL',
  'BODY_TOO_LARGE',
  'HEADERS_TOO_LARGE',
  'HTTP_PROTOCOL',
  'LENGTH_MISMATCH',
  'CONNECTION_LOST',
  'CONNECT_FAILED',
  'DNS_FAILED',
  'PROXY_FAILED',
  'PROXY_AUTH',
  'HOST_NOT_CONFIGURED',
  'PRIVATE_ADDRESS',
  'URL_SCHEME',
  'URL_CREDENTIALS',
  'TLS_CERT',
  'TLS_PROTOCOL',
  'CANCELLED',
  'SECRET_ECHOED',
]);

/** Reads an attempt's stored bytes. */
export function readAttempt(
  attempt: Pick<EvidenceAttempt, 'response' | 'outcome' | 'errorCode'>,
  target: Pick<PanelTarget, 'format' | 'stream' | 'template'>,
): Reading {
  const { response, errorCode } = attempt;
  const interrupted = attempt.outcome === 'interrupted' && errorCode === null;
  if (interrupted || (errorCode !== null && TRANSPORT_CODES.has(errorCode))) {
    return {
      outcome: errorCode === null ? 'interrupted' : ERROR_OUTCOME[errorCode],
      errorCode,
      text: null,
      identity: null,
      fromBytes: false,
      readableAnyway: response !== null && readResponse(response, target).ok,
    };
  }
  if (response === null) {
    // No transport code and nothing to read: contradicts itself, so it never equals what is recorded.
    return { ...NOTHING, errorCode: 'CONNECTION_LOST' };
  }
  const reading = readResponse(response, target);
  return {
    outcome: outcomeOf(reading),
    errorCode: reading.ok ? null : reading.code,
    text: reading.ok ? reading.text : null,
    identity: reading.ok ? identityOf(reading) : null,
    fromBytes: true,
    readableAnyway: false,
  };
}

const NOTHING = {
  outcome: 'transport-failed',
  text: null,
  identity: null,
  fromBytes: false,
  readableAnyway: false,
} as const;
