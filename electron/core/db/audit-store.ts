import type { EndpointErrorCode } from '#shared/domain/outcome.ts';
import type { Db } from './open.ts';

export type StoredAuditState = 'running' | 'paused' | 'complete' | 'stopped' | 'budget' | 'failed';
export type PositionUse = 'evidence' | 'twin' | 'after-release' | 'found';
export type PositionState = 'pending' | 'asked' | 'sealed' | 'opened' | 'skipped';

export interface PlanRow {
  readonly planId: string;
  readonly caseId: string;
  readonly name: string;
  readonly yaml: Buffer;
  readonly yamlSha256: Buffer;
  readonly sealed: Buffer;
  readonly sigstore: Buffer;
  readonly sealedUtc: string;
  readonly auditId: string | null;
}

export interface AuditRow {
  readonly auditId: string;
  readonly planId: string;
  readonly name: string;
  readonly caseId: string;
  readonly state: StoredAuditState;
  readonly message: string | null;
  /** The target whose failure paused the audit, and the code. */
  readonly troubleTarget: string | null;
  readonly troubleCode: EndpointErrorCode | null;
  readonly startedUtc: string;
  readonly endedUtc: string | null;
  readonly want: 'pause' | 'stop' | null;
  /** JSON of what a person is to paste (services/audit/paste.ts); null: nothing. */
  readonly waiting: string | null;
}

/** A target that failed so often, or so plainly, that the audit was paused. */
export interface Trouble {
  readonly target: string;
  readonly code: EndpointErrorCode;
}

export interface PositionRow {
  readonly position: number;
  readonly registry: number;
  readonly leafIndex: number;
  readonly canaryId: string;
  readonly use: PositionUse;
  readonly state: PositionState;
  readonly sealSha256: Buffer | null;
  readonly sealedUtc: string | null;
  /** Places in the custody log at which the answers were sealed and the response opened. */
  readonly sealedSeq: number | null;
  readonly openedUtc: string | null;
  readonly openedSeq: number | null;
  readonly skipReason: string | null;
}

/** A sealed cap that the analyst raised; null: not this one. */
export interface CapRow {
  readonly target: string;
  readonly costUsd: number | null;
  readonly exposures: number | null;
}

const PLAN_COLUMNS = `p.id AS planId, p.case_id AS caseId, p.name, p.yaml, p.yaml_sha256 AS yamlSha256, p.sealed, p.sigstore,
  p.sealed_utc AS sealedUtc, (SELECT a.id FROM audit a WHERE a.plan_id = p.id) AS auditId`;
const AUDIT_COLUMNS = `a.id AS auditId, a.plan_id AS planId, p.name, p.case_id AS caseId, a.state, a.message,
  a.trouble_target AS troubleTarget, a.trouble_code AS troubleCode,
  a.started_utc AS startedUtc, a.ended_utc AS endedUtc, a.want, a.waiting`;
const POSITION_COLUMNS = `position, registry, leaf_index AS leafIndex, canary_id AS canaryId, use, state,
  seal_sha256 AS sealSha256, sealed_utc AS sealedUtc,
  sealed_seq AS sealedSeq, opened_utc AS openedUtc, opened_seq AS openedSeq, skip_reason AS skipReason`;
/** Sealed plans, audits, their canaries in order, raised caps. Nothing here is ever deleted. */
export function auditStore(db: Db) {
  const insertPlan = db.prepare(
    `INSERT INTO plan (id, case_id, name, yaml, yaml_sha256, sealed, sigstore, sealed_utc)
     VALUES (@planId, @caseId, @name, @yaml, @yamlSha256, @sealed, @sigstore, @sealedUtc)`,
  );
  const plans = db.prepare<[], PlanRow>(
    `SELECT ${PLAN_COLUMNS} FROM plan p ORDER BY p.sealed_utc DESC, p.rowid DESC`,
  );
  const plan = db.prepare<[string], PlanRow>(`SELECT ${PLAN_COLUMNS} FROM plan p WHERE p.id = ?`);
  const insertAudit = db.prepare<[string, string, string]>(
    "INSERT INTO audit (id, plan_id, state, started_utc) VALUES (?, ?, 'running', ?)",
  );
  const audits = db.prepare<[], AuditRow>(
    `SELECT ${AUDIT_COLUMNS} FROM audit a JOIN plan p ON p.id = a.plan_id ORDER BY a.started_utc DESC, a.rowid DESC`,
  );
  const audit = db.prepare<[string], AuditRow>(
    `SELECT ${AUDIT_COLUMNS} FROM audit a JOIN plan p ON p.id = a.plan_id WHERE a.id = ?`,
  );
  const setState = db.prepare(
    `UPDATE audit SET state = @state, message = @message, trouble_target = @troubleTarget,
      trouble_code = @troubleCode, ended_utc = @endedUtc, waiting = @waiting, want = NULL WHERE id = @auditId`,
  );
  const setWant = db.prepare<['pause' | 'stop' | null, string]>(
    'UPDATE audit SET want = ? WHERE id = ?',
  );
  const insertPosition = db.prepare(
    `INSERT INTO audit_canary (audit_id, position, registry, leaf_index, canary_id, use, state)
     VALUES (@auditId, @position, @registry, @leafIndex, @canaryId, @use, 'pending')`,
  );
  const positions = db.prepare<[string], PositionRow>(
    `SELECT ${POSITION_COLUMNS} FROM audit_canary WHERE audit_id = ? ORDER BY position`,
  );
  const position = db.prepare<[string, string], PositionRow>(
    `SELECT ${POSITION_COLUMNS} FROM audit_canary WHERE audit_id = ? AND canary_id = ?`,
  );
  const markAsked = db.prepare<[string, number]>(
    "UPDATE audit_canary SET state = 'asked' WHERE audit_id = ? AND position = ? AND state = 'pending'",
  );
  const markSealed = db.prepare<[Uint8Array, string, number, string, number]>(
    "UPDATE audit_canary SET state = 'sealed', seal_sha256 = ?, sealed_utc = ?, sealed_seq = ? WHERE audit_id = ? AND position = ? AND state = 'asked'",
  );
  const markOpened = db.prepare<[string, number, string, number]>(
    "UPDATE audit_canary SET state = 'opened', opened_utc = ?, opened_seq = ? WHERE audit_id = ? AND position = ? AND state = 'sealed'",
  );
  const markSkipped = db.prepare<[string, string, number]>(
    "UPDATE audit_canary SET state = 'skipped', skip_reason = ? WHERE audit_id = ? AND position = ? AND state = 'pending'",
  );
  const raiseCap = db.prepare(
    `INSERT INTO raised_cap (audit_id, target, cost_usd, exposures, raised_utc)
     VALUES (@auditId, @target, @costUsd, @exposures, @raisedUtc)`,
  );
  const raisedCaps = db.prepare<[string], CapRow>(
    'SELECT target, cost_usd AS costUsd, exposures FROM raised_cap WHERE audit_id = ? ORDER BY rowid',
  );
  const reserved = db.prepare<[], { canaryId: string }>(
    `SELECT c.canary_id AS canaryId FROM audit_canary c JOIN audit a ON a.id = c.audit_id
     WHERE a.state IN ('running', 'paused') AND c.state = 'pending'`,
  );
  const fileHashes = db.prepare<[], { name: string; cell: Buffer; sha256: Buffer }>(
    `SELECT 'plan ' || id AS name, yaml AS cell, yaml_sha256 AS sha256 FROM plan`,
  );
  return {
    insertPlan: (
      row: Omit<PlanRow, 'auditId' | 'yaml' | 'yamlSha256' | 'sealed' | 'sigstore'> & {
        yaml: Uint8Array;
        yamlSha256: Uint8Array;
        sealed: Uint8Array;
        sigstore: Uint8Array;
      },
    ) => insertPlan.run(row),
    plans: () => plans.all(),
    plan: (id: string) => plan.get(id) ?? null,
    insertAudit: (id: string, planId: string, startedUtc: string) =>
      insertAudit.run(id, planId, startedUtc),
    audits: () => audits.all(),
    audit: (id: string) => audit.get(id) ?? null,
    setState: (row: {
      auditId: string;
      state: StoredAuditState;
      message: string | null;
      trouble?: Trouble | null;
      waiting?: string | null;
      endedUtc: string | null;
    }) =>
      setState.run({
        auditId: row.auditId,
        state: row.state,
        message: row.message,
        troubleTarget: row.trouble?.target ?? null,
        troubleCode: row.trouble?.code ?? null,
        waiting: row.waiting ?? null,
        endedUtc: row.endedUtc,
      }),
    setWant: (id: string, want: 'pause' | 'stop' | null) => setWant.run(want, id),
    insertPosition: (row: {
      auditId: string;
      position: number;
      registry: number;
      leafIndex: number;
      canaryId: string;
      use: PositionUse;
    }) => insertPosition.run(row),
    positions: (auditId: string) => positions.all(auditId),
    positionOf: (auditId: string, canaryId: string) => position.get(auditId, canaryId) ?? null,
    markAsked: (auditId: string, at: number) => markAsked.run(auditId, at).changes,
    markSealed: (
      auditId: string,
      at: number,
      seal: { readonly sha256: Uint8Array; readonly utc: string; readonly seq: number },
    ) => markSealed.run(seal.sha256, seal.utc, seal.seq, auditId, at).changes,
    markOpened: (
      auditId: string,
      at: number,
      opening: { readonly utc: string; readonly seq: number },
    ) => markOpened.run(opening.utc, opening.seq, auditId, at).changes,
    markSkipped: (auditId: string, at: number, reason: string) =>
      markSkipped.run(reason, auditId, at).changes,
    raiseCap: (row: CapRow & { auditId: string; raisedUtc: string }) => raiseCap.run(row),
    /** In the order in which they were ordered; the last of a target counts. */
    raisedCaps: (auditId: string) => raisedCaps.all(auditId),
    /** Canaries that an unfinished audit is still to ask. */
    reserved: () => new Set(reserved.all().map((row) => row.canaryId)),
    fileHashes: () => fileHashes.iterate(),
  };
}
