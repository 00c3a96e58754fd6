import type { CanaryUse, EvaluationInput, EvaluationResult } from '../domain/evaluation.ts';
import type { EndpointErrorCode, Outcome } from '../domain/outcome.ts';
import type { Parameters, Price, Role, TargetLimits } from '../domain/target.ts';
import type { WireTarget } from '../wire/types.ts';
import type { BeaconRound } from './beacon.ts';
import type { CustodyEntry } from './excerpt.ts';
import type { Presentation } from './presentation.ts';

/**
 * How much a bag discloses. `internal`: everything. `counsel`: everything about this run; custody lines of other matters
 * as hashes. `public`: no prompt, candidate, answer, exchange or address; commitments, places and scores instead.
 */
export const PROFILES = ['internal', 'counsel', 'public'] as const;
export type Profile = (typeof PROFILES)[number];

/**
 * What every profile discloses. Nothing that can be derived from other fields stands here, so two fields can never
 * disagree. All times are RFC 3339 UTC with milliseconds and `Z`, as `Date.prototype.toISOString` writes them.
 */
export interface ReportHead {
  readonly profile: Profile;
  /** UUID of this report. */
  readonly reportId: string;
  readonly createdUtc: string;
  /** Name of the laboratory that answers for the report. */
  readonly lab: string;
  /** Who ran the audit, as the analyst wants to be named. */
  readonly analyst: string;
  readonly tool: ToolVersion;
  readonly case: { readonly id: string; readonly title: string };
  /** The run this report is about: its id and wall-clock limits; `endedUtc` null while it is running. */
  readonly run: {
    readonly id: string;
    readonly startedUtc: string;
    readonly endedUtc: string | null;
  };
  /** Milliseconds by which a time-stamping authority's clock was ahead of the laboratory's, as last measured; null: never. */
  readonly clockOffsetMs: number | null;
  readonly plan: SealedPlan;
  /** All registrations of the workspace up to the last one used, in number order 1, 2, 3, ... without a gap. */
  readonly registrations: readonly Registration[];
  /** Every leaf of the registries that the plan names and that was not asked: index and reason, nothing else. */
  readonly undisclosed: readonly UndisclosedCanary[];
  /** One per opened canary, in the order of asking. A canary without a seal was never opened and counts for nothing. */
  readonly seals: readonly CanarySeal[];
  readonly custody: CustodyExtract;
  /** How the run ended: `EvaluationInput.state`. */
  readonly state: EvaluationInput['state'];
  /** Tier A, as `evaluate` computed it from the opened drawn canaries. The verifier computes it again and compares. */
  readonly evaluation: EvaluationResult;
  /** Tier B, from found canaries; null when the plan asked none. Never merged with tier A. */
  readonly tierB: TierBResult | null;
  /** What the laboratory itself wants to be read as limits, one plain sentence each. The fixed ones are added by the report. */
  readonly limits: readonly string[];
  /** Sections, notes and logo of the report. */
  readonly presentation: Presentation;
  /** SPKI PEM of the P-256 key that signs the report. */
  readonly signerPublicKeyPem: string;
}

/**
 * Everything one comparison report rests on, as plain data. The export service fills it from the workspace, `buildBag`
 * writes it into a bag, `readBag` reads the same value back out of a bag, and the report is drawn from it. What follows
 * from it (hashes, answer texts, found sets, excluded samples) is in derive.ts. Byte fields are the exact stored bytes,
 * never re-serialised.
 */
export interface EvidenceDocument extends ReportHead {
  readonly profile: 'internal' | 'counsel';
  /** Every canary that was sent to anybody in this run, in the order in which it was asked. */
  readonly canaries: readonly DisclosedCanary[];
  /** The panel in the order of the plan, with what is public of each target. */
  readonly panel: readonly PanelTarget[];
  /** Every attempt of the run in the order in which it was started, failed and interrupted ones included. */
  readonly attempts: readonly EvidenceAttempt[];
  /** What people said of samples after the opening, in the order of the log; no score changes by it. */
  readonly adjudications: readonly Adjudication[];
}

/** A person's verdict on one sample. */
export interface Adjudication {
  /** As the custody log names it (`sample.adjudicated`). */
  readonly id: number;
  readonly canaryId: string;
  readonly target: string;
  /** Sample number from 1. */
  readonly k: number;
  readonly verdict: 'confirm' | 'dispute';
  readonly reason: string;
  readonly actor: string;
  readonly createdUtc: string;
}

export interface ToolVersion {
  readonly name: string;
  readonly version: string;
  /** Such as `node 24.21.0 linux x64`. */
  readonly runtime: string;
}

export interface SealedPlan {
  /** The plan file, byte for byte as it was sealed. */
  readonly yaml: Uint8Array;
  /** Sigstore bundle (dsse.ts) whose payload is `planSealStatement(...)` of statements.ts. */
  readonly sealSigstore: Uint8Array;
}

/** One registry commitment (EVIDENCE 2.1). */
export interface Registration {
  /** Bytes of registration.json: `registrationBytes(...)` of registration.ts. */
  readonly registration: Uint8Array;
  /** Sigstore bundle whose payload is `registrationStatement(...)`: subjects registration.json, commitments.txt, protocol.json. */
  readonly registrationSigstore: Uint8Array;
  /** All c_i in leaf order, one lower-case hex line each, LF after every line: `commitmentsText(...)`. */
  readonly commitments: Uint8Array;
  /** Bytes of protocol.json: `protocolBytes(...)` of registration.ts; its hash stands in the registration. */
  readonly protocol: Uint8Array;
  /** Null while nothing has been drawn from this registry; a registry with disclosed canaries is always drawn. */
  readonly draw: RegistryDraw | null;
}

export interface RegistryDraw {
  /** B: 64 lower-case hex digits of the public beacon, or null: no beacon, 32 zero bytes were used and the report says so. */
  readonly beacon: string | null;
  /** Where the beacon value came from, in words ("drand quicknet round 123"); "none" without one. */
  readonly source: string;
  readonly drawnUtc: string;
  /** The published drand round that B comes from, which anybody can check; absent where B was typed in or there is none. */
  readonly drand?: BeaconRound;
}

/** How a disclosed canary counts: as in the evaluation, or `found` (tier B, no draw). */
export type DisclosedUse = CanaryUse | 'found';

/** A canary that was administered: everything needed to recompute its leaf and its draw. */
export interface DisclosedCanary {
  readonly registry: number;
  /** Index of its leaf in commitments.txt, from 0. */
  readonly leafIndex: number;
  /** Exact record bytes (canaryRecordSchema); they hold the id, the prompts, the candidates. */
  readonly record: Uint8Array;
  /** 32 bytes. */
  readonly salt: Uint8Array;
  /** K: 32 bytes; null for a found canary. */
  readonly key: Uint8Array | null;
  readonly use: DisclosedUse;
}

/**
 * Why a leaf of a planned registry was not asked. `not-reached`: the run ended before it (only after the last asked one in
 * order). `stopped`: every suspect had stopped, and only twins and after-release canaries were still asked. `limit`: the
 * plan's limit of served canaries or of requests was reached. `used`: already asked in an earlier audit, so no longer
 * secret. `found`: a found canary that the plan did not choose.
 */
export type NotAskedReason = 'not-reached' | 'stopped' | 'limit' | 'used' | 'found';

export interface UndisclosedCanary {
  readonly registry: number;
  readonly leafIndex: number;
  readonly reason: NotAskedReason;
}

/** A panel member's public configuration: what is needed to build the request again, and no secret. */
export interface PanelTarget extends WireTarget {
  readonly name: string;
  /** The role the sealed plan gives it. */
  readonly role: Role;
  /** As sent: the target's parameters with the plan's laid over them. */
  readonly parameters: Parameters;
  /** What it may be asked at most, and the price that its cost was counted with; null: unknown. */
  readonly limits: TargetLimits;
  readonly price: Price | null;
  /** YYYY-MM-DD, or null when unknown. */
  readonly released: string | null;
}

/** Header name and value as sent or received, in order. */
export type HeaderPair = readonly [string, string];

/** One HTTP exchange made for a sample. A retry is another attempt; nothing is replaced. */
export interface EvidenceAttempt {
  readonly id: string;
  readonly target: string;
  readonly canaryId: string;
  /** Sample number from 1 to K. */
  readonly k: number;
  /** Attempt number within the sample, from 1. */
  readonly number: number;
  /** Id of the attempt that this one repeats; null for the first. */
  readonly retryOf: string | null;
  readonly startedUtc: string;
  /** Null when the result was never stored (the process died): outcome `interrupted`. */
  readonly endedUtc: string | null;
  readonly request: {
    readonly method: string;
    readonly url: string;
    /** In sent order; the value of an authorization header is `[REDACTED]`. */
    readonly headers: readonly HeaderPair[];
    readonly body: Uint8Array;
  };
  /** What came back, as far as it came; null when no status line arrived. */
  readonly response: {
    readonly status: number;
    readonly headers: readonly HeaderPair[];
    /** Bytes as received, before any content decoding. */
    readonly body: Uint8Array;
  } | null;
  readonly outcome: Outcome;
  /** 32 bytes that open the commitment of the custody log to this exchange (`exchangeCommitment`). */
  readonly custodySalt: Uint8Array;
  /** Null when the exchange gave an answer, a refusal, a filter stop or a truncation. */
  readonly errorCode: EndpointErrorCode | null;
}

/** Proof that the panel's answers to a canary were fixed before its response was opened. */
export interface CanarySeal {
  /** Strictly ascending in the order in which canaries were sealed. */
  readonly sequence: number;
  readonly canaryId: string;
  /** `sealDigest(attempts of this canary)` of seal.ts, hex. */
  readonly sha256: string;
  readonly sealedUtc: string;
  readonly openedUtc: string;
}

export interface CustodyExtract {
  /**
   * The log from its first line, each line without its LF (EVIDENCE 3.1), or its two hashes where it is withheld. The
   * verifier reads these kinds, with `data.audit` = the run's id: `attempt.started` {attempt}, `attempt.recorded`
   * {attempt, commitment}, `canary.sealed` {canary, seal_sha256}, `canary.opened` {canary}.
   */
  readonly lines: readonly CustodyEntry[];
  /** Sigstore bundle whose payload is `checkpointStatement(...)`, over all of `lines`. */
  readonly checkpointSigstore: Uint8Array;
}

/** Tier B (METHOD 5.1): the rank of one suspect among the controls on found canaries. */
export interface TierBSuspect {
  readonly target: string;
  readonly hits: number;
  /** Found canaries administered to this suspect. */
  readonly asked: number;
  /** Conformal rank among the controls (scoring/tier-b.ts). */
  readonly p: number;
  /** controls + 1, at most 100: no likelihood ratio of this tier can be above it. */
  readonly likelihoodRatioCap: number;
  /** `undetermined` with fewer than 19 controls. */
  readonly label: 'undetermined' | 'consistent-with' | 'none';
  readonly text: string;
}

/** The same shape as the contract's `tierB`. */
export interface TierBResult {
  readonly tier: 'B';
  /** Found canaries administered to at least one target. */
  readonly canaries: number;
  readonly controls: number;
  /** 1 / (controls + 1): no p of this tier can be below it. */
  readonly floor: number;
  readonly suspects: readonly TierBSuspect[];
  readonly controlHits: readonly {
    readonly target: string;
    readonly hits: number;
    readonly asked: number;
  }[];
}
