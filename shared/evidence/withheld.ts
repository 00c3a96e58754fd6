import type { EvaluationInput, PanelAnswer } from '../domain/evaluation.ts';
import { OUTCOME_USE } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Role } from '../domain/target.ts';
import type { Derived, ExcludedSample } from './derive.ts';
import type {
  DisclosedUse,
  EvidenceAttempt,
  EvidenceDocument,
  ReportHead,
  TierBResult,
} from './document.ts';
import { excerptFor } from './excerpt.ts';
import { evaluateTierB } from './tier-b.ts';

/** A canary of a public bag: its place in the registry and its scores, and no word of it. */
export interface ScoredCanary {
  readonly registry: number;
  readonly leafIndex: number;
  readonly id: string;
  readonly use: DisclosedUse;
  readonly n: number;
  readonly cohort: string | null;
  readonly opened: boolean;
  /** The drawn index; null for a found canary. Without the list it says nothing of the response. */
  readonly drawIndex: number | null;
  readonly answers: Readonly<Record<string, PanelAnswer>>;
  /** Inclusion path of its leaf, hex. */
  readonly path: readonly string[];
}

/** An attempt without its exchange; the custody line of its recording holds the salted commitment to it. */
export type WithheldAttempt = Pick<
  EvidenceAttempt,
  | 'id'
  | 'target'
  | 'canaryId'
  | 'k'
  | 'number'
  | 'retryOf'
  | 'startedUtc'
  | 'endedUtc'
  | 'outcome'
  | 'errorCode'
>;

export interface WithheldTarget {
  readonly name: string;
  readonly role: Role;
  readonly model: string;
  readonly released: string | null;
}

export interface AdjudicationCounts {
  readonly confirm: number;
  readonly dispute: number;
}

export function countAdjudications(
  all: readonly { readonly verdict: keyof AdjudicationCounts }[],
): AdjudicationCounts {
  const dispute = all.filter(({ verdict }) => verdict === 'dispute').length;
  return { confirm: all.length - dispute, dispute };
}

/** What a public bag is written from: `withhold` makes it of a document, `readWithheld` reads it out of a bag. */
export interface WithheldDocument extends ReportHead {
  readonly profile: 'public';
  readonly canaries: readonly ScoredCanary[];
  readonly panel: readonly WithheldTarget[];
  readonly attempts: readonly WithheldAttempt[];
  readonly transportOutcomes: number;
  readonly readableAnyway: number;
  /** What people said of samples after the opening: how often, not why. */
  readonly adjudications: AdjudicationCounts;
}

/** The public half of a document. */
export function withhold(
  document: EvidenceDocument,
  derived: Derived,
  paths: readonly (readonly string[])[],
): WithheldDocument {
  const { transportOutcomes, readableAnyway } = derived;
  return {
    ...headOf(document),
    profile: 'public',
    custody: {
      ...document.custody,
      lines: excerptFor(document.custody.lines, document.run.id),
    },
    canaries: derived.canaries.map(({ disclosed, record, opened, trueIndex, answers }, index) => ({
      registry: disclosed.registry,
      leafIndex: disclosed.leafIndex,
      id: record.id,
      use: disclosed.use,
      n: record.responses.length,
      cohort: record.cohort,
      opened,
      drawIndex: trueIndex,
      answers,
      path: paths[index] ?? [],
    })),
    panel: document.panel.map(({ name, role, model, released }) => ({
      name,
      role,
      model,
      released,
    })),
    attempts: document.attempts.map(
      ({ id, target, canaryId, k, number, retryOf, startedUtc, endedUtc, outcome, errorCode }) => ({
        id,
        target,
        canaryId,
        k,
        number,
        retryOf,
        startedUtc,
        endedUtc,
        outcome,
        errorCode,
      }),
    ),
    transportOutcomes,
    readableAnyway,
    adjudications: countAdjudications(document.adjudications),
  };
}

function headOf(document: EvidenceDocument): Omit<ReportHead, 'profile'> {
  const {
    canaries: _c,
    panel: _p,
    attempts: _a,
    adjudications: _d,
    profile: _f,
    ...head
  } = document;
  return head;
}

/** Samples that were not administered, by the outcomes that are listed. */
export function excludedIn({ canaries, attempts }: WithheldDocument): ExcludedSample[] {
  const last = new Map<string, WithheldAttempt>();
  for (const attempt of attempts) {
    const key = `${attempt.canaryId} ${attempt.target} ${attempt.k}`;
    const known = last.get(key);
    if (known === undefined || known.number < attempt.number) last.set(key, attempt);
  }
  const byCanary = Map.groupBy(last.values(), ({ canaryId }) => canaryId);
  return canaries.flatMap(({ id }) =>
    (byCanary.get(id) ?? [])
      .filter(({ outcome }) => OUTCOME_USE[outcome] === 'not-administered')
      .map(({ target, canaryId, k, outcome, errorCode, number }) => ({
        target,
        canaryId,
        k,
        outcome,
        errorCode,
        attempts: number,
      })),
  );
}

/** What the published scores give: the same arithmetic as with the texts. */
export function scoredInput(document: WithheldDocument, plan: Plan): EvaluationInput {
  return {
    panel: document.panel.map(({ name, role }) => ({ target: name, role })),
    suspects: plan.panel.filter(({ role }) => role === 'suspect').length,
    rule: plan.stop.rule,
    canaries: document.canaries.flatMap(({ id, registry, use, n, drawIndex, opened, answers }) =>
      use === 'found' || drawIndex === null || !opened
        ? []
        : [{ id, registry, use, n, trueIndex: drawIndex, answers }],
    ),
    state: document.state,
  };
}

export function scoredTierB(document: WithheldDocument): TierBResult | null {
  return evaluateTierB(
    document.panel,
    document.canaries
      .filter(({ use, opened }) => use === 'found' && opened)
      .map(({ id, answers }) => ({ canaryId: id, answers })),
  );
}
