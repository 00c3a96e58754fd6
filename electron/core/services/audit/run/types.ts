import type { CanaryRecord } from '#shared/domain/canary.ts';
import type { Plan } from '#shared/domain/plan.ts';
import type { CanaryScorer } from '#shared/evidence/score.ts';
import type { AttemptRow } from '../../../db/attempt-store.ts';
import type { PositionRow, StoredAuditState, Trouble } from '../../../db/audit-store.ts';
import type { Transport } from '../../../endpoints/types.ts';
import type { SealedPanelMember } from '../../plan/panel.ts';
import type { Session } from '../../workspace/session.ts';
import type { PaceClock } from './wait.ts';

export interface RunInput {
  readonly session: Session;
  readonly transport: Transport;
  readonly auditId: string;
  readonly plan: Plan;
  /** SHA-256 of the sealed plan file, hex: the seed of the jitter. */
  readonly planSha256: string;
  readonly panel: readonly SealedPanelMember[];
  /** Asks for a halt after the requests in flight; it never cuts one off. */
  readonly signal: AbortSignal;
  /** Cuts the requests in flight off. What was cut off is `interrupted`. */
  readonly cut: AbortSignal;
  /** Called after every durable change. */
  readonly changed: () => void;
  readonly clock: PaceClock;
}

/** A sample that a person is to ask. */
export interface PasteSample {
  readonly target: string;
  readonly k: number;
}

/** What an audit waits for a person to paste; stands as JSON in its row. */
export interface Waiting {
  readonly position: number;
  readonly samples: readonly PasteSample[];
}

export interface RunEnd {
  readonly state: StoredAuditState;
  readonly message: string | null;
  /** The failure that paused it. */
  readonly trouble?: Trouble;
  readonly waiting?: Waiting;
}

/** Live figures that are not worth a row: what is in flight, and why a target waits. */
export interface Lanes {
  readonly inFlight: Map<string, number>;
  readonly waiting: Map<string, string>;
  readonly stopped: Set<string>;
}

export interface Sample {
  readonly member: SealedPanelMember;
  readonly k: number;
}

/** One canary while it is asked. */
export interface Question {
  readonly at: PositionRow;
  readonly record: CanaryRecord;
  readonly scorer: CanaryScorer;
}

/** An attempt with its stored outcome. */
export interface Done {
  readonly attempt: AttemptRow;
  readonly retryAfterMs: number | null;
}
