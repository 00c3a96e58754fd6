import { LineCounter } from 'yaml';
import { type CanaryRecord, canaryRecordSchema } from '../domain/canary.ts';
import type { EvaluationInput, OpenedCanary, PanelAnswer } from '../domain/evaluation.ts';
import { OUTCOME_USE } from '../domain/outcome.ts';
import { type Plan, planSchema } from '../domain/plan.ts';
import { parseCoreYaml, yamlTrouble } from '../util/yaml-bounds.ts';
import { fromHex, fromUtf8 } from './bytes.ts';
import type {
  DisclosedCanary,
  EvidenceAttempt,
  EvidenceDocument,
  PanelTarget,
  TierBResult,
} from './document.ts';
import { drawIndex } from './draw.ts';
import { assertEvidence } from './errors.ts';
import { parseJsonStrict } from './json-strict.ts';
import { type Reading, readAttempt } from './reading.ts';
import { readRegistration } from './registration.ts';
import { scorerOf } from './score.ts';
import { evaluateTierB, type FoundCanary } from './tier-b.ts';

export interface DerivedAttempt {
  readonly attempt: EvidenceAttempt;
  /** Read again from the stored bytes. */
  readonly reading: Reading;
  /** Indices of candidates in the answer, ascending; null where there is no answer to search. */
  readonly found: readonly number[] | null;
}

export interface DerivedCanary {
  readonly disclosed: DisclosedCanary;
  readonly record: CanaryRecord;
  /** The drawn index; null for a found canary. */
  readonly trueIndex: number | null;
  /** Whether its answers were sealed and it was then opened; an unopened canary counts for nothing. */
  readonly opened: boolean;
  readonly attempts: readonly DerivedAttempt[];
  /** Answer of each asked target, reduced over its samples. */
  readonly answers: Readonly<Record<string, PanelAnswer>>;
}

export interface ExcludedSample {
  readonly target: string;
  readonly canaryId: string;
  readonly k: number;
  readonly outcome: string;
  readonly errorCode: string | null;
  readonly attempts: number;
}

/** What follows from a document's bytes: nothing here is taken on trust from its results. */
export interface Derived {
  readonly plan: Plan;
  readonly canaries: readonly DerivedCanary[];
  /** In the order of the document's attempts. */
  readonly attempts: readonly DerivedAttempt[];
  readonly input: EvaluationInput;
  readonly tierB: TierBResult | null;
  /** Samples that are not administered, with the reason. */
  readonly excluded: readonly ExcludedSample[];
  /** Outcomes that rest on the transport's word, since bytes cannot show them. */
  readonly transportOutcomes: number;
  /** Those of them whose bytes hold a readable answer all the same. */
  readonly readableAnyway: number;
}

/** The sealed plan, read as the program reads it. */
export function parsePlan(yaml: Uint8Array): Plan {
  const text = fromUtf8(yaml);
  assertEvidence(yamlTrouble(text) === null, 'plan.yaml is too large or nested too deeply');
  const document = parseCoreYaml(text, new LineCounter());
  assertEvidence(document.errors.length === 0, 'plan.yaml is not YAML');
  const parsed = planSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  assertEvidence(parsed.success, 'plan.yaml is not a plan');
  return parsed.data;
}

function parseRecord(bytes: Uint8Array): CanaryRecord {
  const parsed = canaryRecordSchema.safeParse(parseJsonStrict(fromUtf8(bytes)));
  assertEvidence(parsed.success, 'a record is not a canary record');
  return parsed.data;
}

/** Last attempt of every sample: the one that counts. */
function lastAttempts(attempts: readonly DerivedAttempt[]): DerivedAttempt[] {
  const last = new Map<string, DerivedAttempt>();
  for (const entry of attempts) {
    const { target, k, number } = entry.attempt;
    const key = `${target}/${k}`;
    const known = last.get(key);
    if (known === undefined || known.attempt.number < number) last.set(key, entry);
  }
  return [...last.values()].sort((a, b) => a.attempt.k - b.attempt.k);
}

function trueIndexOf(
  canary: DisclosedCanary,
  record: CanaryRecord,
  document: EvidenceDocument,
): number | null {
  if (canary.use === 'found') return null;
  const registration = document.registrations[canary.registry - 1];
  assertEvidence(
    registration !== undefined && registration.draw !== null && canary.key !== null,
    'a drawn canary has no draw',
  );
  const { beacon } = registration.draw;
  const context = {
    root: fromHex(readRegistration(registration.registration).root),
    beacon: beacon === null ? null : fromHex(beacon),
  };
  return drawIndex(context, { id: record.id, key: canary.key }, record.responses.length);
}

/** Parts of the document by what they are asked for with, so that no list is searched again for each canary. */
interface Known {
  readonly targets: ReadonlyMap<string, PanelTarget>;
  readonly attempts: ReadonlyMap<string, readonly EvidenceAttempt[]>;
  readonly sealed: ReadonlySet<string>;
}

function deriveCanary(
  canary: DisclosedCanary,
  record: CanaryRecord,
  document: EvidenceDocument,
  known: Known,
): DerivedCanary {
  const own = known.attempts.get(record.id) ?? [];
  const scorer = scorerOf(record);
  const attempts = own.map((attempt): DerivedAttempt => {
    const target = known.targets.get(attempt.target);
    assertEvidence(target !== undefined, 'an attempt names a target that is not in the panel');
    const reading = readAttempt(attempt, target);
    const { text } = reading;
    const searched = text !== null && OUTCOME_USE[reading.outcome] === 'scored';
    return { attempt, reading, found: searched ? scorer.extract(text).found : null };
  });
  const byTarget = Map.groupBy(lastAttempts(attempts), ({ attempt }) => attempt.target);
  const answers: Record<string, PanelAnswer> = {};
  for (const [target, samples] of byTarget) {
    answers[target] = scorer.reduce(
      samples.map(({ reading, found }) => ({ outcome: reading.outcome, found })),
    );
  }
  return {
    disclosed: canary,
    record,
    trueIndex: trueIndexOf(canary, record, document),
    opened: known.sealed.has(record.id),
    attempts,
    answers,
  };
}

function openedCanary(canary: DerivedCanary): OpenedCanary | null {
  const { use, registry } = canary.disclosed;
  if (use === 'found' || canary.trueIndex === null || !canary.opened) return null;
  return {
    id: canary.record.id,
    registry,
    use,
    n: canary.record.responses.length,
    trueIndex: canary.trueIndex,
    answers: canary.answers,
  };
}

function excludedSamples(canaries: readonly DerivedCanary[]): ExcludedSample[] {
  return canaries.flatMap((canary) =>
    lastAttempts(canary.attempts)
      .filter(({ reading }) => OUTCOME_USE[reading.outcome] === 'not-administered')
      .map(({ attempt, reading }) => ({
        target: attempt.target,
        canaryId: attempt.canaryId,
        k: attempt.k,
        outcome: reading.outcome,
        errorCode: reading.errorCode,
        attempts: attempt.number,
      })),
  );
}

/** The evaluation input of a document: `evaluate(evaluationInput)` must give the document's results. */
function evaluationInput(
  document: EvidenceDocument,
  plan: Plan,
  canaries: readonly DerivedCanary[],
): EvaluationInput {
  return {
    panel: document.panel.map(({ name, role }) => ({ target: name, role })),
    suspects: plan.panel.filter(({ role }) => role === 'suspect').length,
    rule: plan.stop.rule,
    canaries: canaries.map(openedCanary).filter((canary) => canary !== null),
    state: document.state,
  };
}

/** Reads every stored byte again and scores it. Throws EvidenceError where the document contradicts itself. */
export function derive(document: EvidenceDocument): Derived {
  const plan = parsePlan(document.plan.yaml);
  const known: Known = {
    targets: new Map(document.panel.map((target) => [target.name, target])),
    attempts: Map.groupBy(document.attempts, ({ canaryId }) => canaryId),
    sealed: new Set(document.seals.map(({ canaryId }) => canaryId)),
  };
  const records = document.canaries.map((canary) => parseRecord(canary.record));
  assertEvidence(
    new Set(records.map(({ id }) => id)).size === records.length,
    'a canary is disclosed twice',
  );
  const canaries = document.canaries.map((canary, index) =>
    deriveCanary(canary, records[index] as CanaryRecord, document, known),
  );
  const byId = new Map(
    canaries.flatMap(({ attempts }) => attempts.map((entry) => [entry.attempt, entry] as const)),
  );
  const attempts = document.attempts.map((attempt) => {
    const entry = byId.get(attempt);
    assertEvidence(entry !== undefined, 'an attempt names a canary that is not disclosed');
    return entry;
  });
  const found: FoundCanary[] = canaries
    .filter(({ disclosed, opened }) => disclosed.use === 'found' && opened)
    .map(({ record, answers }) => ({ canaryId: record.id, answers }));
  return {
    plan,
    canaries,
    attempts,
    input: evaluationInput(document, plan, canaries),
    tierB: evaluateTierB(document.panel, found),
    excluded: excludedSamples(canaries),
    transportOutcomes: attempts.filter(({ reading }) => !reading.fromBytes).length,
    readableAnyway: attempts.filter(({ reading }) => reading.readableAnyway).length,
  };
}
