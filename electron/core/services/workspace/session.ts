import { AppError } from '#shared/contract/errors.ts';
import { toHex } from '#shared/evidence/bytes.ts';
import {
  type CustodyKind,
  checkpointOf,
  custodyLineBytes,
  ZERO_HASH,
} from '#shared/evidence/custody.ts';
import { type Signer, signStatement } from '#shared/evidence/dsse.ts';
import { checkpointStatement } from '#shared/evidence/statements.ts';
import { activityStore } from '../../db/activity-store.ts';
import { attemptStore } from '../../db/attempt-store.ts';
import { auditStore } from '../../db/audit-store.ts';
import { type CustodyStore, custodyStore } from '../../db/custody-store.ts';
import { libraryStore } from '../../db/library-store.ts';
import type { Db } from '../../db/open.ts';
import { rescoreStore } from '../../db/rescore-store.ts';
import { targetStore } from '../../db/target-store.ts';
import { trustStore } from '../../db/trust-store.ts';
import { vaultStore } from '../../db/vault-store.ts';
import { workspaceStore } from '../../db/workspace-store.ts';
import type { Ports } from '../../ports.ts';
import { vaultSigner } from '../../security/sign.ts';
import type { Vault } from '../../security/vault.ts';
import { createCells, hashOf } from './cells.ts';

/** Fields of a custody event: ids, codes, counts, hashes; never a text. */
export type CustodyData = Readonly<
  Record<string, string | number | boolean | null | readonly string[]>
>;

/**
 * An open workspace: stores, vault, signer and custody log in one place. Every use case takes it as its first argument;
 * nothing else holds the key.
 */
export function createSession(db: Db, vault: Vault, ports: Ports) {
  const workspaces = workspaceStore(db);
  const custodyRows = custodyStore(db);
  const trust = trustStore(db);
  const cells = createCells(vault);
  const bootId = ports.random.uuid();

  let lastMs = timeOfHead(custodyRows, ports.clock.nowMs());
  let lastUtc = new Date(lastMs).toISOString();
  /** The wall clock, but never back: a clock that is set back during a run must not put an answer after its seal. */
  const nowUtc = (): string => {
    const nowMs = ports.clock.nowMs();
    if (nowMs > lastMs) {
      lastMs = nowMs;
      lastUtc = new Date(nowMs).toISOString();
    }
    return lastUtc;
  };
  const vaultRows = vaultStore(db);
  /** What goes on after the workspace was locked must write nothing, anywhere. Errors: WORKSPACE_LOCKED. */
  const refuseLocked = (): void => {
    if (!db.open)
      throw new AppError(
        'WORKSPACE_LOCKED',
        'The workspace was locked before this was done. Unlock it and start again.',
      );
  };
  /**
   * Runs in one immediate transaction: all of it is durable, or none of it happened. Refused when the key of the workspace
   * was changed meanwhile: a cell under the former key could never be read again. Errors: WORKSPACE_LOCKED.
   */
  const transaction = <T>(work: () => T): T => {
    refuseLocked();
    return db
      .transaction(() => {
        if (vaultRows.keyId() !== vault.keyId)
          throw new AppError(
            'WORKSPACE_LOCKED',
            'The key of the workspace was changed. Lock it and unlock it again.',
          );
        return work();
      })
      .immediate();
  };

  /** Appends an event and returns its place in the log. Call it inside the transaction of what it records. */
  const record = (kind: CustodyKind, data: CustodyData): number => {
    const head = custodyRows.head();
    const seq = (head?.seq ?? 0) + 1;
    const line = custodyLineBytes({
      v: 1,
      seq,
      prev: head ? toHex(head.hash) : ZERO_HASH,
      at: nowUtc(),
      mono_ns: String(ports.clock.monotonicNs()),
      boot_id: bootId,
      actor: ports.runtime.actor,
      kind,
      data,
    });
    custodyRows.append(seq, line, hashOf(line));
    return seq;
  };

  /** Any key of this workspace. Errors: INTEGRITY where it is not there. */
  const signerOf = (keyid: string | undefined): Signer => {
    const key = keyid === undefined ? undefined : trust.key(keyid);
    if (!key)
      throw new AppError('INTEGRITY', 'The workspace has no signing key. Restore a backup.');
    return vaultSigner(vault, key);
  };

  /** The present key. Errors: INTEGRITY without one, CONFLICT once it has expired. */
  const signer = (): Signer => {
    const last = trust.keys().at(-1);
    if (last?.expiresUtc && last.expiresUtc <= nowUtc())
      throw new AppError(
        'CONFLICT',
        `The signing key expired at ${last.expiresUtc}: nothing is signed, and reports stay drafts. Go on with \`trapstreet key rotate\`.`,
      );
    return signerOf(last?.keyid);
  };

  /** Signs the whole log as it stands and keeps the checkpoint; returns the lines and the signed statement. */
  const checkpoint = async (): Promise<{ lines: Uint8Array[]; sigstore: Uint8Array }> => {
    const lines = custodyRows.all().map((row) => new Uint8Array(row.line));
    const point = checkpointOf(lines);
    const sigstore = await signStatement(checkpointStatement(point), signer());
    transaction(() =>
      custodyRows.addCheckpoint({
        size: point.size,
        root: Buffer.from(point.root, 'hex'),
        head: Buffer.from(point.headSha256, 'hex'),
        sigstore,
        createdUtc: nowUtc(),
      }),
    );
    return { lines, sigstore };
  };

  return {
    ports,
    db,
    vault,
    cells,
    bootId,
    workspaces,
    custodyRows,
    library: libraryStore(db),
    targets: targetStore(db),
    rescores: rescoreStore(db),
    audits: auditStore(db),
    attempts: attemptStore(db),
    connections: activityStore(db),
    nowUtc,
    refuseLocked,
    transaction,
    record,
    trust,
    signer,
    signerOf,
    checkpoint,
  };
}
/** A log that is further ahead than this was written under a wrong clock, and time goes on without it. */
const LARGEST_STEP_MS = 3_600_000;

/** Time of the last event, where the clock was set back by less than an hour since; else the clock. */
function timeOfHead(rows: CustodyStore, nowMs: number): number {
  const line = rows.page({ kind: '', offset: 0, limit: 1 })[0]?.line;
  // A damaged line is found and told by those who check the log.
  const headMs = Date.parse(/"at":"([^"]+)"/.exec(line?.toString('utf8') ?? '')?.[1] ?? '');
  return headMs > nowMs && headMs - nowMs < LARGEST_STEP_MS ? headMs : nowMs;
}

export type Session = ReturnType<typeof createSession>;
