import type { PanelAnswer } from '../domain/evaluation.ts';
import type { Plan } from '../domain/plan.ts';
import type { Role } from '../domain/target.ts';
import {
  type Derived,
  type DerivedCanary,
  type ExcludedSample,
  parsePlan,
} from '../evidence/derive.ts';
import type {
  Adjudication,
  DisclosedUse,
  EvidenceAttempt,
  EvidenceDocument,
  ReportHead,
} from '../evidence/document.ts';
import { type TargetIdentity, targetIdentities } from '../evidence/segments.ts';
import { opensshFingerprint, spkiFromPem } from '../evidence/spki.ts';
import {
  type AdjudicationCounts,
  countAdjudications,
  excludedIn,
  type WithheldDocument,
} from '../evidence/withheld.ts';

export interface ReportTarget {
  readonly name: string;
  readonly role: Role;
  readonly model: string;
  readonly released: string | null;
  /** Null where the profile withholds it. */
  readonly address: string | null;
  readonly parameters: string | null;
}

export interface ReportCanary {
  readonly registry: number;
  readonly leafIndex: number;
  readonly id: string;
  readonly use: DisclosedUse;
  readonly cohort: string | null;
  readonly opened: boolean;
  readonly trueIndex: number | null;
  readonly answers: Readonly<Record<string, PanelAnswer>>;
  /** Prompt, candidates and answers; null where the profile withholds them. */
  readonly texts: Pick<DerivedCanary, 'record' | 'attempts'> | null;
}

/** What a report is drawn from, whatever the profile. */
export interface ReportFacts {
  readonly head: ReportHead;
  readonly plan: Plan;
  readonly fingerprint: string;
  /** SHA-256 over the manifest lines of all data files but the reports themselves. */
  readonly contentsSha256: string;
  readonly panel: readonly ReportTarget[];
  readonly canaries: readonly ReportCanary[];
  readonly requests: number;
  /** Those that brought no answer, refusal, filter stop or truncation. */
  readonly failedRequests: number;
  readonly excluded: readonly ExcludedSample[];
  readonly transportOutcomes: number;
  readonly readableAnyway: number;
  /** Who answered for each target, in the order of the panel; null where the profile withholds it. */
  readonly identities: readonly TargetIdentity[] | null;
  readonly adjudicationCounts: AdjudicationCounts;
  /** Null where the profile withholds the reasons. */
  readonly adjudications: readonly Adjudication[] | null;
}

const isFailed = ({ errorCode, outcome }: Pick<EvidenceAttempt, 'errorCode' | 'outcome'>) =>
  errorCode !== null || outcome === 'interrupted';

function fingerprintOf({ signerPublicKeyPem }: ReportHead): string {
  return opensshFingerprint(spkiFromPem(signerPublicKeyPem));
}

/** Facts of a document that holds every text. */
export function reportFacts(
  document: EvidenceDocument,
  derived: Derived,
  contentsSha256: string,
): ReportFacts {
  return {
    head: document,
    plan: derived.plan,
    fingerprint: fingerprintOf(document),
    contentsSha256,
    panel: document.panel.map((target) => ({
      name: target.name,
      role: target.role,
      model: target.model,
      released: target.released,
      address: target.baseUrl,
      parameters: `${JSON.stringify(target.parameters)}${target.stream ? ' stream' : ''}`,
    })),
    canaries: derived.canaries.map(
      ({ disclosed, record, opened, trueIndex, answers, attempts }) => ({
        registry: disclosed.registry,
        leafIndex: disclosed.leafIndex,
        id: record.id,
        use: disclosed.use,
        cohort: record.cohort,
        opened,
        trueIndex,
        answers,
        texts: { record, attempts },
      }),
    ),
    requests: document.attempts.length,
    failedRequests: document.attempts.filter(isFailed).length,
    excluded: derived.excluded,
    transportOutcomes: derived.transportOutcomes,
    readableAnyway: derived.readableAnyway,
    identities: targetIdentities(document, derived),
    adjudicationCounts: countAdjudications(document.adjudications),
    adjudications: document.adjudications,
  };
}

/** Facts of a public document. */
export function withheldFacts(document: WithheldDocument, contentsSha256: string): ReportFacts {
  const { transportOutcomes, readableAnyway } = document;
  return {
    head: document,
    plan: parsePlan(document.plan.yaml),
    fingerprint: fingerprintOf(document),
    contentsSha256,
    panel: document.panel.map((target) => ({ ...target, address: null, parameters: null })),
    canaries: document.canaries.map((canary) => ({
      registry: canary.registry,
      leafIndex: canary.leafIndex,
      id: canary.id,
      use: canary.use,
      cohort: canary.cohort,
      opened: canary.opened,
      trueIndex: canary.drawIndex,
      answers: canary.answers,
      texts: null,
    })),
    requests: document.attempts.length,
    failedRequests: document.attempts.filter(isFailed).length,
    excluded: excludedIn(document),
    transportOutcomes,
    readableAnyway,
    identities: null,
    adjudicationCounts: document.adjudications,
    adjudications: null,
  };
}
