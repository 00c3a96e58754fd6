import type { SuspectEvaluation } from '../domain/evaluation.ts';
import type { ReportFacts } from '../report/facts.ts';
import { GRID } from '../statistics/e-process.ts';
import { sha256Hex, toHex } from './bytes.ts';
import { commitmentsRoot, parseCommitments } from './commit.ts';
import { readBundle } from './dsse.ts';
import { excerptCheckpoint } from './excerpt.ts';
import { readRegistration } from './registration.ts';

/** ln E as log10 in fixed-point text: numbers that matter are strings or small integers in a signed statement. */
function log10Text(logE: number): string {
  return (logE / Math.LN10).toFixed(6);
}

function suspectResult(suspect: SuspectEvaluation) {
  return {
    target: suspect.target,
    hits: suspect.hits,
    asked: suspect.asked,
    not_administered: suspect.notAdministered,
    log10_e: log10Text(suspect.logE),
    max_log10_e: log10Text(suspect.maxLogE),
    min_log10_leave_one_out:
      suspect.minLogLeaveOneOut === null ? null : log10Text(suspect.minLogLeaveOneOut),
    confidence_sequence: {
      low: suspect.confidenceSequence.low.toFixed(6),
      high: suspect.confidenceSequence.high.toFixed(6),
    },
    label: suspect.label,
    explanation: suspect.explanation,
    verbal: suspect.verbal,
    twins: { asked: suspect.twins.asked, hits: suspect.twins.hits },
    after_release: { asked: suspect.afterRelease.asked, hits: suspect.afterRelease.hits },
  };
}

function registeredCount({ head, canaries }: ReportFacts): number {
  const used = new Set([...canaries, ...head.undisclosed].map(({ registry }) => registry));
  return [...used].reduce((sum, number) => {
    const registration = head.registrations[number - 1];
    return sum + (registration ? readRegistration(registration.registration).size : 0);
  }, 0);
}

/** The signed predicate (EVIDENCE 1.3), a pure function of the facts: the verifier builds it again and compares. */
export function reportPredicate(facts: ReportFacts): object {
  const { head: document, canaries } = facts;
  const { evaluation, run } = document;
  const checkpoint = excerptCheckpoint(document.custody.lines);
  const seal = readBundle(document.plan.sealSigstore);
  return {
    schemaVersion: 1,
    profile: document.profile,
    report_id: document.reportId,
    created_utc: document.createdUtc,
    case_ref: document.case.id,
    lab: document.lab,
    analysts: [{ name: document.analyst, role: 'analyst' }],
    tool: document.tool,
    plan_sha256: sha256Hex(document.plan.yaml),
    plan_seal_payload_sha256: sha256Hex(seal.payload),
    registrations: document.registrations.map((registration, index) => ({
      number: index + 1,
      sha256: sha256Hex(registration.registration),
      protocol_sha256: sha256Hex(registration.protocol),
      root: toHex(commitmentsRoot(parseCommitments(registration.commitments))),
      beacon: registration.draw?.beacon ?? null,
    })),
    custody: {
      size: checkpoint.size,
      head_sha256: checkpoint.headSha256,
      root: checkpoint.root,
    },
    runs: [
      {
        run_id: run.id,
        started: run.startedUtc,
        ended: run.endedUtc,
        state: document.state,
        attempts: facts.requests,
        failed_attempts: facts.failedRequests,
        excluded_samples: facts.excluded.length,
      },
    ],
    exchanges: {
      recorded: facts.requests,
      disclosed: canaries.reduce((sum, { texts }) => sum + (texts?.attempts.length ?? 0), 0),
    },
    canaries: {
      registered: registeredCount(facts),
      run: canaries.length,
      disclosed: canaries.filter(({ texts }) => texts !== null).length,
    },
    scoring: {
      method: evaluation.method,
      scorer: 'exact-v1',
      parameters: { inheritance_rates: GRID.map(String) },
    },
    results: {
      threshold: evaluation.threshold,
      suspects: evaluation.suspects.map(suspectResult),
      controls: {
        count: evaluation.controls.count,
        hits: evaluation.controls.hits,
        frozen: evaluation.controls.frozen,
      },
      tier_b:
        document.tierB === null
          ? null
          : document.tierB.suspects.map(({ target, hits, asked, label }) => ({
              target,
              hits,
              asked,
              label,
            })),
      scale_id: evaluation.suspects[0]?.scaleId ?? null,
    },
    adjudications: facts.adjudicationCounts,
    signer_clock_offset_ms: document.clockOffsetMs,
    limitations: document.limits,
  };
}
