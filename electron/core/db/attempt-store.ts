import type { EndpointErrorCode, Outcome } from '#shared/domain/outcome.ts';
import type { Db } from './open.ts';

/** An attempt that is about to be made. */
export interface NewAttempt {
  readonly id: string;
  readonly auditId: string;
  readonly position: number;
  readonly canaryId: string;
  readonly target: string;
  readonly host: string;
  readonly k: number;
  readonly number: number;
  readonly retryOf: string | null;
}

/** What became of an attempt. */
export interface OutcomeRow {
  readonly attemptId: string;
  readonly outcome: Outcome;
  readonly errorCode: EndpointErrorCode | null;
  readonly model: string | null;
  readonly found: readonly number[];
  /** Names of the extraction rules that applied. */
  readonly rules: readonly string[];
}

/** What the exchange of an attempt says beside its answer. */
export interface ObservedRow {
  readonly attemptId: string;
  /** Segment of its target's identity; null without an answer. */
  readonly segment: number | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  /** Null: nothing was answered that could be billed. */
  readonly tokensBasis: 'reported' | 'estimated' | null;
  readonly clockOffsetMs: number | null;
  readonly answerTag: string | null;
}

/** An attempt without its bodies. `outcome` null: intent without a result yet. */
export interface AttemptRow
  extends Omit<NewAttempt, 'auditId'>,
    Omit<OutcomeRow, 'attemptId' | 'outcome'>,
    Omit<ObservedRow, 'attemptId'> {
  readonly startedUtc: string;
  readonly endedUtc: string | null;
  readonly outcome: Outcome | null;
}

export interface SegmentRow {
  readonly target: string;
  readonly number: number;
  readonly cell: Buffer;
  readonly startedUtc: string;
}

interface RawAttempt extends Omit<AttemptRow, 'found' | 'rules'> {
  readonly found: string | null;
  readonly rules: string | null;
}
const toAttempt = (row: RawAttempt): AttemptRow => ({
  ...row,
  found: row.found === null ? [] : (JSON.parse(row.found) as number[]),
  rules: row.rules === null ? [] : (JSON.parse(row.rules) as string[]),
});

const ATTEMPT_COLUMNS = `t.id, t.position, t.canary_id AS canaryId, t.target, t.host, t.k, t.number, t.retry_of AS retryOf,
  t.started_utc AS startedUtc, r.ended_utc AS endedUtc, o.outcome, o.error_code AS errorCode, o.model, o.found, o.rules,
  v.segment, v.prompt_tokens AS promptTokens, v.completion_tokens AS completionTokens, v.tokens_basis AS tokensBasis,
  v.clock_offset_ms AS clockOffsetMs, v.answer_tag AS answerTag`;
const ATTEMPT_FROM = `FROM attempt t LEFT JOIN response r ON r.attempt_id = t.id LEFT JOIN outcome o ON o.attempt_id = t.id
  LEFT JOIN observed v ON v.attempt_id = t.id`;

/** Attempts, their bodies, outcomes and what they showed of a target's identity. Nothing here is ever deleted. */
export function attemptStore(db: Db) {
  const insert = db.prepare(
    `INSERT INTO attempt (id, audit_id, position, canary_id, target, host, k, number, retry_of, started_utc, request_cell, request_sha256)
     VALUES (@id, @auditId, @position, @canaryId, @target, @host, @k, @number, @retryOf, @startedUtc, @requestCell, @requestSha256)`,
  );
  const insertResponse = db.prepare(
    'INSERT INTO response (attempt_id, ended_utc, facts_cell, facts_sha256) VALUES (@attemptId, @endedUtc, @factsCell, @factsSha256)',
  );
  const insertChunk = db.prepare<[string, number, Uint8Array, Uint8Array]>(
    'INSERT INTO body_chunk (attempt_id, seq, cell, sha256) VALUES (?, ?, ?, ?)',
  );
  const insertOutcome = db.prepare(
    `INSERT INTO outcome (attempt_id, outcome, error_code, model, found, rules)
     VALUES (@attemptId, @outcome, @errorCode, @model, @found, @rules)`,
  );
  const insertObserved = db.prepare(
    `INSERT INTO observed (attempt_id, segment, prompt_tokens, completion_tokens, tokens_basis, clock_offset_ms, answer_tag)
     VALUES (@attemptId, @segment, @promptTokens, @completionTokens, @tokensBasis, @clockOffsetMs, @answerTag)`,
  );
  const putSegment = db.prepare(
    `INSERT INTO segment (audit_id, target, number, identity_cell, identity_sha256, started_utc)
     VALUES (@auditId, @target, @number, @cell, @sha256, @startedUtc)
     ON CONFLICT DO UPDATE SET identity_cell = excluded.identity_cell, identity_sha256 = excluded.identity_sha256`,
  );
  const lastSegment = db.prepare<[string, string], { number: number; cell: Buffer }>(
    'SELECT number, identity_cell AS cell FROM segment WHERE audit_id = ? AND target = ? ORDER BY number DESC LIMIT 1',
  );
  const segments = db.prepare<[string], SegmentRow>(
    `SELECT target, number, identity_cell AS cell, started_utc AS startedUtc FROM segment
     WHERE audit_id = ? ORDER BY target, number`,
  );
  const ofAudit = db.prepare<[string], RawAttempt>(
    `SELECT ${ATTEMPT_COLUMNS} ${ATTEMPT_FROM} WHERE t.audit_id = ? ORDER BY t.rowid`,
  );
  const at = db.prepare<[string, number], RawAttempt>(
    `SELECT ${ATTEMPT_COLUMNS} ${ATTEMPT_FROM} WHERE t.audit_id = ? AND t.position = ? ORDER BY t.rowid`,
  );
  const requestCell = db.prepare<[string], { cell: Buffer }>(
    'SELECT request_cell AS cell FROM attempt WHERE id = ?',
  );
  const factsCell = db.prepare<[string], { cell: Buffer }>(
    'SELECT facts_cell AS cell FROM response WHERE attempt_id = ?',
  );
  const chunks = db.prepare<[string], { seq: number; cell: Buffer }>(
    'SELECT seq, cell FROM body_chunk WHERE attempt_id = ? ORDER BY seq',
  );
  const hashes = db.prepare<[], { name: string; cell: Buffer; sha256: Buffer }>(
    `SELECT 'request ' || id AS name, request_cell AS cell, request_sha256 AS sha256 FROM attempt
     UNION ALL SELECT 'response ' || attempt_id, facts_cell, facts_sha256 FROM response
     UNION ALL SELECT 'body ' || attempt_id || '/' || seq, cell, sha256 FROM body_chunk
     UNION ALL SELECT 'segment ' || audit_id || '/' || target || '/' || number, identity_cell, identity_sha256 FROM segment`,
  );
  return {
    insert: (
      row: NewAttempt & { startedUtc: string; requestCell: Uint8Array; requestSha256: Uint8Array },
    ) => insert.run(row),
    insertResponse: (row: {
      attemptId: string;
      endedUtc: string;
      factsCell: Uint8Array;
      factsSha256: Uint8Array;
    }) => insertResponse.run(row),
    insertChunk: (attemptId: string, seq: number, cell: Uint8Array, sha256: Uint8Array) =>
      insertChunk.run(attemptId, seq, cell, sha256),
    insertOutcome: (row: OutcomeRow) =>
      insertOutcome.run({
        ...row,
        found: JSON.stringify(row.found),
        rules: JSON.stringify(row.rules),
      }),
    insertObserved: (row: ObservedRow) => insertObserved.run(row),
    /** A new segment, or what the last one has said in the meantime. */
    putSegment: (row: {
      auditId: string;
      target: string;
      number: number;
      cell: Uint8Array;
      sha256: Uint8Array;
      startedUtc: string;
    }) => putSegment.run(row),
    lastSegment: (auditId: string, target: string) => lastSegment.get(auditId, target) ?? null,
    segments: (auditId: string) => segments.all(auditId),
    /** In the order in which they were started. */
    ofAudit: (auditId: string) => ofAudit.all(auditId).map(toAttempt),
    at: (auditId: string, position: number) => at.all(auditId, position).map(toAttempt),
    requestCell: (id: string) => requestCell.get(id)?.cell ?? null,
    factsCell: (id: string) => factsCell.get(id)?.cell ?? null,
    chunks: (id: string) => chunks.all(id),
    hashes: () => hashes.iterate(),
  };
}
