import { canonicalJson, concat, sha256, sha256Hex, utf8 } from './bytes.ts';
import type { EvidenceAttempt } from './document.ts';

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a seal needs of an attempt; `EvidenceAttempt` has it. */
export type SealedAttempt = Pick<EvidenceAttempt, 'id' | 'target' | 'k' | 'number' | 'outcome'> & {
  readonly response: { readonly body: Uint8Array } | null;
};

/**
 * Hash that fixes the panel's answers to one canary: SHA-256 of the canonical JSON of
 * [{target, k, number, attempt, outcome, response_sha256}], every attempt made for the canary (interrupted ones too), sorted
 * by target name, k, attempt number. `response_sha256` is over the body as received; null when there was no response.
 */
export function sealDigest(attempts: readonly SealedAttempt[]): string {
  const entries = attempts
    .toSorted((a, b) => compareText(a.target, b.target) || a.k - b.k || a.number - b.number)
    .map((attempt) => ({
      target: attempt.target,
      k: attempt.k,
      number: attempt.number,
      attempt: attempt.id,
      outcome: attempt.outcome,
      response_sha256: attempt.response === null ? null : sha256Hex(attempt.response.body),
    }));
  return sha256Hex(canonicalJson(entries));
}

const EXCHANGE_TAG = utf8('exchange-commit/v1\0');

/**
 * What the custody log says of an exchange without telling its text: hex SHA-256(tag || salt || H(request body) ||
 * H(response body as received)); an absent response counts as no bytes. The bag discloses the 32-byte salt.
 */
export function exchangeCommitment(exchange: {
  readonly salt: Uint8Array;
  readonly request: Uint8Array;
  readonly response: Uint8Array | null;
}): string {
  const { salt, request, response } = exchange;
  return commitmentOfHashes(salt, sha256(request), sha256(response ?? new Uint8Array()));
}

/** The same from hashes that are known already, 32 bytes each. */
export function commitmentOfHashes(
  salt: Uint8Array,
  request: Uint8Array,
  response: Uint8Array,
): string {
  return sha256Hex(concat(EXCHANGE_TAG, salt, request, response));
}
