import type { Role } from './target.ts';

/**
 * How a canary is used in an audit. Only `evidence` enters E. `twin`: never served, a negative control.
 * `after-release`: planted after the suspects' release.
 */
export type CanaryUse = 'evidence' | 'twin' | 'after-release';

/**
 * What one target answered to one canary, reduced over its K samples (METHOD 4.3). `found` = the best-guess set A as
 * indices into the candidate list, already emptied when more than 3; refusals and truncations are administered with an
 * empty set.
 */
export interface PanelAnswer {
  readonly status: 'administered' | 'not-administered';
  readonly found: readonly number[];
  /** Place in the custody log at which this answer was sealed, where known; see `OpenedCanary.openedAt`. */
  readonly sealedAt?: number;
}

/** One opened drawn canary with the whole panel's sealed answers. A target that is absent was not asked. */
export interface OpenedCanary {
  readonly id: string;
  readonly registry: number;
  readonly use: CanaryUse;
  readonly n: number;
  readonly trueIndex: number;
  /** Place in the custody log at which the response was opened. An answer that was not sealed before it is refused. */
  readonly openedAt?: number;
  readonly answers: Readonly<Record<string, PanelAnswer>>;
}

export interface PanelMember {
  readonly target: string;
  readonly role: Role;
}

export interface EvaluationInput {
  readonly panel: readonly PanelMember[];
  /** m: suspects declared in the sealed plan. */
  readonly suspects: number;
  readonly rule: 'label' | 'fixed';
  /** Opened drawn canaries in committed order. */
  readonly canaries: readonly OpenedCanary[];
  /** `running` while canaries remain; `budget` when a limit ended the run; `stopped` by the analyst. */
  readonly state: 'running' | 'complete' | 'budget' | 'stopped';
}

export const LABELS = ['none', 'lead', 'report-grade', 'futility', 'undetermined'] as const;
export type Label = (typeof LABELS)[number];

/** METHOD 6: T direct training, P public data, L live relay, R registry leak, F analyst error. */
export type Explanation = 'T' | 'P' | 'L' | 'R' | 'F' | 'none';

export interface EStep {
  readonly canaryId: string;
  readonly hit: boolean;
  readonly found: number;
  readonly n: number;
  readonly administered: boolean;
  /** Natural logarithm of E after this step. */
  readonly logE: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface CountCheck {
  readonly asked: number;
  readonly hits: number;
  /** Exact upper tail under the null. 1 when nothing was asked. */
  readonly p: number;
}

export interface SuspectEvaluation {
  readonly target: string;
  readonly role: Role;
  readonly steps: readonly EStep[];
  /** Steps that count: served, evidence, administered, up to the stop. */
  readonly asked: number;
  readonly notAdministered: number;
  readonly hits: number;
  readonly logE: number;
  readonly maxLogE: number;
  /** ln E when every not-administered canary counts as a miss, and its running maximum. */
  readonly logEWorst: number;
  readonly maxLogEWorst: number;
  readonly anytimeP: number;
  /** Smallest leave-one-hit-out ln E; null without a hit. */
  readonly minLogLeaveOneOut: number | null;
  readonly leaveOneOut: readonly { readonly canaryId: string; readonly logE: number }[];
  /** Index (1-based) of the step at which the committed rule stopped; null while it did not. */
  readonly stoppedAt: number | null;
  readonly rate: number | null;
  readonly confidenceSequence: Interval;
  /** Only where n was fixed beforehand; else null. */
  readonly fixed: { readonly p: number; readonly clopperPearson: Interval } | null;
  readonly inheritance: {
    readonly rate: number;
    readonly low: number;
    readonly high: number;
  } | null;
  readonly twins: CountCheck;
  readonly afterRelease: CountCheck;
  readonly label: Label;
  /** Why the label is what it is: one plain sentence per condition, met or not. */
  readonly reasons: readonly { readonly met: boolean; readonly text: string }[];
  readonly explanation: Explanation;
  readonly verbal: string;
  readonly scaleId: string;
}

export interface EvaluationResult {
  readonly method: 'method-1';
  readonly threshold: number;
  readonly controls: {
    readonly count: number;
    readonly hits: number;
    readonly expected: number;
    readonly p: number;
    readonly frozen: boolean;
  };
  readonly temporalControls: CountCheck;
  readonly knownPositives: readonly {
    readonly target: string;
    readonly asked: number;
    readonly hits: number;
  }[];
  /** One entry per suspect in panel order; controls and known positives follow in `others` with the same arithmetic. */
  readonly suspects: readonly SuspectEvaluation[];
  readonly others: readonly SuspectEvaluation[];
}
