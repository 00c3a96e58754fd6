import { z } from 'zod';
import { type EndpointErrorCode, ERROR_OUTCOME } from '#shared/domain/outcome.ts';
import { toHex } from '#shared/evidence/bytes.ts';
import { commitmentOfHashes, sealDigest } from '#shared/evidence/seal.ts';
import type { OutboundRequest } from '#shared/wire/types.ts';
import type { AttemptRow, NewAttempt } from '../../db/attempt-store.ts';
import { REDACTED } from '../../endpoints/outgoing.ts';
import type { ExchangeResult } from '../../endpoints/types.ts';
import { CHUNK_BYTES, hashOf } from '../workspace/cells.ts';
import type { Session } from '../workspace/session.ts';

const pairs = z.array(z.tuple([z.string(), z.string()]));
const errorCode = z.enum(Object.keys(ERROR_OUTCOME) as [EndpointErrorCode, ...EndpointErrorCode[]]);

const requestFacts = z.strictObject({
  method: z.string(),
  url: z.string(),
  headers: pairs,
  body: z.string(),
  /** Hex; opens the salted commitment of the custody line. */
  salt: z.string(),
});

/** Everything of an exchange but the body (EVIDENCE 3.2). */
const exchangeFacts = z.strictObject({
  headers: pairs,
  response: z
    .strictObject({
      status: z.int(),
      statusText: z.string(),
      headers: pairs,
      trailers: pairs,
      complete: z.boolean(),
      sha256: z.string(),
      arrivals: z.array(z.tuple([z.number(), z.number()])),
    })
    .nullable(),
  tls: z.record(z.string(), z.unknown()).nullable(),
  net: z.record(z.string(), z.unknown()).nullable(),
  times: z.record(z.string(), z.unknown()),
  error: z.strictObject({ code: errorCode, detail: z.string() }).nullable(),
  secretEchoed: z.boolean(),
  requestSent: z.boolean(),
  keyFingerprint: z.string().nullable(),
});
export type ExchangeFacts = z.infer<typeof exchangeFacts>;

export interface StoredRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  readonly salt: Uint8Array;
}

/** What a stored attempt holds, decrypted. `facts` null: intent without a result. */
export interface StoredExchange {
  readonly request: StoredRequest;
  readonly facts: ExchangeFacts | null;
  /** Bytes as received; empty without a response. */
  readonly body: Uint8Array;
}

/** What the custody log commits to of a stored request. */
export type StoredIntent = Pick<StoredRequest, 'body' | 'salt'>;

/** Stores the intent. Call it inside a transaction; only when that is durable may the request leave. */
export function storeIntent(
  session: Session,
  attempt: NewAttempt,
  request: OutboundRequest,
): StoredIntent {
  const headers = request.headers.map(([name, value]) => [name, value]);
  if (request.auth?.kind === 'header') headers.push([request.auth.header, REDACTED]);
  const body = request.body ?? new Uint8Array();
  const salt = session.ports.random.bytes(32);
  const { cell, sha256: hash } = session.cells.sealJson('attempt', attempt.id, 'request_cell', {
    method: request.method,
    url: request.url,
    headers,
    body: Buffer.from(body).toString('base64'),
    salt: toHex(salt),
  });
  session.attempts.insert({
    ...attempt,
    startedUtc: session.nowUtc(),
    requestCell: cell,
    requestSha256: hash,
  });
  session.record('attempt.started', {
    attempt: attempt.id,
    audit: attempt.auditId,
    canary: attempt.canaryId,
    target: attempt.target,
    k: attempt.k,
    number: attempt.number,
    retry_of: attempt.retryOf,
  });
  return { body, salt };
}

/** Stores what came back, raw. Call it inside a transaction; only when that is durable is anything parsed. */
export function storeResult(
  session: Session,
  attempt: Pick<NewAttempt, 'id' | 'auditId' | 'target'>,
  result: {
    readonly exchange: ExchangeResult;
    readonly keyFingerprint: string | null;
    /** What `storeIntent` returned; left out by who did not store the intent: then it is read back. */
    readonly intent?: StoredIntent;
  },
): void {
  const { exchange } = result;
  const { response, tls } = exchange;
  const facts: ExchangeFacts = {
    // As in the intent: the whole value of the header that carried the key, not only the key in it.
    headers: exchange.request.headers.map(([name, value]) => [
      name,
      value.includes(REDACTED) ? REDACTED : value,
    ]),
    response: response && {
      status: response.statusCode,
      statusText: response.statusText,
      headers: response.rawHeaders.map(([name, value]) => [name, value]),
      trailers: response.trailers.map(([name, value]) => [name, value]),
      complete: response.complete,
      sha256: response.encodedSha256,
      arrivals: response.arrivals.map(([atMs, bytes]) => [atMs, bytes]),
    },
    tls: tls && { ...tls, chain: tls.chain.map((der) => Buffer.from(der).toString('base64')) },
    net: exchange.net && { ...exchange.net },
    times: { ...exchange.times },
    error: exchange.error && { ...exchange.error },
    secretEchoed: exchange.secretEchoed,
    requestSent: exchange.requestSent,
    keyFingerprint: result.keyFingerprint,
  };
  const { cell, sha256: hash } = session.cells.sealJson(
    'response',
    attempt.id,
    'facts_cell',
    facts,
  );
  session.attempts.insertResponse({
    attemptId: attempt.id,
    // One clock for the record: the exchange's own times stand in its facts.
    endedUtc: session.nowUtc(),
    factsCell: cell,
    factsSha256: hash,
  });
  const body = response?.body ?? new Uint8Array();
  for (let seq = 0; seq * CHUNK_BYTES < body.length; seq++) {
    const part = body.subarray(seq * CHUNK_BYTES, (seq + 1) * CHUNK_BYTES);
    const chunk = session.cells.seal('body_chunk', `${attempt.id}/${seq}`, 'cell', part);
    session.attempts.insertChunk(attempt.id, seq, chunk.cell, chunk.sha256);
  }
  const request = result.intent ?? loadRequest(session, attempt.id);
  session.record('attempt.recorded', {
    attempt: attempt.id,
    audit: attempt.auditId,
    target: attempt.target,
    status: response?.statusCode ?? null,
    error: exchange.error?.code ?? null,
    commitment: commitmentOfHashes(request.salt, hashOf(request.body), hashOf(body)),
  });
}

function loadRequest(session: Session, attemptId: string): StoredRequest {
  const requestCell = session.attempts.requestCell(attemptId);
  if (!requestCell) throw new Error('an attempt without a request');
  const stored = requestFacts.parse(
    session.cells.openJson('attempt', attemptId, 'request_cell', requestCell),
  );
  return {
    method: stored.method,
    url: stored.url,
    headers: stored.headers,
    body: new Uint8Array(Buffer.from(stored.body, 'base64')),
    salt: new Uint8Array(Buffer.from(stored.salt, 'hex')),
  };
}

/** Decrypts an attempt. Errors: INTEGRITY for a cell that was changed or moved. */
export function loadExchange(session: Session, attemptId: string): StoredExchange {
  const factsCell = session.attempts.factsCell(attemptId);
  const facts = factsCell
    ? exchangeFacts.parse(session.cells.openJson('response', attemptId, 'facts_cell', factsCell))
    : null;
  const body = Buffer.concat(
    session.attempts
      .chunks(attemptId)
      .map(({ seq, cell }) =>
        session.cells.open('body_chunk', `${attemptId}/${seq}`, 'cell', cell),
      ),
  );
  return {
    request: loadRequest(session, attemptId),
    facts,
    body: new Uint8Array(body),
  };
}

/** The digest that seals the panel's answers to one canary, from their durable bytes. */
export function panelDigest(session: Session, attempts: readonly AttemptRow[]): string {
  return sealDigest(
    attempts.map((attempt) => {
      const { facts, body } = loadExchange(session, attempt.id);
      return {
        id: attempt.id,
        target: attempt.target,
        k: attempt.k,
        number: attempt.number,
        outcome: attempt.outcome ?? 'interrupted',
        response: facts?.response ? { body } : null,
      };
    }),
  );
}
